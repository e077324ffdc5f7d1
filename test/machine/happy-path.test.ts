import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { pipelineForFile, simpleFile } from "../support/engine.ts";

const pipeline = pipelineForFile({ chunkRecords: 5 });
const samples = join(import.meta.dirname, "../../samples/bagisto");

describe("a real file", () => {
  it("goes in whole: all 26 records of Bagisto's export are created, and the import balances", async () => {
    const report = await pipeline.import("incoming/bagisto/products.csv", readFileSync(join(samples, "products.csv")));
    expect(report).toMatchObject({
      status: "COMPLETED",
      records: 26,
      balanced: true,
      outcomes: { created: 26, failed: 0 },
      failures: [],
    });
    expect(await pipeline.product("bagisto", "SP-005")).toMatchObject({
      body: { sku: "SP-005", parentSku: "CP-001", price: "14", currency: "USD" },
      importId: report.importId,
      record: 8,
    });
  });
});

describe("a damaged file", () => {
  it("loses nothing: its bad records fail alone, each with its place and its code", async () => {
    const report = await pipeline.import("incoming/bagisto/damaged.csv", readFileSync(join(samples, "damaged.csv")));
    console.log(JSON.stringify(report, null, 1));
    expect(report).toMatchObject({ status: "COMPLETED_WITH_FAILURES", records: 15, balanced: true });
  });
});

describe("a feed that exists only in this test", () => {
  it("is imported like any other", async () => {
    const report = await pipeline.import("incoming/simple/a.csv", simpleFile([["0017", "Hat", "12.50", ""]]));
    expect(report).toMatchObject({ status: "COMPLETED", outcomes: { created: 1 } });
    expect(await pipeline.product("simple", "0017")).toMatchObject({
      body: { sku: "0017", price: "12.50", currency: "EUR" },
    });
  });
});
