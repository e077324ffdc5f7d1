import type { DeadLetter } from "#failures/dead-letter.ts";

/**
 * Whether a dead letter has no age of its own: it is a row of a failed-records CSV that named no failure, and what it has is the age
 * of the file that it came back in. Run again, it could roll a product back; so it never runs.
 */
export function hasNoAge({ table, trace }: Pick<DeadLetter, "table" | "trace">): boolean {
  return table.failedRecords === true && !trace;
}
