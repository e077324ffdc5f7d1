import type { RowsSettings } from "#feeds/feed.ts";

/** The column that says which rows are one record, where a record may be several. */
export function rowsColumn({ group, starts }: RowsSettings): string {
  return starts?.column ?? group!;
}
