import { afterEach, expect, it } from "vitest";
import { columnKeys, type HeaderRules } from "#csv/header.ts";
import { parseRecords } from "#csv/parse.ts";
import { recordsOf } from "#csv/records.ts";
import { unguard } from "#csv/spreadsheet-safe.ts";
import type { DeadLetter } from "#failures/dead-letter.ts";
import { correct, refusalOf } from "#failures/returned-row.ts";
import { columnsNamed, type ImportColumn } from "#imports/import-columns.ts";
import { Spool } from "#reprocessing/spool.ts";

const rules: HeaderRules = { required: ["sku"], declared: [{ name: "sku" }, { name: "ean", aliases: ["GTIN"] }] };
const hex = "0123456789abcdef".repeat(2);

/** A dead letter of an import whose file has this header, and the columns that Plan noted of it. */
function letterOf(digit: number, header: readonly string[], cells: readonly string[]): [DeadLetter, ImportColumn[]] {
  const importId = `${hex.slice(1)}${digit}`;
  const letter = {
    ...{ id: `${importId}-1-1`, importId, feed: "small", status: "OPEN", recordNumber: 1, line: 2, cells },
    ...{ errors: [{ code: "BAD_MONEY", message: "Bad." }], table: {} },
  } as unknown as DeadLetter;
  return [letter, columnsNamed(header, columnKeys(header, rules))];
}

const spools: Spool[] = [];
afterEach(() => Promise.all(spools.splice(0).map((spool) => spool.remove())));

/** The names and the rows of the CSV that is made of dead letters, as ClaimFailures reads them. */
async function comeBack(letters: readonly [DeadLetter, ImportColumn[]][]) {
  const spool = new Spool();
  spools.push(spool);
  for (const [letter, columns] of letters) await spool.add(letter, columns);
  let text = "";
  for await (const line of spool.csv(",")) text += line;
  const bytes = Buffer.from(text.slice(1));
  const dialect = { delimiter: "," as const, offset: 0 };
  const records = parseRecords(bytes, recordsOf(bytes, { ...dialect, firstRecord: 0, firstLine: 1 }), dialect);
  const [header, ...rows] = records as string[][];
  const names = columnKeys(header!, rules);
  return { names, rows: rows.map((row) => new Map(row.map((cell, index) => [names[index]!, unguard(cell)]))) };
}

const columnsBefore = (names: readonly string[]): readonly string[] => names.slice(0, names.indexOf("_failure"));

it("one CSV of several imports has a column once that their files call by different names, and every cell", async () => {
  const letters = [
    letterOf(1, ["sku", "EAN"], ["1", "11"]),
    letterOf(2, ["ean", "sku"], ["22", "2"]),
    letterOf(3, ["GTIN", "sku", "x"], ["33", "3", "y"]),
  ];
  const { names, rows } = await comeBack(letters);
  expect(columnsBefore(names)).toEqual(["sku", "ean", "x"]);
  expect(rows.map((row) => [row.get("sku"), row.get("ean")])).toEqual([
    ["1", "11"],
    ["2", "22"],
    ["3", "33"],
  ]);
  for (const [index, [letter, columns]] of letters.entries()) {
    expect(refusalOf([rows[index]!], letter.id, letter, "small", "me", columns)).toBeUndefined();
    expect(correct([rows[index]!], letter, columns)).toEqual({ original: { cells: letter.cells }, corrections: [] });
  }
});

it("columns of one name keep their cells, and one without a name is left out", async () => {
  const [letter, columns] = letterOf(1, ["sku", "x", "", "x", "", "=x"], ["1", "a", "", "b", "", "=1"]);
  const { names, rows } = await comeBack([[letter, columns]]);
  expect(columnsBefore(names)).toEqual(["sku", "x", "x (2)", "=x"]);
  expect(refusalOf([rows[0]!], letter.id, letter, "small", "me", columns)).toBeUndefined();
  expect(correct([rows[0]!], letter, columns)).toEqual({ original: { cells: letter.cells }, corrections: [] });
});

it("the CSV of one import, which has its file's own names, fits as well", () => {
  const [letter, columns] = letterOf(1, ["sku", "EAN", "x", "x"], ["1", "11", "a", "b"]);
  const row = new Map([
    ["sku", "1"],
    ["EAN", "12"],
    ["x", "a"],
    ["x (2)", "c"],
  ]);
  expect(refusalOf([row], letter.id, letter, "small", "me", columns)).toBeUndefined();
  expect(correct([row], letter, columns)).toEqual({
    original: { cells: ["1", "12", "a", "c"] },
    corrections: [
      { column: "EAN", before: "11", after: "12" },
      { column: "x (2)", before: "b", after: "c" },
    ],
  });
});

it("every row of a group comes back, each cell under its own column", async () => {
  const [one] = letterOf(1, ["sku", "EAN"], []);
  const { cells: _none, ...rest } = one;
  const group = {
    ...rest,
    table: { group: 0 },
    rows: [
      { line: 2, cells: ["1", "11"] },
      { line: 3, raw: "1,1,1" },
    ],
  };
  const columns = columnsNamed(["sku", "EAN"], ["sku", "ean"]);
  const { rows } = await comeBack([letterOf(2, ["x", "sku"], ["y", "2"]), [group as unknown as DeadLetter, columns]]);
  expect(rows.map((row) => ["sku", "ean", "x", "_line", "_raw"].map((name) => row.get(name)))).toEqual([
    ["2", "", "y", "2", ""],
    ["1", "11", "", "2", ""],
    ["", "", "", "3", "1,1,1"],
  ]);
  expect(rows[2]!.get("_failure")).toBe(one.id);
});
