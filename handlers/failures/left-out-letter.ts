import { leadingCells } from "#csv/leading-cells.ts";
import { isMalformed, parseRecord } from "#csv/parse.ts";
import { rowsOf, type DeadLetter } from "#failures/dead-letter.ts";
import type { Feed } from "#feeds/compile.ts";
import type { ImportColumn } from "#imports/import-columns.ts";
import { isLeftOut, layOut } from "#stages/layout.ts";

/**
 * Whether the feed leaves out the record of a dead letter that was kept raw, for the cells of its rows do not line up with its header:
 * its chunk was stopped before that was seen. `columns` are those of its import.
 */
export function isLeftOutLetter(
  feed: Feed,
  letter: Pick<DeadLetter, "raw" | "rows" | "line" | "table">,
  columns: readonly ImportColumn[],
): boolean {
  const rows = rowsOf(letter);
  if (!rows || feed.leaveOut.length === 0) return false;
  const layout = layOut(
    feed,
    columns.map(({ own }) => own),
  );
  return rows.every(({ raw }) => {
    if (raw === undefined) return false;
    const cells = parseRecord(raw, letter.table);
    return isLeftOut(layout, isMalformed(cells) ? leadingCells(raw, letter.table) : cells);
  });
}
