import { variable, wholeNumber } from "#aws/environment.ts";
import { writeGroups } from "#aws/group-index.ts";
import { inParts } from "#aws/in-parts.ts";
import { lambda } from "#aws/lambda.ts";
import { writeLines } from "#aws/lines.ts";
import { readChunk, readHeader } from "#aws/table.ts";
import { parseRecords, type ParsedRecord } from "#csv/parse.ts";
import { rowsOfAll } from "#csv/records.ts";
import { enrich } from "#enrichment/enrich.ts";
import { feeds, feedOf } from "#feeds/deployed.ts";
import { workKey } from "#imports/work-key.ts";
import type { ChunkTask } from "#imports/flow.ts";
import { checkConserved } from "#records/json-lines.ts";
import type { Position } from "#records/line.ts";
import { restructure } from "#stages/restructure.ts";
import validate from "#validators/states/chunk-task.js";

const work = variable("WORK_BUCKET");
const maxRecordBytes = wholeNumber("MAX_RECORD_BYTES");

/** Makes cells of the bytes of one chunk, cleansed and enriched as its feed says. */
export const handler = lambda<ChunkTask, ChunkTask>("Restructure", validate, async (task, attempt, remaining) => {
  const feed = feedOf(feeds, task.import.feed);
  const [header, { bytes, positions }] = await Promise.all([readHeader(task.table), readChunk(task.table, task.chunk)]);
  const rows = parseRecords(bytes, rowsOfAll(positions), {
    ...task.table,
    offset: task.chunk.start,
    columns: header.length,
  });
  // Before what may stop the chunk: its groups stand where they stand.
  await writeGroups(work, task, header, positions, rows);
  const to = workKey(work, task.import.importId, "restructure", attempt, task.chunk.chunk);
  const lines = await inParts({ stage: "Restructure", task, to, remaining }, positions, (part) => {
    const cells = restructure(feed, header, rowsOf(part, positions, rows), part, {
      ...{ maxRecordBytes, sheet: task.table.sheet, dialect: task.table },
      headless: task.table.names !== undefined,
      file: task.import.file.key,
    });
    return enrich(feed, cells, process.env);
  });
  checkConserved("Restructure", positions, lines);
  return { ...task, lines: await writeLines(to, lines) };
});

/** The rows of a part of the positions, which follow one another. */
function rowsOf(
  part: readonly Position[],
  positions: readonly Position[],
  rows: readonly ParsedRecord[],
): readonly ParsedRecord[] {
  if (part.length === positions.length) return rows;
  const first = rowsOfAll(positions.slice(0, positions.indexOf(part[0]!))).length;
  return rows.slice(first, first + rowsOfAll(part).length);
}
