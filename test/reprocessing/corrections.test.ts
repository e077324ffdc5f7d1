import { describe, expect, it } from "vitest";
import { correct, refusalOf } from "#failures/returned-row.ts";
import { columnsNamed } from "#imports/import-columns.ts";
import {
  BadCorrections,
  correctedRecords,
  readCorrections,
  rowByName,
  type CorrectedGrouping,
} from "#reprocessing/corrections.ts";

const read = (text: string) => readCorrections(Buffer.from(text));

describe("readCorrections", () => {
  it("reads what a spreadsheet saves: byte order mark, semicolons, guarded cells, empty lines at the end", () => {
    expect(read("\uFEFFsku;name;_failure\r\n0017;'=x;f-1\r\n;;\r\n")).toEqual({
      columns: ["sku", "name", "_failure"],
      rows: [{ cells: ["0017", "=x", "f-1"], failure: "f-1" }],
    });
  });

  it.each([
    ["has no column _failure", "sku,name\n1,2\n", "no column _failure"],
    ["is no CSV", 'sku,_failure\n1,"2\n', "cannot be read as CSV, line 2: Cell 2 opens a quote that is never closed"],
    ["has rows of another length", "sku,_failure\n1\n", "line 2: The record has more or fewer cells than the header."],
  ])("throws BadCorrections with a sentence where the file %s", (_name, text, part) => {
    expect(() => read(text)).toThrow(BadCorrections);
    expect(() => read(text)).toThrow(part);
  });

  it("throws a sentence that quotes no cell", () => {
    const corrections = 'sku,_failure\n1,secret"x\n';
    expect(() => read(corrections)).toThrow("line 2: Cell 2 has a quote inside text");
    expect(() => read(corrections)).not.toThrow(/secret/);
  });
});

describe("the records of a corrections file", () => {
  const [group] = columnsNamed(["Handle"]);
  const found = (
    rows: readonly (readonly [handle: string, failure: string])[],
    grouping: CorrectedGrouping | null = { column: group! },
  ) =>
    correctedRecords(
      rows.map(([handle, failure]) => ({ failure, row: rowByName(["Handle"], [handle]) })),
      () => grouping ?? undefined,
    ).map(({ failure, places }) => [failure, ...places]);

  it("are the rows that name one failure below each other, with those that were added to them", () => {
    const rows = [
      ...([
        ["hat", "a"],
        ["", "a"],
        ["", ""],
        [" hat ", ""],
        ["hat", "a"],
      ] as const),
      ...([
        ["cap", "b"],
        ["hat", ""],
        ["hat", ""],
        ["hat", "a"],
      ] as const),
    ];
    expect(found(rows)).toEqual([
      ["a", 0, 1, 2, 3, 4],
      ["b", 5],
      ["", 6, 7],
      ["a", 8],
    ]);
  });

  it("go on with a row that was added, unless it says that a record starts there", () => {
    const grouping = { column: group!, starts: ["Product"] };
    expect(
      found(
        [
          ["Product", "a"],
          ["Product", "a"],
          ["SKU", ""],
          ["Product", ""],
          ["SKU", ""],
        ],
        grouping,
      ),
    ).toEqual([
      ["a", 0, 1, 2],
      ["", 3, 4],
    ]);
  });

  it("are its rows where the records of the feed are none", () => {
    expect(
      found(
        [
          ["hat", "a"],
          ["", "a"],
          ["", ""],
        ],
        null,
      ),
    ).toEqual([
      ["a", 0],
      ["a", 1],
      ["", 2],
    ]);
  });
});

describe("correct", () => {
  const table = { bucket: "b", key: "k", delimiter: "," as const, header: [0, 1] as const };
  const letter = { line: 2, table };

  it("changes the cells that differ, by column, wherever the spreadsheet has put it", () => {
    const row = new Map([
      ["price", "12"],
      ["sku", "0017"],
    ]);
    expect(correct([row], { ...letter, cells: ["0017", "Hat", "x"] }, columnsNamed(["sku", "name", "price"]))).toEqual({
      original: { cells: ["0017", "Hat", "12"] },
      corrections: [{ column: "price", before: "x", after: "12" }],
    });
  });

  it("fills the columns of a record that was kept raw", () => {
    expect(correct([new Map([["sku", "1"]])], letter, columnsNamed(["sku", "name"]))).toEqual({
      original: { cells: ["1", ""] },
      corrections: [{ column: "sku", before: "", after: "1" }],
    });
  });
});

describe("refusalOf", () => {
  it("refuses an identity that no dead letter has", () => {
    expect(refusalOf([new Map()], "x", undefined, "simple", "me", [])).toMatchObject({
      code: "FAILURE_UNKNOWN",
      column: "_failure",
    });
  });
});
