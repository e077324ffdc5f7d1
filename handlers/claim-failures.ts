import { variable } from "#aws/environment.ts";
import { dynamodb } from "#aws/dynamodb.ts";
import { lambda } from "#aws/lambda.ts";
import { replaceLines } from "#aws/lines.ts";
import { readChunk, readHeader, type ChunkBytes } from "#aws/table.ts";
import { withOriginal } from "#aws/with-original.ts";
import { columnKeys } from "#csv/header.ts";
import { claimantOf, correctedVersionOf } from "#failures/claimant.ts";
import type { DeadLetter, LetterRow } from "#failures/dead-letter.ts";
import { isBlankLetter } from "#failures/blank-letter.ts";
import { FailuresTable, rowName } from "#failures/failures-table.ts";
import type { RecordError } from "#errors/catalogue.ts";
import { isTooLarge } from "#aws/dynamodb.ts";
import { isMissing } from "#aws/objects.ts";
import { isLeftOutLetter } from "#failures/left-out-letter.ts";
import { originalOf } from "#failures/original.ts";
import { correct, linesOf, refusalOf, type ReturnedRow } from "#failures/returned-row.ts";
import { feeds, feedOf } from "#feeds/deployed.ts";
import { columnsOf, type ImportColumn } from "#imports/import-columns.ts";
import { ImportsTable } from "#imports/imports-table.ts";
import { fileNameOf } from "#imports/file-name.ts";
import { workKey } from "#imports/work-key.ts";
import type { ChunkTask } from "#imports/flow.ts";
import { forEachAtOnce } from "#records/concurrently.ts";
import type { Line, ReturnedFailure } from "#records/line.ts";
import { allWarnings, Notes } from "#records/notes.ts";
import { failLine } from "#stages/fail-line.ts";
import { makeKey } from "#stages/read-cell.ts";
import validate from "#validators/states/chunk-task.js";

const work = variable("WORK_BUCKET");
const imports = new ImportsTable(dynamodb, variable("IMPORTS_TABLE"));
const failures = new FailuresTable(dynamodb, variable("FAILURES_TABLE"));
const concurrency = 32;

/**
 * Takes the dead letters that the rows of a failed-records CSV reprocess: each is claimed, with its corrections, and its record
 * gets its age. A row whose dead letter cannot be taken fails and leaves it alone.
 */
export const handler = lambda<ChunkTask, ChunkTask>("ClaimFailures", validate, async (task, attempt, remaining) => {
  // Which lines of a chunk count is settled once, and what is taken after that nobody brings to an end.
  if (await isSettled(task)) return task;
  const to = workKey(work, task.import.importId, "claim-failures", attempt, task.chunk.chunk);
  const [header, chunk] = await Promise.all([readHeader(task.table), readChunk(task.table, task.chunk)]);
  const known = new Map<string, Promise<readonly ImportColumn[]>>();
  const replaced = await replaceLines({ stage: "ClaimFailures", task, to, remaining }, async (lines) => {
    const claimed: Line[] = [...lines];
    await forEachAtOnce(lines, concurrency, async (line, index) => {
      // A row that has failed already, or has nothing in it, may do without; one that can be stored has an identity, or is refused.
      if (line.kind !== "restructured" && !line.failure) return;
      claimed[index] = await take(line, line.failure?.id ?? "", rowsOf(line, chunk, header, task));
    });
    return claimed;
  });
  return replaced.task;

  async function take(line: Line, id: string, came: readonly CameRow[]): Promise<Line> {
    const by = claimantOf(task.import);
    const letter = await failures.get(id);
    const theirs = letter ? await columnsOfImport(letter.importId) : [];
    const original = letter && (await readable(letter));
    const rows = came.map(({ row }) => row);
    const refusal = refusalOf(rows, id, original, task.import.feed, by.id, theirs);
    // Where rows of a group are missing, what is wrong with the file says why.
    const why = line.kind === "failed" && original?.rows ? line.errors : [];
    if (refusal || !letter || !original) return refused(line, refusal, why);
    if (line.kind === "blank" && !isBlankLetter(original)) return refused(line, emptied(id));
    const corrected = correct(rows, original, theirs);
    const lines = linesOf(came, original);
    const left = corrected.corrections.length === 0 && isLeftOutLetter(feedOf(feeds, letter.feed), original, theirs);
    const read: Line = left ? leftOut(line) : line;
    const claimedFor = rowName(task.import.importId, line.record);
    if (letter.status === "REPROCESSING") {
      // Claimed by this row before a retry, or by the run for whichever row comes first; a second row gets nothing.
      if (await failures.keepFor(letter, by.id, claimedFor)) return withAge(keyed(read, letter), id, letter, lines);
      return refused(line, namedTwice(id));
    }

    try {
      if (await failures.claim(letter, by, new Date().toISOString(), { ...corrected, claimedFor })) {
        return withAge(keyed(read, letter), id, (await failures.get(id)) ?? letter, lines);
      }
    } catch (error) {
      if (!isTooLarge(error)) throw error;
      return refused(line, tooLarge(id));
    }
    // Somebody was quicker: what they made of it decides.
    return take(line, id, came);
  }

  function columnsOfImport(importId: string): Promise<readonly ImportColumn[]> {
    const columns = known.get(importId) ?? imports.get(importId).then(columnsOf);
    known.set(importId, columns);
    return columns;
  }
});

