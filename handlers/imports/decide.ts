import type { ChunkEntry } from "#imports/chunk-entry.ts";
import type { ChunkTask, ObjectRef } from "#imports/flow.ts";

/**
 * The second manifest: every chunk of the first, each with what the ledger knows. A chunk that was stopped, that the ledger
 * is silent about, or that is being closed already carries an error: it is closed, not imported. `repetitions` are those of
 * each chunk that has some, with its scattered groups.
 */
export function chunksToImport(
  tasks: readonly ChunkTask[],
  ledger: readonly ChunkEntry[],
  repetitions: ReadonlyMap<number, ObjectRef>,
): ChunkTask[] {
  const known = new Map(ledger.map((entry) => [entry.chunk, entry]));
  return tasks.map((task) => {
    const entry = known.get(task.chunk.chunk);
    const repeated = repetitions.get(task.chunk.chunk);
    // However the chunk is closed: they count where nothing else is known of its records.
    if (!entry)
      return {
        ...task,
        ...(repeated && { repetitions: repeated }),
        error: { Error: "Silent", Cause: "The chunk's preparation ended without a word." },
      };
    if (entry.state !== "PREPARED")
      return { ...task, error: { Error: entry.state, Cause: "The chunk is being closed already." } };
    if (entry.error) return { ...task, ...(entry.lines && { lines: entry.lines }), error: entry.error };
    if (entry.lines) return { ...task, lines: entry.lines, ...(repeated && { repetitions: repeated }) };
    return { ...task, error: { Error: "Silent", Cause: "The chunk was prepared without lines." } };
  });
}
