import { leadingCells } from "#csv/leading-cells.ts";
import { isMalformed, parseRecord } from "#csv/parse.ts";
import type { DeadLetter } from "#failures/dead-letter.ts";
import type { Feed } from "#feeds/compile.ts";
import type { ImportColumn } from "#imports/import-columns.ts";
import { isLeftOut, layOut } from "#stages/layout.ts";

/**
 * Whether the feed leaves out the record of a dead letter that was kept raw, for its cells do not line up with its header: its chunk
 * was stopped before that was seen. `columns` are those of its import.
 */
export function isLeftOutLetter(
  feed: Feed,
  { raw, table }: Pick<DeadLetter, "raw" | "table">,
  columns: readonly ImportColumn[],
): boolean {
  if (raw === undefined || feed.leaveOut.length === 0) return false;
  const layout = layOut(
    feed,
    columns.map(({ own }) => own),
  );
  const cells = parseRecord(raw, table);
  return isLeftOut(layout, isMalformed(cells) ? leadingCells(raw, table) : cells);
}
