import { expiryOf, type DeadLetter } from "#failures/dead-letter.ts";
import { placeText, rowPlaces } from "#failures/places.ts";

/** The trace of a record that failed again: what was wrong this time, under the identity of the dead letter it came from. */
export function traceOf(
  letter: DeadLetter,
  original: Pick<DeadLetter, "id" | "recordNumber" | "line" | "errors" | "rows" | "table">,
): DeadLetter {
  const { feedStatus: _notFound, catalogKey: _notListed, ...rest } = letter;
  const { id, recordNumber, rows } = original;
  // The rows of one that was refused may be others than those of the original.
  const places = rows && !letter.code.startsWith("FAILURE_") && { places: rowPlaces(original) };
  const of = { recordNumber, place: placeText(original), ...places };
  return { ...rest, id, trace: true, of, expiresAt: expiryOf(letter.failedAt) };
}
