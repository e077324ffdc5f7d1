import { describe, expect, it } from "vitest";
import type { Line } from "#records/line.ts";
import { addWarnings, countWarnings, warningOf } from "#warnings/count.ts";
import { exampleText } from "#warnings/example-text.ts";

const line = (record: number, key: string): Line => ({
  ...{ kind: "failed", record, line: record + 1, at: [0, 1], key },
  errors: [{ code: "BAD_MONEY", message: "" }],
  warnings: [{ code: "KEY_CLEANED", column: "sku", value: ` ${key}`, became: key }],
});

describe("countWarnings", () => {
  it("counts the warnings of all lines, whatever became of them, and keeps the first three as examples", () => {
    const [counted, ...more] = countWarnings([1, 2, 3, 4].map((record) => line(record, `K${record}`)));
    expect(more).toEqual([]);
    expect(counted).toMatchObject({ code: "KEY_CLEANED", count: 4 });
    expect(counted!.examples.map(({ record }) => record)).toEqual([1, 2, 3]);
    expect(counted!.examples[0]).toEqual({
      ...{ record: 1, line: 2, key: "K1", column: "sku", value: " K1", became: "K1" },
    });
  });

  it("cuts what is long, for three examples of every code must fit into an entry of the ledger", () => {
    const [counted] = countWarnings([line(1, "x".repeat(100_000))]);
    expect(JSON.stringify(counted).length).toBeLessThan(2000);
  });
});

describe("addWarnings", () => {
  it("adds up several counts in the order of the catalogue, each with a sentence that says what to do", () => {
    const chunks = [countWarnings([line(1, "A"), line(2, "B")]), countWarnings([line(3, "C"), line(4, "D")])];
    const all = addWarnings([...chunks.flat(), warningOf("COLUMN_ABSENT", [{ column: "ean" }])]);
    expect(all.map(({ code, count }) => [code, count])).toEqual([
      ["COLUMN_ABSENT", 1],
      ["KEY_CLEANED", 4],
    ]);
    expect(all[1]!.examples.map(({ record }) => record)).toEqual([1, 2, 3]);
    expect(all[1]!.message).toBe(
      "A key has characters that do not show, or blanks around it, and was taken without them: remove them where the file is made.",
    );
  });
});

describe("exampleText", () => {
  it("names the place and what was made of the value", () => {
    expect(exampleText({ record: 3, line: 4, key: "A", column: "sku", value: "A ", became: "A" })).toBe(
      'record 3 (line 4), key "A", column "sku": "A " became "A"',
    );
    expect(exampleText({ column: "ean" })).toBe('column "ean"');
  });
});
