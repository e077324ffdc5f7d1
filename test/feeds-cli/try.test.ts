import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { compileFeed } from "#feeds/compile.ts";
import { tryFile } from "../../scripts/feeds/try.ts";
import { feeds, fixture } from "./run-feeds.ts";

const folder = mkdtempSync(join(tmpdir(), "feeds-try-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const shoes = compileFeed("shoes", {
  catalog: "footwear",
  dialect: { encoding: "windows-1252" },
  key: "article",
  columns: {
    article: {},
    title: { required: true, cleanse: ["trim"] },
    price: {},
    colours: { cleanse: [{ list: "," }] },
    gone: {},
  },
  mapping: {
    name: "title",
    price: { from: "price", currency: "EUR", decimal: "," },
    attributes: { colours: "colours", gone: "gone", kind: { constant: "shoe" } },
  },
  validators: { prices: [{ currency: "EUR", max: "100" }] },
});
const csv =
  'article;title;price;colours;note\n0017; Käfer ;89,90;"red, blue";x\n\n0018;City;cheap;;\n0019;Boot;200,00;;\n0020;Slipper;1,00;;\n';

describe("try", () => {
  const file = join(folder, "shoes.csv.gz");
  writeFileSync(file, gzipSync(Buffer.from(csv, "latin1")));

  test("puts column and cell beside field and value, in any kind and encoding, and passes over blank records", async () => {
    const { shown, records } = await tryFile(file, shoes, 2);
    expect(records).toBe(5);
    expect(shown.map(({ record, line, key, outcome }) => ({ record, line, key, outcome }))).toEqual([
      { record: 1, line: 2, key: "0017", outcome: "product" },
      { record: 3, line: 4, key: "0018", outcome: "failed" },
    ]);
    expect(shown[0]!.fields).toEqual([
      { field: "sku", from: [{ column: "article", cell: "0017" }], value: "0017" },
      { field: "name", from: [{ column: "title", cell: " Käfer " }], value: "Käfer" },
      { field: "price", from: [{ column: "price", cell: "89,90" }], value: "89.90 EUR" },
      { field: "attributes.colours", from: [{ column: "colours", cell: "red, blue" }], value: "red" },
      { field: "attributes.colours", from: [], value: "blue" },
      { field: "attributes.kind", from: [], value: "shoe" },
    ]);
    expect(shown[1]!.errors).toMatchObject([{ code: "BAD_MONEY", column: "price", value: "cheap" }]);
  });

  test("tells what no mapping reads, what the file lacks, and the gate's warnings", async () => {
    const trial = await tryFile(file, shoes, 1);
    expect(trial).toMatchObject({ unread: ["note"], absent: ["gone"], warnings: [{ code: "COLUMN_ABSENT" }] });
  });

  test("validates, with the product beside what it breaks", async () => {
    const { shown } = await tryFile(file, shoes, 5);
    expect(shown).toHaveLength(4);
    expect(shown[2]).toMatchObject({
      outcome: "failed",
      product: { price: "200.00" },
      errors: [{ code: "PRICE_OUT_OF_RANGE" }],
    });
  });

  test("rejects a file as Plan does", async () => {
    const bad = join(folder, "bad.csv");
    writeFileSync(bad, "article;price\n1;2\n");
    expect(await tryFile(bad, shoes, 5)).toMatchObject({ rejection: { code: "MISSING_COLUMN", line: 1 }, shown: [] });
  });

  test("names the cells of a workbook", async () => {
    const feed = compileFeed("shopen", JSON.parse(readFileSync(fixture("cases/feeds/shopen.json"), "utf8")));
    const { shown } = await tryFile(fixture("cases/errors.xlsx"), feed, 1);
    expect(shown[0]!.errors[0]).toMatchObject({ code: "SPREADSHEET_ERROR", cell: "Sheet1!C2" });
  });
});

describe("npm run feeds", { timeout: 30_000 }, () => {
  test("try prints the first records and exits 0, failed ones included", async () => {
    const { stdout, code } = await feeds("try", "samples/bagisto/damaged.csv", "--feed", "bagisto", "--records", "2");
    expect(stdout).toMatch(/^price +14 +price +14 USD$/m);
    expect(stdout).toContain("Record 2, line 3, key DMG-002: would fail\nRAGGED_RECORD: ");
    expect(code).toBe(0);
  });

  test("try exits 3 for a file that would be rejected, 1 for a feed that is wrong, 2 for wrong usage", async () => {
    const rejected = await feeds("try", fixture("retail/2011-02-06.csv"), "--feed", "bagisto", "--json");
    expect(JSON.parse(rejected.stdout)).toMatchObject({ rejection: { code: "MISSING_COLUMN" } });
    const wrong = join(folder, "wrong.json");
    writeFileSync(wrong, '{"catalog":"a","key":"b","columns":{"c":{}},"mapping":{}}');
    const broken = await feeds("try", fixture("retail/2011-02-06.csv"), "--feed", wrong);
    expect(broken.stderr).toContain('feeds/wrong.json: /key: no column "b" is declared');
    const usage = await feeds("try", fixture("retail/2011-02-06.csv"));
    expect(usage.stderr).toContain("try needs --feed FEED.");
    expect([rejected.code, broken.code, usage.code]).toEqual([3, 1, 2]);
  });
});
