import { Readable } from "node:stream";
import { variable, wholeNumber } from "#aws/environment.ts";
import { dynamodb } from "#aws/dynamodb.ts";
import { lambda } from "#aws/lambda.ts";
import { head, read, stream, write, writeStream } from "#aws/objects.ts";
import { readChunk } from "#aws/table.ts";
import { checkFileSize, fileKindOf } from "#csv/file-kind.ts";
import { distinctNames } from "#csv/columns.ts";
import { dialectOf } from "#csv/dialect.ts";
import { firstFault } from "#csv/first-fault.ts";
import { planTable, type PlannedTable } from "#csv/gate.ts";
import type { WorkbookRead } from "#csv/excel/excel-to-csv.ts";
import { needsNormalising, normalise } from "#csv/normalise.ts";
import { parseRecords } from "#csv/parse.ts";
import { checkUnnamed } from "#csv/unnamed.ts";
import { FileRejected } from "#errors/catalogue.ts";
import { acceptedFeed } from "#feeds/accepted.ts";
import type { Feed } from "#feeds/compile.ts";
import { feeds } from "#feeds/deployed.ts";
import { sheetReaderOf } from "#feeds/sheet-cells.ts";
import { twinKey } from "#imports/archive-key.ts";
import { columnsNamed } from "#imports/import-columns.ts";
import { planOf } from "#imports/import-entry.ts";
import { ImportsTable } from "#imports/imports-table.ts";
import { workKey } from "#imports/work-key.ts";
import type { ChunkTask, ImportRef, ObjectRef, Plan, TableRef } from "#imports/flow.ts";
import { isLeftOut, layOut } from "#stages/layout.ts";
import { placedWarnings } from "#warnings/count.ts";
import validate from "#validators/states/plan.js";

interface PlanInput {
  readonly import: ImportRef;
}

const imports = new ImportsTable(dynamodb, variable("IMPORTS_TABLE"));
const work = variable("WORK_BUCKET");
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
    const { code, message } = error;
    // The lines of a workbook's twin are nobody's: its sentences name rows and cells.
    const line = input.import.file.key.toLowerCase().endsWith(".xlsx") ? undefined : error.line;
    return {
      ...input,
      plan: { decision: "rejected", rejection: { code, message, ...(line !== undefined && { line }) } },
    };
  }
});

async function plan(from: ImportRef, attempt: string): Promise<Plan> {
  // Once planned, always so: the ledger counts by these chunks, whatever their size is set to by now.
  const known = await imports.get(from.importId);
  const earlier = known && planOf(known);
  if (earlier && (await head(earlier.manifest))) return earlier;

  const feed = acceptedFeed(feeds, from.feed);
  const { text, workbook } = await plainText(from, feed);
  // A workbook is written as plain CSV, whatever its feed says of texts.
  const { delimiter = ",", columns: names } = feed.dialect;
  const dialect = workbook ? { delimiter, columns: names } : feed.dialect;
  const planned = await planTable(await stream(text), {
    ...{ ...feed.headerRules, ...dialect, ...limits, unpacked: fileKindOf(from.file.key) === "gzip" },
    sheet: workbook?.sheet,
  });
  const table: TableRef = {
    ...text,
    ...dialectOf(planned),
    header: planned.header.range,
    ...(planned.header.failedRecords && { failedRecords: true }),
    ...(planned.header.fromFeed && { names: planned.header.cells }),
    ...(workbook && { sheet: workbook.sheet }),
  };
  if (planned.header.unnamed.length > 0) await checkUnnamedColumns(feed, table, planned);
  const manifest = workKey(work, from.importId, "plan", attempt);
  await write(manifest, JSON.stringify(tasksOf(from, table, planned)), "application/json");

  const { records } = planned;
  const chunks = planned.chunks.length;
  const header = planned.header.cells;
  const columns = distinctNames(planned.header.columns);
  const renamed = columnsNamed(header).some(({ own }, index) => own !== columns[index]);
  const fileWarnings = workbook
    ? [...workbook.warnings, ...placedWarnings(planned.warnings, workbook.sheet, planned.header.columns)]
    : planned.warnings;
  await imports.planned(from, {
    ...{ table, header, feedRevision: feed.revision, records, chunks, manifest },
    ...(renamed && { columns }),
    ...(fileWarnings.length > 0 && { fileWarnings }),
  });
  return { decision: "planned", table, records, chunks, manifest };
}

/** Looks into the records for what stands in columns without a name, chunk by chunk. */
async function checkUnnamedColumns(feed: Feed, table: TableRef, { header, chunks }: PlannedTable): Promise<void> {
  const layout = layOut(feed, header.cells);
  for (const chunk of chunks) {
    const { bytes, positions } = await readChunk(table, chunk);
    const rows = parseRecords(bytes, positions, { ...table, offset: chunk.start, columns: header.cells.length });
    checkUnnamed(rows, positions, header, (row) => isLeftOut(layout, row), table.sheet);
  }
}

interface PlainText {
  readonly text: ObjectRef;
  readonly workbook?: WorkbookRead | undefined;
}

/** The file as plain UTF-8 CSV: the archived copy itself, or a normalised twin beside it. */
async function plainText(from: ImportRef, feed: Feed): Promise<PlainText> {
  const { bytes } = from.file;
  const kind = fileKindOf(from.file.key);
  checkFileSize(bytes, limits.maxFileBytes);
  let workbook: WorkbookRead | undefined;
  const onRead = (read: WorkbookRead): void => void (workbook = read);
  const options = { kind, ...feed.dialect, ...limits, reader: sheetReaderOf(feed), onRead };
  // Not every S3 there is can be asked for one byte alone.
  const start = await read(from.archived, [0, bytes > 0 ? 4 : 0]);
  if (!needsNormalising(start, options)) return { text: from.archived };
  const twin = { bucket: from.archived.bucket, key: twinKey(from.archived.key) };
  const normalised = async (): Promise<AsyncIterable<Uint8Array>> => normalise(await stream(from.archived), options);
  try {
    await writeStream(twin, Readable.from(await normalised()), "text/csv; charset=utf-8");
  } catch (error) {
    if (!(error instanceof FileRejected) || kind === "excel") throw error;
    throw await firstFault(await normalised(), error, { ...feed.headerRules, ...feed.dialect, ...limits });
  }
  return { text: twin, workbook };
}

function tasksOf(from: ImportRef, table: TableRef, { chunks }: PlannedTable): ChunkTask[] {
  return chunks.map((chunk) => ({ import: from, table, chunk }));
}
