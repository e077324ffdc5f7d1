import { variable } from "#aws/environment.ts";
import { dynamodb } from "#aws/dynamodb.ts";
import { lambda } from "#aws/lambda.ts";
import { replaceLines } from "#aws/lines.ts";
import { readChunk, readHeader, type ChunkBytes } from "#aws/table.ts";
import { withOriginal } from "#aws/with-original.ts";
import { headerOf } from "#csv/header.ts";
import { claimantOf, correctedVersionOf } from "#failures/claimant.ts";
import type { DeadLetter } from "#failures/dead-letter.ts";
import { FailuresTable } from "#failures/failures-table.ts";
import { originalOf } from "#failures/original.ts";
import { correct, refusalOf, type ReturnedRow } from "#failures/returned-row.ts";
import { ImportsTable } from "#imports/imports-table.ts";
import { workKey } from "#imports/work-key.ts";
import type { ChunkTask } from "#imports/flow.ts";
import { forEachAtOnce } from "#records/concurrently.ts";
import type { Line } from "#records/line.ts";
import { failLine } from "#stages/fail-line.ts";
import validate from "#validators/states/chunk-task.js";

const work = variable("WORK_BUCKET");
const imports = new ImportsTable(dynamodb, variable("IMPORTS_TABLE"));
const failures = new FailuresTable(dynamodb, variable("FAILURES_TABLE"));
const concurrency = 32;

/**
 * Takes the dead letters that the rows of a failed-records CSV reprocess: each is claimed, with its corrections, and its record
 * gets its age. A row whose dead letter cannot be taken fails and leaves it alone.
 */
export const handler = lambda<ChunkTask, ChunkTask>(validate, async (task, attempt) => {
  const to = workKey(work, task.import.importId, "claim-failures", attempt, task.chunk.chunk);
  const [header, chunk] = await Promise.all([readHeader(task.table), readChunk(task.table, task.chunk)]);
  const headers = new Map<string, Promise<readonly string[]>>();
  return replaceLines("ClaimFailures", task, to, async (lines) => {
    const claimed: Line[] = [...lines];
    await forEachAtOnce(lines, concurrency, async (line, index) => {
      if (line.kind === "blank" || line.failure === undefined) return;
      claimed[index] = await take(line, line.failure.id, rowOf(line, chunk, header, task));
    });
    return claimed;
  });

  async function take(line: Line, id: string, row: ReturnedRow): Promise<Line> {
    const by = claimantOf(task.import);
    const letter = await failures.get(id);
    const refusal = refusalOf(row, id, letter, task.import.feed, by.id);
    if (refusal || !letter) return failLine(line, "key" in line ? line.key : undefined, refusal ? [refusal] : []);
    if (letter.status === "REPROCESSING") return withAge(line, id, letter);

    const corrected = correct(row, await withOriginal(letter), await headerOfImport(letter.importId));
    if (await failures.claim(letter, by, new Date().toISOString(), corrected)) {
      return withAge(line, id, (await failures.get(id)) ?? letter);
    }
    // Somebody was quicker: what they made of it decides.
    return take(line, id, row);
  }

  function headerOfImport(importId: string): Promise<readonly string[]> {
    const known = headers.get(importId) ?? imports.get(importId).then((entry) => entry?.header ?? []);
    headers.set(importId, known);
    return known;
  }
});

function rowOf(
  line: Line,
  chunk: ChunkBytes,
  header: readonly string[],
  { table, chunk: { start } }: ChunkTask,
): ReturnedRow {
  const original = originalOf(chunk.bytes, start, line, header, table.delimiter);
  const { columns } = headerOf(header);
  return new Map("cells" in original ? original.cells.map((cell, index) => [columns[index]!, cell]) : []);
}

function withAge(line: Line, id: string, letter: DeadLetter): Line {
  return { ...line, failure: { id, sourceVersion: correctedVersionOf(letter) } };
}
