import { shorten } from "#feeds/bad-cell.ts";

/** In how many updated products each field changed, the most frequent first. */
export type ChangedFields = Readonly<Record<string, number>>;

// Attributes are named by files: a chunk's entry in the ledger, and a report, must hold them all the same.
const mostFields = 100;

/** The fields that changed most often, ties in the order of their names. */
export function mostChanged(counts: ReadonlyMap<string, number>): ChangedFields {
  const sorted = [...counts].sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1));
  return Object.fromEntries(sorted.slice(0, mostFields).map(([field, count]) => [shorten(field, 200), count]));
}

/** Adds up what chunks have counted. */
export function addChangedFields(all: Iterable<ChangedFields | undefined>): ChangedFields {
  const sum = new Map<string, number>();
  for (const one of all)
    for (const [field, count] of Object.entries(one ?? {})) sum.set(field, (sum.get(field) ?? 0) + count);
  return mostChanged(sum);
}
