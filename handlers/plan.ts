import { Readable } from "node:stream";
import { variable, wholeNumber } from "#aws/environment.ts";
import { dynamodb } from "#aws/dynamodb.ts";
import { lambda } from "#aws/lambda.ts";
import { head, read, stream, write, writeStream } from "#aws/objects.ts";
import { readChunk } from "#aws/table.ts";
import { distinctNames } from "#csv/columns.ts";
import type { PlannedTable } from "#csv/gate.ts";
import { FileRejected } from "#errors/catalogue.ts";
import { acceptedFeed } from "#feeds/accepted.ts";
import { feeds } from "#feeds/deployed.ts";
import { twinKey } from "#imports/archive-key.ts";
import { columnsNamed } from "#imports/import-columns.ts";
import { planOf } from "#imports/import-entry.ts";
import { ImportsTable } from "#imports/imports-table.ts";
import { checkUnnamedColumns, openTable, rejectionOf, type SentFile } from "#imports/open-table.ts";
import { workKey } from "#imports/work-key.ts";
import type { ChunkTask, ImportRef, ObjectRef, Plan, TableRef } from "#imports/flow.ts";
import validate from "#validators/states/plan.js";

interface PlanInput {
  readonly import: ImportRef;
}

const imports = new ImportsTable(dynamodb, variable("IMPORTS_TABLE"));
const work = variable("WORK_BUCKET");
const workDays = wholeNumber("WORK_DAYS");
const day = 24 * 60 * 60 * 1000;
const limits = {
  maxRecords: wholeNumber("CHUNK_RECORDS"),
  maxBytes: wholeNumber("CHUNK_BYTES"),
  maxFileBytes: wholeNumber("MAX_FILE_BYTES"),
  maxExcelBytes: wholeNumber("MAX_EXCEL_BYTES"),
};

/** Checks the file as a whole and finds its records: rejects it, or writes the manifest of its chunks. */
export const handler = lambda<PlanInput, PlanInput & { plan: Plan }>("Plan", validate, async (input, attempt) => {
  try {
    return { ...input, plan: await plan(input.import, attempt) };
  } catch (error) {
    if (!(error instanceof FileRejected)) throw error;
    return { ...input, plan: { decision: "rejected", rejection: rejectionOf(error, input.import.file.key) } };
  }
});

async function plan(from: ImportRef, attempt: string): Promise<Plan> {
  // Once planned, always so: the ledger counts by these chunks, whatever their size is set to by now.
  if (from.undoes !== undefined) return planUndo(from, from.undoes, attempt);
  const known = await imports.get(from.importId);
  const earlier = known && planOf(known);
  const manifestThere = earlier && (await head(earlier.manifest));
  if (earlier && manifestThere) {
    // What is prepared is a little younger than its manifest, and must last until the import is over.
    const lasts = Date.parse(manifestThere.lastModified) + (workDays - 3) * day > Date.now();
    return known.released?.at === from.startedAt && lasts ? { ...earlier, prepared: true } : earlier;
  }

  const feed = acceptedFeed(feeds, from.feed);
  const opened = await openTable(feed, sentFile(from), limits);
  const { planned } = opened;
  const table: TableRef = { ...(opened.isTwin ? twinOf(from) : from.archived), ...opened.table };
  if (from.preview && table.failedRecords)
    throw new FileRejected(
      "PREVIEWED_FAILURES",
      "The file has the column _failure: a preview cannot take failures that wait. Put it into incoming/, or remove the columns that begin with _.",
    );
  await checkUnnamedColumns(feed, opened, (chunk) => readChunk(table, chunk));
  const manifest = workKey(work, from.importId, "plan", attempt);
  await write(manifest, JSON.stringify(tasksOf(from, table, planned)), "application/json");

  const { records, groups } = planned;
  const rows = groups && { rows: groups.rows };
  const chunks = planned.chunks.length;
  const header = planned.header.cells;
  const columns = distinctNames(planned.header.columns);
  const renamed = columnsNamed(header).some(({ own }, index) => own !== columns[index]);
  const fileWarnings = opened.warnings;
  await imports.planned(from, {
    ...{ table, header, feedRevision: feed.revision, records, chunks, manifest },
    ...rows,
    ...(renamed && { columns }),
    ...(fileWarnings.length > 0 && { fileWarnings }),
  });
  return { decision: "planned", table, records, ...rows, chunks, manifest };
}

/** The chunks of the import that is taken back, by its ledger: its manifest may have expired. */
async function planUndo(from: ImportRef, undoes: string, attempt: string): Promise<Plan> {
  const original = (await imports.get(undoes))!;
  const { bucket, key, delimiter, header } = original.table!;
  const table: TableRef = { bucket, key, delimiter, header };
  const tasks: ChunkTask[] = [];
  let records = 0;
  for await (const { chunk, records: own } of imports.ledger(undoes)) {
    const nowhere = { start: 0, end: 0, firstLine: 1 };
    tasks.push({ import: from, table, chunk: { chunk, ...nowhere, firstRecord: records + 1, records: own } });
    records += own;
  }
  const manifest = workKey(work, from.importId, "plan", attempt);
  await write(manifest, JSON.stringify(tasks), "application/json");
  const { feedRevision = "" } = original;
  const plan = { table, records, chunks: tasks.length, manifest };
  await imports.planned(from, { ...plan, header: original.header ?? [], feedRevision });
  return { decision: "planned", ...plan };
}

/** The archived copy, beside which its twin is written. */
function sentFile(from: ImportRef): SentFile {
  const { archived, file } = from;
  return {
    name: file.key,
    bytes: file.bytes,
    stream: () => stream(archived),
    // Not every S3 there is can be asked for one byte alone.
    start: (end) => read(archived, [0, end > 0 ? 4 : 0]),
    writeTwin: (content) => writeStream(twinOf(from), Readable.from(content), "text/csv; charset=utf-8"),
    streamTwin: () => stream(twinOf(from)),
  };
}

function twinOf({ archived: { bucket, key } }: ImportRef): ObjectRef {
  return { bucket, key: twinKey(key) };
}

function tasksOf(from: ImportRef, table: TableRef, { chunks }: PlannedTable): ChunkTask[] {
  return chunks.map((chunk) => ({ import: from, table, chunk }));
}
