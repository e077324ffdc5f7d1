import type { Malformed } from "#csv/parse.ts";
import { placeInSheet } from "#csv/sheet-place.ts";
import type { RecordError } from "#errors/catalogue.ts";
import { quote, quoteAll, shorten } from "#feeds/bad-cell.ts";
import type { SheetRef } from "#imports/flow.ts";
import type { Line, Position } from "#records/line.ts";
import { failLine } from "#stages/fail-line.ts";

/** The line of a record that is larger than it may be; `sheet` where it is a workbook's, `several` where it has several rows. */
export function oversized(
  at: Position,
  key: string | undefined,
  bytes: number,
  limit: number,
  sheet: SheetRef | undefined,
  several = false,
): Line {
  const [what, cells] = several ? ["rows of the record hold", "their"] : ["row holds", "its"];
  const message = sheet
    ? `The ${what} more text than a record may: shorten ${cells} cells.`
    : `The record has ${bytes} bytes where ${limit} are allowed: shorten ${several ? "the cells of its rows" : "its cells"}.`;
  return failLine(at, key, [{ code: "OVERSIZED_RECORD", message }]);
}

/** What is wrong with a record whose quotes do not follow CSV rules. */
export function malformed({ raw, reason }: Malformed): RecordError {
  const message = reason.includes(": ")
    ? reason
    : `${reason.replace(/\.$/, "")}: correct its quotes and send it again.`;
  return { code: "MALFORMED_RECORD", message, value: shorten(raw) };
}

/** What is wrong with a record of more or fewer cells than the header, or than the columns that the feed names where there is none. */
export function ragged(found: number, expected: number, headless: boolean): RecordError {
  const todo =
    found > expected
      ? "remove a delimiter, or quote the cell that holds one"
      : "add what is missing, if only delimiters";
  const where = headless ? `the feed names ${expected} columns` : `the header has ${expected}`;
  return {
    code: "RAGGED_RECORD",
    message: `The record has ${found} ${found === 1 ? "cell" : "cells"} where ${where}: ${todo}.`,
  };
}

/** What is wrong with a row of a sheet that goes on beyond the header: a note beside the table, mostly. */
export function strayCell(
  cells: readonly string[],
  width: number,
  row: number,
  { name }: SheetRef,
  headless: boolean,
): RecordError {
  const column = cells.findIndex((cell, index) => index >= width && cell !== "");
  const cell = placeInSheet(name, row, column);
  const value = cells[column]!;
  const why = headless
    ? "the feed does not name its column: empty the cell, or have the feed name the column"
    : "its column has no name in the header: empty the cell, or name the column";
  return {
    code: "RAGGED_RECORD",
    message: `The cell ${cell} has ${quote(value)}, and ${why}.`,
    value: shorten(value),
    cell,
  };
}

/** What is wrong with a record that may lack its first row: that line, in the record above, cannot be read. */
export function incompleteGroup(line: number): RecordError {
  const message = `Line ${line}, which cannot be read, may be the first row of this record: correct it, and send the rows of both records again.`;
  return { code: "INCOMPLETE_GROUP", message };
}

/** What is wrong with a record whose key is empty: the column that has none, or those of which one must have it. */
export function missingKey(columns: readonly string[]): RecordError {
  const [column = "", ...others] = columns;
  const message =
    others.length === 0
      ? `The key column ${quote(column)} is empty: fill in the product's key.`
      : `The columns ${quoteAll(columns)} make no key: fill in the product's key.`;
  return { code: "MISSING_KEY", message, ...(column !== "" && { column }) };
}

/** A record of a failed-records CSV whose cells did not line up, and that nobody has put into its columns yet. */
export function stillRaw(at: Position, raw: string): Line {
  const message = "The record is still in the column _raw: put its cells into their columns and send it again.";
  return failLine(at, undefined, [{ code: "RAGGED_RECORD", message, column: "_raw", value: shorten(raw) }]);
}
