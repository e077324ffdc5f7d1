import { describe, expect, test } from "vitest";
import { stringify } from "csv-stringify/sync";
import { parse } from "csv-parse/sync";
import type { ListedProduct, ShownProduct } from "../../scripts/ops/products.ts";
import { pipelineForFile, simpleFile } from "../support/engine.ts";
import { askOps, projectFor, runOps } from "./run-ops.ts";

const pipeline = pipelineForFile({ chunkRecords: 2 }, ["execution-ended"]);
const ops = projectFor(pipeline);

const key = "incoming/simple/products.csv";
const file = simpleFile([
  ["P-1", "Hat", "12.50", ""],
  ["P-2", '"Two\nlines"', "1", ""],
  ["-P 3", "Scarf", "3", "4006381333931"],
]);

describe("products show", () => {
  test("shows the product, and the import, the file, the record and the line that wrote it", async () => {
    const { importId, file: from } = await pipeline.import(key, file);
    const { stdout: json, code } = await runOps(ops.project, "products", "show", "--json", "simple", "--", "-P 3");
    const answer = JSON.parse(json) as ShownProduct;
    expect([code, answer]).toMatchObject([
      0,
      {
        catalog: "simple",
        key: "-P 3",
        product: { sku: "-P 3", name: "Scarf", price: "3", currency: "EUR", barcode: "4006381333931" },
        outcome: "created",
        importId,
        import: { feed: "simple", status: "COMPLETED" },
        file: { address: `s3://${from.bucket}/${key}` },
        record: 3,
        line: 5,
      },
    ]);
    expect(answer.sourceVersion).toContain(importId);
    expect(answer).not.toHaveProperty("ageOf");

    const { stdout } = await runOps(ops.project, "products", "show", "simple", "P-1");
    expect(stdout).toContain("P-1 in catalog simple");
    expect(stdout).toContain(`Written by record 1 (line 2) of s3://${from.bucket}/${key}`);
    expect(stdout).toContain(`Import ${importId} of feed simple`);
    expect(stdout).toMatch(/name +Hat\n/);
  });

  test("finds a key as it is compared, whatever does not show in what was typed", async () => {
    const { answer } = await askOps<ShownProduct>(ops.project, "products", "show", "simple", " P-1\u200b ");
    expect(answer.key).toBe("P-1");
  });

  test("says whose age a product has that was reprocessed", async () => {
    const failed = await pipeline.import("incoming/simple/late.csv", simpleFile([["P-4", "Hat", "no price", ""]]));
    const rows: Record<string, string>[] = parse(await pipeline.failedRecords(failed.importId), {
      bom: true,
      columns: true,
    });
    const corrected = stringify(
      rows.map((row) => ({ ...row, price: "4" })),
      { header: true },
    );
    const again = await pipeline.import("incoming/simple/late-again.csv", corrected);
    const { answer } = await askOps<ShownProduct>(ops.project, "products", "show", "simple", "P-4");
    expect(answer).toMatchObject({ importId: again.importId, ageOf: { importId: failed.importId, record: 1 } });
    const { stdout } = await runOps(ops.project, "products", "show", "simple", "P-4");
    expect(stdout).toContain(`As old as record 1 of import ${failed.importId}`);
  });

  test.each([
    ["a key that is not there", ["simple", "P-99"], "Catalog simple has no product P-99"],
    ["a catalog that no feed fills", ["simpel", "P-1"], "No feed fills a catalog simpel; there are bagisto, simple."],
  ])("finds nothing of %s", async (_what, words, sentence) => {
    const { code, stderr, stdout } = await runOps(ops.project, "products", "show", ...words);
    expect([code, stderr, stdout]).toEqual([4, expect.stringContaining(sentence), ""]);
  });
});

describe("products list", () => {
  test("lists what a catalog has, with key, name, price, and what wrote it", async () => {
    const { code, answer } = await askOps<ListedProduct[]>(ops.project, "products", "list", "simple");
    expect([code, answer.map((one) => one.key).sort()]).toEqual([0, ["-P 3", "P-1", "P-2", "P-4"]]);
    const { importId } = (await pipeline.entries())[0]!;
    expect(answer.find((one) => one.key === "P-1")).toMatchObject({
      ...{ catalog: "simple", name: "Hat", price: "12.50", currency: "EUR", importId, record: 1 },
      eventTime: expect.stringMatching(/^\d{4}-.*Z$/) as string,
    });
    const { stdout } = await runOps(ops.project, "products", "list", "simple");
    expect(stdout).toMatch(/P-2 +Two lines +1 EUR +\d{4}-/);
  });

  test("lists those whose records came from a time on", async () => {
    expect(await runOps(ops.project, "products", "list", "simple", "--since", "1h")).toMatchObject({ code: 0 });
    const none = await runOps(ops.project, "products", "list", "simple", "--since", "2999-01-01");
    expect([none.code, none.stderr]).toEqual([4, "Catalog simple has no product since then.\n"]);
  });

  test("finds nothing in a catalog that is empty, or that no feed fills", async () => {
    const empty = await askOps(ops.project, "products", "list", "bagisto");
    expect([empty.code, empty.answer, empty.stderr]).toEqual([4, [], "Catalog bagisto has no product.\n"]);
    const unknown = await runOps(ops.project, "products", "list", "other");
    expect([unknown.code, unknown.stderr]).toEqual([4, expect.stringContaining("No feed fills a catalog other")]);
  });
});
