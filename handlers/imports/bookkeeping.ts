import { looseName } from "#csv/columns.ts";

/**
 * The columns that a failed-records CSV adds to the original ones: the identity of the failure, where the record stood, what
 * was wrong, and its raw text where its cells do not line up with the header.
 */
export const bookkeepingColumns = ["_failure", "_record", "_line", "_code", "_column", "_message", "_raw"] as const;

export type Bookkeeping = (typeof bookkeepingColumns)[number];

const exact = new Set<string>(bookkeepingColumns);

/**
 * For each name of a header (trimmed) the bookkeeping column that it stands for, where it stands for one: by its exact name, else by
 * one that differs only in case and in what does not show, as with the columns of a feed.
 */
export function bookkeepingAmong(names: readonly string[]): (string | undefined)[] {
  return names.map((name) => {
    if (exact.has(name)) return name;
    const loose = name.includes("_") ? looseName(name) : "";
    return exact.has(loose) && !names.includes(loose) ? loose : undefined;
  });
}
