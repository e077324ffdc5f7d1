import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import { describe, expect, it } from "vitest";
import { pipelineForFile } from "../support/engine.ts";

const pipeline = pipelineForFile({ chunkRecords: 2 });

type Row = Record<string, string>;
/** The failed-records CSV of an import, with a price for every row. */
async function corrected(importId: string, delimiter = ","): Promise<string> {
  const rows: Row[] = parse(await pipeline.failedRecords(importId), { bom: true, columns: true, delimiter });
  return stringify(
    rows.map((row) => ({ ...row, price: "5" })),
    { header: true, quoted: true, delimiter },
  );
}

describe("a file whose quotes mean nothing", () => {
  const file = [
    ...["# made by hand", "sku,name,price", 'D1,5" disk,1', '"D2",3.5" disk,none', "# Total below"],
    ...["#D3,#name,2", "Total,,3", ""],
  ].join("\n");

  it("is imported with its quotes, its comments and totals left out; what failed comes back as plain CSV", async () => {
    const report = await pipeline.import("incoming/raw/disks.csv", file);
    expect(report).toMatchObject({ records: 5, outcomes: { created: 1, failed: 1, leftOut: 3 }, balanced: true });
    expect(await pipeline.product("raw", "D1")).toMatchObject({ body: { name: '5" disk' } });

    const unchanged = await pipeline.import(
      "incoming/raw/unchanged.csv",
      await pipeline.failedRecords(report.importId),
    );
    expect(unchanged).toMatchObject({ records: 1, failuresByCode: { BAD_MONEY: 1 }, balanced: true });
    const again = await pipeline.import("incoming/raw/again.csv", await corrected(report.importId));
    expect(again).toMatchObject({ status: "COMPLETED", records: 1, outcomes: { created: 1 } });
    expect(await pipeline.product("raw", '"D2"')).toMatchObject({ body: { name: '3.5" disk', price: "5" } });
    expect(await pipeline.deadLetters(report.importId)).toMatchObject([{ status: "RESOLVED" }]);
  });
});

describe("a file without a header", () => {
  const file = 'H1;"say \\"hello\\"";1\nH2;"a\\\\b;\nc";none\nH3;short\n';

  it("has the columns that its feed names, and its failed-records CSV a header", async () => {
    const report = await pipeline.import("incoming/headless/dump.csv", file);
    expect(report).toMatchObject({ records: 3, outcomes: { created: 1, failed: 2 }, balanced: true, warnings: [] });
    expect(report.failures).toMatchObject([
      { record: 2, line: 2, code: "BAD_MONEY" },
      { record: 3, line: 4, code: "RAGGED_RECORD" },
    ]);
    expect(await pipeline.product("headless", "H1")).toMatchObject({ body: { name: 'say "hello"' } });

    const csv = await pipeline.failedRecords(report.importId);
    expect(csv).toMatch(/^\ufeffsku;name;price;_failure;/);
    await pipeline.import("incoming/headless/unchanged.csv", csv);
    const filled = (await corrected(report.importId, ";")).replace('\n;;"5"', "\nH3;short;5");
    const again = await pipeline.import("incoming/headless/again.csv", filled);
    expect(again).toMatchObject({ status: "COMPLETED", records: 2, outcomes: { created: 2 } });
    expect(await pipeline.product("headless", "H2")).toMatchObject({ body: { name: "a\\b;\nc", price: "5" } });
  });

  it("has its failures run again from their dead letters", async () => {
    const report = await pipeline.import("incoming/headless/more.csv", "H4;Cup;none\n");
    await pipeline.reprocess({ filter: { importId: report.importId }, includeFinal: true });
    expect(await pipeline.deadLetters(report.importId)).toMatchObject([
      { status: "OPEN", attempts: 2, code: "BAD_MONEY", cells: ["H4", "Cup", "none"] },
    ]);
  });
});

describe("a column that a later file calls otherwise", () => {
  it("keeps the cells of both files' records when they are run again together", async () => {
    const [first, second] = [
      await pipeline.import("incoming/shopen/opt-1.csv", "sku,name,price,ean\nO1,Cup,none,4006381333931\n"),
      await pipeline.import("incoming/shopen/opt-2.csv", "EAN,Stock,sku,name,price\n4006381333931,7,O2,Cup,none\n"),
    ];
    expect(second.warnings.map(({ code }) => code)).toContain("COLUMN_RECOGNISED");
    await pipeline.reprocess({ filter: { feed: "shopen" }, includeFinal: true });
    for (const { importId } of [first, second]) {
      const again = await pipeline.import(`incoming/shopen/again-${importId}.csv`, await corrected(importId));
      expect(again).toMatchObject({ status: "COMPLETED", records: 1 });
    }
    expect(await pipeline.product("shopen", "O1")).toMatchObject({ body: { barcode: "4006381333931", price: "5" } });
    expect(await pipeline.product("shopen", "O2")).toMatchObject({ body: { barcode: "4006381333931", stock: "7" } });
  });
});
