import { describe, expect, it } from "vitest";
import type { Line } from "#records/line.ts";
import { applyRepetitions } from "#repeated-keys/apply.ts";

const at = [0, 1] as const;
const mapped = (record: number): Line => ({
  ...{ kind: "mapped", record, line: record + 1, at, key: "A", product: { sku: "A" } },
});
const failed: Line = {
  ...{ kind: "failed", record: 3, line: 4, at, key: "A" },
  errors: [{ code: "BAD_MONEY", message: "Not an amount." }],
};
const repetitions = [
  { record: 1, last: 5, others: [3, 5], count: 3 },
  { record: 3, last: 5, others: [1, 5], count: 3 },
  { record: 5, last: 5, others: [1, 3], count: 3 },
];
const lines = [mapped(1), mapped(2), failed, mapped(5)];
const apply = (duplicates: "last" | "fail") => applyRepetitions({ key: "sku", duplicates }, "i", lines, repetitions);

describe("records with one key", () => {
  it("are superseded by the last of them, which is told, and which is still to be stored", () => {
    expect(apply("last")).toEqual([
      {
        ...{ kind: "stored", record: 1, line: 2, at, key: "A" },
        ...{ outcome: "superseded", supersededBy: "i", supersededByRecord: 5 },
        warnings: [{ code: "KEY_REPEATED", column: "sku", note: "superseded by record 5" }],
      },
      ...lines.slice(1),
    ]);
  });

  it("all fail where the feed says so, each naming the others, and one that has failed keeps its own error", () => {
    const all = apply("fail");
    expect(all.slice(1, 3)).toEqual([lines[1], failed]);
    expect(all[0]).toMatchObject({
      kind: "failed",
      errors: [
        {
          ...{ code: "DUPLICATE_KEY", column: "sku", value: "A" },
          message: 'Column "sku" has "A", which records 3 and 5 of the file have too: send each key once.',
        },
      ],
    });
    expect(all[3]).toMatchObject({ record: 5, kind: "failed" });
  });

  it("are told by the rows of the sheet, where they stand in a workbook", () => {
    const sheet = { name: "Prices", headerRow: 3 };
    const told = (duplicates: "last" | "fail") =>
      applyRepetitions({ key: "sku", duplicates }, "i", lines, repetitions, sheet)[0];
    expect(told("last")).toMatchObject({ warnings: [{ note: "superseded by Prices!8:8" }] });
    expect(told("fail")).toMatchObject({
      errors: [{ message: 'Column "sku" has "A", which rows 6 and 8 of the sheet have too: send each key once.' }],
    });
  });

  it("are too many to be named", () => {
    const [line] = applyRepetitions(
      { key: "sku", duplicates: "fail" },
      "i",
      [mapped(1)],
      [{ record: 1, last: 90, others: [2, 3, 4], count: 40 }],
    );
    expect(line).toMatchObject({
      errors: [
        {
          message: 'Column "sku" has "A", which records 2, 3, 4 and 36 more of the file have too: send each key once.',
        },
      ],
    });
  });
});