async function isSettled({ import: { importId }, chunk }: ChunkTask): Promise<boolean> {
  const known = await imports.chunk(importId, chunk.chunk);
  return known !== undefined && known.state !== "PREPARED";
}

/** A row that came back, and its line in the file that it came back in. */
interface CameRow {
  readonly line: number;
  readonly row: ReturnedRow;
}

function rowsOf(
  line: Line,
  chunk: ChunkBytes,
  header: readonly string[],
  { import: from, table, chunk: { start } }: ChunkTask,
): CameRow[] {
  const original = originalOf(chunk.bytes, start, line, header, table);
  const columns = columnKeys(header, feedOf(feeds, from.feed).headerRules);
  const rows: readonly LetterRow[] = "rows" in original ? original.rows : [original];
  return rows.map(({ line: own = line.line, cells = [] }) => ({
    line: own,
    row: new Map(cells.map((cell, index) => [columns[index]!, cell])),
  }));
}

function withAge(line: Line, id: string, letter: DeadLetter, lines: ReturnedFailure["lines"]): Line {
  return { ...line, failure: { id, sourceVersion: correctedVersionOf(letter), ...(lines && { lines }) } };
}

/** The line with its key, where that is made of the file and the number of the record: those it failed with first. */
function keyed(line: Line, { feed, file, recordNumber }: DeadLetter): Line {
  const { madeKey, keyForm } = feedOf(feeds, feed);
  if (!madeKey?.ofFile || line.kind !== "restructured") return line;
  const notes = new Notes();
  const of = { record: String(recordNumber), file: fileNameOf(file.key) };
  const key = makeKey({ keyForm }, madeKey, line.cells, of, notes);
  const warnings = allWarnings(line.warnings, notes.warnings);
  const told = { ...line, ...(warnings && { warnings }) };
  return notes.errors.length > 0 ? failLine(told, key, notes.errors) : { ...told, key: key! };
}

function leftOut({ record, line, at, failure }: Line): Line {
  return { kind: "leftOut", record, line, at, ...(failure && { failure }) };
}

function refused(line: Line, refusal: RecordError | undefined, why: readonly RecordError[] = []): Line {
  return failLine(line, "key" in line ? line.key : undefined, refusal ? [refusal, ...why] : []);
}

function namedTwice(id: string): RecordError {
  const message = `Failure ${id} stands in the file twice, and only one of its rows is run: remove the other.`;
  return { code: "FAILURE_NOT_OPEN", message, column: "_failure", value: id };
}

function emptied(id: string): RecordError {
  const message = `The row is empty, and the record of failure ${id} is not: fill in its cells, or park the failure to give it up.`;
  return { code: "MISSING_KEY", message, column: "_failure", value: id };
}

function tooLarge(id: string): RecordError {
  const message = `The corrected record and the history of failure ${id} are larger than can be kept: send the record in a file of its own, without the columns that begin with _.`;
  return { code: "OVERSIZED_RECORD", message, column: "_failure", value: id };
}

/** A dead letter with its cells; without them where they lie in an archived copy that is gone. */
async function readable(letter: DeadLetter): Promise<DeadLetter> {
  try {
    return await withOriginal(letter);
  } catch (error) {
    if (isMissing(error)) return letter;
    throw error;
  }
}
