import { variable, wholeNumber } from "#aws/environment.ts";
import { writeGroups } from "#aws/group-index.ts";
import { lambda } from "#aws/lambda.ts";
import { writeLines } from "#aws/lines.ts";
import { readChunk, readHeader } from "#aws/table.ts";
import { parseRecords } from "#csv/parse.ts";
import { rowsOfAll } from "#csv/records.ts";
import { enrich } from "#enrichment/enrich.ts";
import { feeds, feedOf } from "#feeds/deployed.ts";
import { workKey } from "#imports/work-key.ts";
import type { ChunkTask } from "#imports/flow.ts";
import { checkConserved } from "#records/json-lines.ts";
import { restructure } from "#stages/restructure.ts";
import validate from "#validators/states/chunk-task.js";

const work = variable("WORK_BUCKET");
const maxRecordBytes = wholeNumber("MAX_RECORD_BYTES");

/** Makes cells of the bytes of one chunk, cleansed and enriched as its feed says. */
export const handler = lambda<ChunkTask, ChunkTask>("Restructure", validate, async (task, attempt) => {
  const feed = feedOf(feeds, task.import.feed);
  const [header, { bytes, positions }] = await Promise.all([readHeader(task.table), readChunk(task.table, task.chunk)]);
  const rows = parseRecords(bytes, rowsOfAll(positions), {
    ...task.table,
    offset: task.chunk.start,
    columns: header.length,
  });
  // Before what may stop the chunk: its groups stand where they stand.
  await writeGroups(work, task, header, positions, rows);
  const lines = await enrich(
    feed,
    restructure(feed, header, rows, positions, {
      ...{ maxRecordBytes, sheet: task.table.sheet, dialect: task.table },
      headless: task.table.names !== undefined,
      file: task.import.file.key,
    }),
    process.env,
  );
  checkConserved("Restructure", positions, lines);
  const to = workKey(work, task.import.importId, "restructure", attempt, task.chunk.chunk);
  return { ...task, lines: await writeLines(to, lines) };
});
