import { variable } from "#aws/environment.ts";
import { dynamodb } from "#aws/dynamodb.ts";
import { lambda } from "#aws/lambda.ts";
import { readLines, readRepetitions } from "#aws/lines.ts";
import { isMissing } from "#aws/objects.ts";
import { readChunk, readHeader, type ChunkBytes } from "#aws/table.ts";
import { headerOf } from "#csv/header.ts";
import { noRecord } from "#csv/no-record.ts";
import { parseRecord } from "#csv/parse.ts";
import type { PlaceOf } from "#csv/sheet-place.ts";
import { placesInTable } from "#csv/table-places.ts";
import { hasNoAge } from "#failures/age.ts";
import { claimantOf } from "#failures/claimant.ts";
import { deadLetterOf, type DeadLetter } from "#failures/dead-letter.ts";
import { traceOf } from "#failures/trace.ts";
import { FailuresTable, rowName } from "#failures/failures-table.ts";
import { firstIdentity } from "#failures/identity.ts";
import { originalOf, rowsIn } from "#failures/original.ts";
import { placed, placedAgain } from "#failures/places.ts";
import { feeds, feedOf } from "#feeds/deployed.ts";
import type { ChunkEntry } from "#imports/chunk-entry.ts";
import { closeLines, countLines, refuseUnknown, type ClosedLine } from "#imports/close-lines.ts";
import { bookkeepingColumns } from "#imports/bookkeeping.ts";
import { ImportsTable } from "#imports/imports-table.ts";
import type { ChunkTask, ImportRef, LinesRef } from "#imports/flow.ts";
import { applyRepetitions } from "#repeated-keys/apply.ts";
import { checkConserved } from "#records/json-lines.ts";
import { forEachAtOnce } from "#records/concurrently.ts";
import type { Line } from "#records/line.ts";
import { failLine } from "#stages/fail-line.ts";
import { incompleteGroup } from "#stages/row-faults.ts";
import { countWarnings } from "#warnings/count.ts";
import validate from "#validators/states/chunk-task.js";

const imports = new ImportsTable(dynamodb, variable("IMPORTS_TABLE"));
const failures = new FailuresTable(dynamodb, variable("FAILURES_TABLE"));
const settlingConcurrency = 32;

/**
 * Closes a chunk, once: settles which lines count, writes the dead letters, notes the outcomes. Whoever comes second, a
 * retry or a slow double, goes on with what was settled first.
 */
export const handler = lambda<ChunkTask, undefined>("CloseChunk", validate, async (task) => {
  const settled = await settle(task);
  if (settled.state === "CLOSED") return undefined;
  if (task.import.undoes !== undefined) return closeUndone(task, settled);

  const chunk = await readChunk(task.table, task.chunk);
  const header = await readHeader(task.table);
  const last = await lastLines(settled.lines, task, chunk, header);
  const repetitions = await readRepetitions(settled.repetitions);
  const feed = feedOf(feeds, task.import.feed);
  const closed = closeLines(
    applyRepetitions(feed, task.import.importId, last, repetitions, task.table.sheet),
    settled.error,
  );
  const lines = task.table.failedRecords ? await refused(closed, task.import.feed) : closed;
  checkConserved("CloseChunk", chunk.positions, lines);

  const at = settled.closingAt!;
  const placeOf = placesInTable(task.table, header, feed.headerRules);
  const letters = deadLetters(task, chunk, header, lines, at, placeOf);
  // The dead letters that a failed-records CSV reprocesses get their end first: then nothing is settled that is not theirs.
  if (task.table.failedRecords) await failures.write(await closeReturned(task.import, lines, letters, at));
  else await failures.write([...letters.values()]);
  const counted = { ...countLines(lines), warnings: countWarnings(lines, placeOf) };
  await imports.closed(task.import.importId, task.chunk.chunk, counted);
  return undefined;
});

/** Closes a chunk of an undo. What failed is no dead letter: the undo is run again. */
async function closeUndone(
  { import: { importId }, chunk }: ChunkTask,
  { lines, error }: ChunkEntry,
): Promise<undefined> {
  const unread = Array.from({ length: chunk.records }, (_, at): Line => {
    return { kind: "restructured", record: chunk.firstRecord + at, line: 0, at: [0, 0], cells: [] };
  });
  const last = lines ? await readLines(lines).catch(orElse(unread)) : unread;
  await imports.closed(importId, chunk.chunk, countLines(closeLines(last, error)));
  return undefined;
}

/** What to take for an object that is gone. */
function orElse<T>(otherwise: T): (error: unknown) => T {
  return (error) => {
    if (!isMissing(error)) throw error;
    return otherwise;
  };
}

/** The chunk's ledger entry once it is CLOSING or CLOSED; what this call brings counts only if it is the first. */
async function settle({ import: { importId }, chunk, lines, repetitions, error }: ChunkTask): Promise<ChunkEntry> {
  for (;;) {
    const known = await imports.chunk(importId, chunk.chunk);
    if (known && known.records !== chunk.records) {
      throw new Error(
        `The ledger has chunk ${chunk.chunk} with ${known.records} records, the manifest with ${chunk.records}.`,
      );
    }
    if (known && known.state !== "PREPARED") return known;
    const last = lines ?? known?.lines;
    const stopped = error ?? known?.error;
    // A slow double of what prepared the chunk may have taken them off the ledger.
    const repeated = repetitions ?? known?.repetitions;
    await imports.closing(importId, chunk.chunk, {
      records: chunk.records,
      ...(last && { lines: last }),
      ...(stopped && { error: stopped }),
      ...(repeated && { repetitions: repeated }),
      closingAt: new Date().toISOString(),
    });
  }
}

