import type { ParsedRecord } from "#csv/parse.ts";
import { lettersOf, placeInSheet } from "#csv/sheet-place.ts";
import { FileRejected } from "#errors/catalogue.ts";
import { quote } from "#feeds/bad-cell.ts";
import type { SheetRef } from "#imports/flow.ts";
import type { RowPosition } from "#records/line.ts";

/**
 * Throws FileRejected where something stands in a column that has no name (white space is nothing): nobody could say what it is.
 * `unnamed` are the places of these columns among the cells of a record. Records that do not line up with the header are none of
 * its business.
 */
export function checkUnnamed(
  rows: readonly ParsedRecord[],
  positions: readonly RowPosition[],
  { cells, unnamed }: { readonly cells: readonly string[]; readonly unnamed: readonly number[] },
  isLeftOut: (row: readonly string[]) => boolean,
  sheet?: SheetRef,
): void {
  for (const [index, row] of rows.entries()) {
    if (!Array.isArray(row) || row.length !== cells.length) continue;
    const column = unnamed.find((place) => row[place]!.trim() !== "");
    if (column === undefined || isLeftOut(row)) continue;
    const { line } = positions[index]!;
    const place = sheet ? placeInSheet(sheet.name, line, column) : `line ${line}`;
    throw new FileRejected(
      "BLANK_COLUMN",
      `Column ${sheet ? lettersOf(column) : column + 1} has no name in the header, and ${place} has ${quote(row[column]!)} in it: name the column, or empty it.`,
      line,
    );
  }
}
