import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { generateProducts } from "../../scripts/bench/products.ts";
import { planProducts, runStages } from "../../scripts/bench/stages.ts";

describe("generated products", () => {
  it("are as many records as asked for, across blocks, with quotes and line breaks in some", () => {
    const rows = parse(generateProducts(2_500), { columns: true }) as unknown as Record<string, string>[];
    expect(rows).toHaveLength(2_500);
    expect(new Set(rows.map((row) => row["sku"])).size).toBe(2_500);
    expect(rows.some((row) => row["description"]!.includes("\n"))).toBe(true);
    expect(rows.some((row) => row["description"]!.includes('45" cord'))).toBe(true);
  });

  it("are the same every time, and fewer of them are a part of more", () => {
    const more = generateProducts(1_200);
    expect(generateProducts(1_200).equals(more)).toBe(true);
    const fewer = generateProducts(10);
    expect(more.subarray(0, fewer.length).equals(fewer)).toBe(true);
  });

  it("go through the stages without a failure, in whole chunks", () => {
    const file = planProducts(6_000);
    expect(file.chunks.map((chunk) => runStages(file, chunk).length)).toEqual([5_000, 1_000]);
  });
});