/**
 * The last lines that a stage left. Where there are none, or they are gone, every record that is not blank is live. Nothing but its
 * cells is looked at: what stopped the stage must not stop this.
 */
async function lastLines(
  ref: LinesRef | undefined,
  task: ChunkTask,
  chunk: ChunkBytes,
  header: readonly string[],
): Promise<readonly Line[]> {
  try {
    if (ref) return await readLines(ref);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  const failure = headerOf(header).columns.indexOf(bookkeepingColumns[0]);
  const identityIn = (rows: readonly { readonly bytes: Buffer }[]): string | undefined =>
    firstIdentity(
      rows.map(({ bytes }) => parseRecord(bytes.toString("utf8"), task.table)),
      failure,
      header.length,
    );
  return chunk.positions.map((position) => {
    const [start, length] = position.at;
    const from = start - task.chunk.start;
    const bytes = chunk.bytes.subarray(from, from + length);
    // A record that is too large to be read has bytes all the same.
    const kind = bytes.length === length && noRecord(bytes, task.table);
    const { rows: _notOnLines, behind, ...at } = position;
    if (kind) return { ...at, kind };
    const id = task.table.failedRecords && identityIn(rowsIn(chunk.bytes, task.chunk.start, position, task.table));
    const live = { ...at, ...(id && { failure: { id } }) };
    // Run again as if nothing but the crash were wrong, it could be stored without its first row.
    if (behind !== undefined) return failLine(live, undefined, [incompleteGroup(behind)]);
    return { ...live, kind: "restructured", cells: [] };
  });
}

/** The lines of a failed-records CSV, with every failed row refused that names no failure which could run again. */
async function refused(lines: readonly ClosedLine[], feed: string): Promise<ClosedLine[]> {
  const known = new Set<string>();
  await forEachAtOnce(lines, settlingConcurrency, async ({ kind, failure }) => {
    if (kind !== "failed" || !failure) return;
    const letter = failure.sourceVersion === undefined && (await failures.get(failure.id));
    if (letter === false || (letter?.feed === feed && !hasNoAge(letter))) known.add(failure.id);
  });
  return refuseUnknown(lines, feed, (id) => known.has(id));
}

/** The dead letters of the lines that failed, by record. */
function deadLetters(
  task: ChunkTask,
  chunk: ChunkBytes,
  header: readonly string[],
  lines: readonly ClosedLine[],
  at: string,
  placeOf: PlaceOf | undefined,
): Map<number, DeadLetter> {
  const { import: from, table } = task;
  const { catalog } = feedOf(feeds, from.feed);
  const letters = new Map<number, DeadLetter>();
  for (const line of lines) {
    if (line.kind !== "failed") continue;
    const original = originalOf(chunk.bytes, task.chunk.start, line, header, table);
    const failed = { ...line, errors: placed(line.errors, line.line, placeOf, "rows" in original) };
    letters.set(line.record, deadLetterOf(from, catalog, table, task.chunk.chunk, failed, original, at));
  }
  return letters;
}

/**
 * Gives the dead letters that this import has taken their end: RESOLVED where the record was stored, or turned out to be blank or left
 * out, else their new reason.
 * What is left to write: a trace of each that failed again or was left alone, and the dead letters of rows that have none.
 */
async function closeReturned(
  from: ImportRef,
  lines: readonly ClosedLine[],
  letters: ReadonlyMap<number, DeadLetter>,
  at: string,
): Promise<DeadLetter[]> {
  const owner = claimantOf(from).id;
  const { importId } = from;
  const left: DeadLetter[] = [];
  await forEachAtOnce(lines, settlingConcurrency, async (line) => {
    if ((line.kind === "blank" || line.kind === "leftOut") && !line.failure) return;
    const own = letters.get(line.record);
    const letter = line.failure && (await failures.get(line.failure.id));
    if (letter?.feed !== from.feed) {
      if (own) left.push(own);
      return;
    }
    const row = rowName(importId, line.record);
    const taken = letter.status === "REPROCESSING" && letter.owner === owner && (letter.claimedFor ?? row) === row;
    if (own) left.push(traceOf(own, letter));
    if (!taken) return;
    if (line.kind === "failed")
      await failures.failAgain(letter, owner, {
        ...{ importId, errors: placedAgain(line.errors, letter, line.failure?.lines), at },
        ...(own?.key && { key: own.key }),
      });
    else if (line.kind === "stored") {
      const { outcome, supersededBy } = line;
      await failures.resolve(letter, owner, { importId, outcome, ...(supersededBy && { supersededBy }), at });
    } else await failures.resolve(letter, owner, { importId, outcome: line.kind, at });
  });
  return left;
}
