import { variable } from "#aws/environment.ts";
import { dynamodb } from "#aws/dynamodb.ts";
import { lambda } from "#aws/lambda.ts";
import { readLines } from "#aws/lines.ts";
import { isMissing } from "#aws/objects.ts";
import { readChunk, readHeader, type ChunkBytes } from "#aws/table.ts";
import { deadLetterOf, type DeadLetter } from "#failures/dead-letter.ts";
import { FailuresTable } from "#failures/failures-table.ts";
import { originalOf } from "#failures/original.ts";
import { feeds, feedOf } from "#feeds/deployed.ts";
import type { ChunkEntry } from "#imports/chunk-entry.ts";
import { closeLines, countLines } from "#imports/close-lines.ts";
import { ImportsTable } from "#imports/imports-table.ts";
import type { ChunkTask, LinesRef } from "#imports/flow.ts";
import { checkConserved } from "#records/json-lines.ts";
import type { FailedLine, Line } from "#records/line.ts";
import validate from "#validators/states/chunk-task.js";

const imports = new ImportsTable(dynamodb, variable("IMPORTS_TABLE"));
const failures = new FailuresTable(dynamodb, variable("FAILURES_TABLE"));

/**
 * Closes a chunk, once: settles which lines count, writes the dead letters, notes the outcomes. Whoever comes second, a
 * retry or a slow double, goes on with what was settled first.
 */
export const handler = lambda<ChunkTask, undefined>(validate, async (task) => {
  const settled = await settle(task);
  if (settled.state === "CLOSED") return undefined;

  const chunk = await readChunk(task.table, task.chunk);
  const lines = closeLines(await lastLines(settled.lines, chunk), settled.error);
  checkConserved("CloseChunk", chunk.positions, lines);

  const failed = lines.filter((line) => line.kind === "failed");
  if (failed.length > 0) await failures.write(await deadLetters(task, chunk, failed, settled.closingAt!));
  await imports.closed(task.import.importId, task.chunk.chunk, countLines(lines));
  return undefined;
});

/** The chunk's ledger entry once it is CLOSING or CLOSED; what this call brings counts only if it is the first. */
async function settle({ import: { importId }, chunk, lines, error }: ChunkTask): Promise<ChunkEntry> {
  for (;;) {
    const known = await imports.chunk(importId, chunk.chunk);
    if (known && known.state !== "PREPARED") return known;
    const last = lines ?? known?.lines;
    const stopped = error ?? known?.error;
    await imports.closing(importId, chunk.chunk, {
      records: chunk.records,
      ...(last && { lines: last }),
      ...(stopped && { error: stopped }),
      closingAt: new Date().toISOString(),
    });
  }
}

/** The last lines that a stage left. Where there are none, or they are gone, every record that is not blank is live. */
async function lastLines(ref: LinesRef | undefined, { positions }: ChunkBytes): Promise<readonly Line[]> {
  try {
    if (ref) return await readLines(ref);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  return positions.map((position) =>
    position.at[1] === 0 ? { ...position, kind: "blank" } : { ...position, kind: "restructured", cells: [] },
  );
}

async function deadLetters(
  task: ChunkTask,
  chunk: ChunkBytes,
  failed: readonly FailedLine[],
  failedAt: string,
): Promise<DeadLetter[]> {
  const { import: from, table } = task;
  const { catalog } = feedOf(feeds, from.feed);
  const header = await readHeader(table);
  return failed.map((line) => {
    const original = originalOf(chunk.bytes, task.chunk.start, line, header, table.delimiter);
    return deadLetterOf(from, catalog, table, task.chunk.chunk, line, original, failedAt);
  });
}
