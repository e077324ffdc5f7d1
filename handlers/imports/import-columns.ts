import { distinctNames } from "#csv/columns.ts";
import { headerOf } from "#csv/header.ts";
import type { ImportEntry } from "#imports/import-entry.ts";

/** A column of an import: what its file calls it, and the name by which rows of several files are put side by side. */
export interface ImportColumn {
  readonly own: string;
  /** The declared name where the feed recognised the column; of several columns of one name each has its own. */
  readonly name: string;
}

/** The columns of an import in the order of its header; none where it has no plan. */
export function columnsOf(entry: Pick<ImportEntry, "header" | "columns"> | undefined): ImportColumn[] {
  return columnsNamed(entry?.header ?? [], entry?.columns);
}

/** The columns of a header; `names` are given where they are others than its own. */
export function columnsNamed(header: readonly string[], names?: readonly string[]): ImportColumn[] {
  const own = distinctNames(headerOf(header).columns);
  return own.map((name, index) => ({ own: name, name: names?.[index] ?? name }));
}
