import { headerOf } from "#csv/header.ts";
import { leadingCells } from "#csv/leading-cells.ts";
import { isComment, isMalformed, type ParsedRecord } from "#csv/parse.ts";
import { unguard } from "#csv/spreadsheet-safe.ts";
import { firstIdentity } from "#failures/identity.ts";
import type { Feed } from "#feeds/compile.ts";
import { shownText } from "#feeds/spreadsheet-text.ts";
import { bookkeepingColumns } from "#imports/bookkeeping.ts";
import type { TableRef } from "#imports/flow.ts";
import { isBlankRow } from "#records/is-blank-row.ts";
import type { Position } from "#records/line.ts";
import type { GroupedRecord } from "#repeated-keys/group-index.ts";
import { isLeftOut, layOut } from "#stages/layout.ts";

/**
 * Which records of a chunk are which groups, by its bytes alone: whatever becomes of a record, its group stands where it stands. Those
 * in which nothing stands are none, nor are those that the feed leaves out. `rows` are those of `parseRecords`, one for each row of the positions.
 */
export function groupedRecords(
  feed: Feed,
  header: readonly string[],
  table: TableRef,
  positions: readonly Position[],
  rows: readonly ParsedRecord[],
): GroupedRecord[] {
  const { group, sheet, names } = table;
  if (group === undefined) return [];
  const layout = layOut(feed, header, sheet, names !== undefined);
  const failure = headerOf(header).columns.indexOf(bookkeepingColumns[0]);
  const cellsOf = (row: ParsedRecord): readonly string[] => {
    if (isComment(row)) return [];
    const cells = isMalformed(row) ? leadingCells(row.raw, table) : row;
    return table.failedRecords ? cells.map(unguard) : cells;
  };

  let next = 0;
  return positions.flatMap(({ line, rows: { length } = { length: 1 } }, place): GroupedRecord[] => {
    const own: Exclude<ParsedRecord, { comment: true }>[] = [];
    for (const row of rows.slice(next, (next += length))) {
      if (!isComment(row) && !isBlankRow(cellsOf(row)) && !isLeftOut(layout, cellsOf(row))) own.push(row);
    }
    const value = own.map((row) => shownText(cellsOf(row)[group] ?? "").trim()).find((text) => text !== "");
    if (value === undefined) return [];
    return [{ place, line, value, failure: table.failedRecords && firstIdentity(own, failure, header.length) }];
  });
}
