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
    expect(report).toMatchObject({
      status: "COMPLETED_WITH_FAILURES",
      records: 15,
      balanced: true,
      outcomes: { created: 3, blank: 1, failed: 10 },
    });
    // DMG-001 stands in it twice, in two chunks: the last one is stored, and the other says so.
    expect(report.outcomes).toMatchObject({ updated: 0, superseded: 1 });
    expect(await pipeline.product("bagisto", "DMG-001")).toMatchObject({ record: 15, body: { price: "15" } });
    expect(report.failures.map(({ record, line, key, column, code }) => [record, line, key, column, code])).toEqual([
      [2, 3, "DMG-002", undefined, "RAGGED_RECORD"],
      [3, 4, "DMG-003", undefined, "MALFORMED_RECORD"],
      [5, 6, "DMG-005", "price", "BAD_MONEY"],
      [6, 7, undefined, "sku", "MISSING_KEY"],
      [7, 8, "DMG-007", "name", "MISSING_ATTRIBUTE"],
      [9, 10, "DMG-009", "price", "PRICE_OUT_OF_RANGE"],
      [10, 11, "DMG-010", "price", "BAD_MONEY"],
      [11, 12, "DMG-011", "weight", "BAD_MEASURE"],
      [12, 13, "DMG-012", "status", "INVALID_PRODUCT"],
      [13, 14, "DMG-013", "images", "BAD_IMAGE_URL"],
    ]);
    expect(await pipeline.deadLetters(report.importId)).toHaveLength(10);
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
