import type { DeadLetter } from "#failures/dead-letter.ts";
import type { FailuresTable } from "#failures/failures-table.ts";

/**
 * The dead letters of a list, however long, import by import, those of each in the order of its records: the indexes have them by
 * the time at which their chunks were closed, and spread over shards. Each is read twice, once to learn which chunks have some. What
 * has changed meanwhile is asked of `isWanted` again.
 */
export async function* inRecordOrder(
  failures: Pick<FailuresTable, "ofChunk">,
  listed: AsyncIterable<DeadLetter>,
  isWanted: (letter: DeadLetter) => boolean,
): AsyncGenerator<DeadLetter> {
  const found = new Map<string, { oldest: string; readonly chunks: Set<number> }>();
  for await (const letter of listed) {
    const known = found.get(letter.importId) ?? { oldest: letter.failedAt, chunks: new Set<number>() };
    found.set(letter.importId, known);
    if (letter.failedAt < known.oldest) known.oldest = letter.failedAt;
    known.chunks.add(Number(letter.chunk.split("#")[1]));
  }
  for (const [importId, { chunks }] of [...found].sort(([, a], [, b]) => (a.oldest < b.oldest ? -1 : 1)))
    for (const chunk of [...chunks].sort((a, b) => a - b))
      for await (const letter of failures.ofChunk(importId, chunk)) if (!letter.trace && isWanted(letter)) yield letter;
}

/** A few dead letters in that order; the imports stay in the order in which they come. */
export function sortedByRecord(letters: readonly DeadLetter[]): DeadLetter[] {
  return [...Map.groupBy(letters, ({ importId }) => importId).values()].flatMap((ofImport) =>
    ofImport.sort((a, b) => a.recordNumber - b.recordNumber),
  );
}
