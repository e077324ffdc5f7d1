import { headerOf } from "#csv/header.ts";
import { noRecord } from "#csv/no-record.ts";
import { isMalformed, parseRecord } from "#csv/parse.ts";
import { recordsOf } from "#csv/records.ts";
import { unguard } from "#csv/spreadsheet-safe.ts";
import type { LetterRow, Original, OriginalRow } from "#failures/dead-letter.ts";
import type { TableRef } from "#imports/flow.ts";
import type { Position } from "#records/line.ts";

/** Bytes of a record that is shown; a larger one is told by its place, for no spreadsheet could show it. */
export const largestShown = 1024 ** 2;

type Place = Pick<Position, "at" | "line">;
type Table = Omit<TableRef, "bucket" | "key" | "header">;

/**
 * What the bytes of a record say: the cells of each of its rows where they line up with the header's, else their raw text. `bytes`
 * begin at `offset` in the file. The cells of a failed-records CSV that came back are those it was made of, without the guard before
 * them.
 */
export function originalOf(
  bytes: Buffer,
  offset: number,
  place: Place,
  header: readonly string[],
  table: Table,
): Original {
  const [start, length] = place.at;
  if (length > largestShown) return { raw: `(${length} bytes from byte ${start} of the archived copy)` };
  const { failedRecords } = headerOf(header);
  const rowOf = (row: Buffer): OriginalRow => {
    const raw = row.toString("utf8");
    const cells = parseRecord(raw, table);
    if (isMalformed(cells) || cells.length !== header.length) return { raw };
    return { cells: failedRecords ? cells.map(unguard) : cells };
  };
  const [first, ...others] = rowsIn(bytes, offset, place, table);
  if (first === undefined) return rowOf(bytes.subarray(start - offset, start - offset + length));
  if (others.length === 0) return rowOf(first.bytes);
  return { rows: [first, ...others].map(({ line, bytes }): LetterRow => ({ line, ...rowOf(bytes) })) };
}

/** The rows of a record, each with its line (in a workbook its row). Of a group those that are blank, or comments, say nothing. */
export function rowsIn(
  bytes: Buffer,
  offset: number,
  { at: [start, length], line: firstLine }: Place,
  { group, sheet, ...dialect }: Table,
): { readonly line: number; readonly bytes: Buffer }[] {
  const record = bytes.subarray(start - offset, start - offset + length);
  if (group === undefined) return [{ line: firstLine, bytes: record }];
  const rows = recordsOf(record, { ...dialect, offset: 0, firstRecord: 1, firstLine });
  return rows.flatMap(({ line, at: [from, size] }, index) => {
    const row = record.subarray(from, from + size);
    // Each record of a workbook's twin is a row of the sheet, however many lines it takes.
    return noRecord(row, dialect) ? [] : [{ line: sheet ? firstLine + index : line, bytes: row }];
  });
}
