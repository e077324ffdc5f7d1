import { dialectOf } from "#csv/dialect.ts";
import type { WorkbookRead } from "#csv/excel/excel-to-csv.ts";
import { checkFileSize, fileKindOf } from "#csv/file-kind.ts";
import { firstFault } from "#csv/first-fault.ts";
import { planTable, type GateOptions, type PlannedTable } from "#csv/gate.ts";
import type { Grouping } from "#csv/groups.ts";
import { needsNormalising, normalise, type NormaliseOptions } from "#csv/normalise.ts";
import { parseRecords } from "#csv/parse.ts";
import { rowsOfAll } from "#csv/records.ts";
import { checkUnnamed } from "#csv/unnamed.ts";
import { FileRejected } from "#errors/catalogue.ts";
import type { Feed } from "#feeds/compile.ts";
import { sheetReaderOf } from "#feeds/sheet-cells.ts";
import type { Chunk, ObjectRef, Rejection, TableRef } from "#imports/flow.ts";
import type { Position } from "#records/line.ts";
import { isLeftOut, layOut } from "#stages/layout.ts";
import type { CountedWarning } from "#warnings/catalogue.ts";
import { placedWarnings } from "#warnings/count.ts";

/** A file as it was sent, wherever it lies, and the place of the plain CSV that may be made of it. */
export interface SentFile {
  /** Its kind is known by the ending. */
  readonly name: string;
  readonly bytes: number;
  readonly stream: () => Promise<AsyncIterable<Uint8Array>>;
  /** The first bytes, `end` of them. */
  readonly start: (end: number) => Promise<Uint8Array>;
  readonly writeTwin: (content: AsyncIterable<Uint8Array>) => Promise<void>;
  readonly streamTwin: () => Promise<AsyncIterable<Uint8Array>>;
}

export type TableLimits = Pick<GateOptions, "maxRecords" | "maxBytes" | "maxFileBytes"> &
  Pick<NormaliseOptions, "maxExcelBytes">;

/** A file that passed the gate. */
export interface OpenedTable {
  readonly planned: PlannedTable;
  /** What is to be known of the table file, beside where it lies. */
  readonly table: Omit<TableRef, keyof ObjectRef>;
  /** Whether its records are those of the twin, and not of the file itself. */
  readonly isTwin: boolean;
  /** What the file as a whole is told. */
  readonly warnings: readonly CountedWarning[];
}

/** Makes a file of any accepted kind plain CSV, and checks it as a whole. Throws FileRejected. */
export async function openTable(feed: Feed, file: SentFile, limits: TableLimits): Promise<OpenedTable> {
  const { isTwin, workbook } = await makePlain(feed, file, limits);
  // A workbook is written as plain CSV, whatever its feed says of texts.
  const { delimiter = ",", columns: names } = feed.dialect;
  const dialect = workbook ? { delimiter, columns: names } : feed.dialect;
  const planned = await planTable(await (isTwin ? file.streamTwin() : file.stream()), {
    ...{ ...feed.headerRules, ...dialect, ...limits, unpacked: fileKindOf(file.name) === "gzip" },
    sheet: workbook?.sheet,
    group: feed.group,
    starts: feed.starts,
  });
  const { header, warnings, groups } = planned;
  return {
    planned,
    isTwin,
    table: {
      ...dialectOf(planned),
      header: header.range,
      ...(header.failedRecords && { failedRecords: true }),
      ...(header.fromFeed && { names: header.cells }),
      ...(workbook && { sheet: workbook.sheet }),
      ...(groups && groupsOf(groups.grouping)),
    },
    warnings: workbook ? [...workbook.warnings, ...placedWarnings(warnings, workbook.sheet, header.columns)] : warnings,
  };
}

function groupsOf({
  group,
  starts,
  columns,
  identity,
}: Grouping): Pick<TableRef, "group" | "starts" | "columns" | "identity"> {
  return { group, ...(starts && { starts }), columns, ...(identity !== undefined && { identity }) };
}

/** Reads the bytes of a chunk, with the positions of its records. */
export type ReadChunk = (
  chunk: Chunk,
) => Promise<{ readonly bytes: Uint8Array; readonly positions: readonly Position[] }>;

/** Looks into the records for what stands in columns without a name, chunk by chunk. Throws FileRejected. */
export async function checkUnnamedColumns(feed: Feed, { planned, table }: OpenedTable, read: ReadChunk): Promise<void> {
  const { header, chunks } = planned;
  if (header.unnamed.length === 0) return;
  const layout = layOut(feed, header.cells);
  for (const chunk of chunks) {
    const { bytes, positions } = await read(chunk);
    const rowPositions = rowsOfAll(positions);
    const rows = parseRecords(bytes, rowPositions, { ...table, offset: chunk.start, columns: header.cells.length });
    checkUnnamed(rows, rowPositions, header, (row) => isLeftOut(layout, row), table.sheet);
  }
}

/** Why a file is not trusted. The lines of a workbook's twin are nobody's: its sentences name rows and cells. */
export function rejectionOf({ code, message, line }: FileRejected, name: string): Rejection {
  const isWorkbook = name.toLowerCase().endsWith(".xlsx");
  return { code, message, ...(line !== undefined && !isWorkbook && { line }) };
}

interface Plain {
  readonly isTwin: boolean;
  readonly workbook?: WorkbookRead | undefined;
}

/** The file as plain UTF-8 CSV: itself, or a normalised twin. */
async function makePlain(feed: Feed, file: SentFile, limits: TableLimits): Promise<Plain> {
  const { bytes } = file;
  const kind = fileKindOf(file.name);
  checkFileSize(bytes, limits.maxFileBytes);
  let workbook: WorkbookRead | undefined;
  const onRead = (read: WorkbookRead): void => void (workbook = read);
  const options = { kind, ...feed.dialect, ...limits, reader: sheetReaderOf(feed), onRead };
  if (!needsNormalising(await file.start(Math.min(4, bytes)), options)) return { isTwin: false };
  const normalised = async (): Promise<AsyncIterable<Uint8Array>> => normalise(await file.stream(), options);
  try {
    await file.writeTwin(await normalised());
  } catch (error) {
    if (!(error instanceof FileRejected) || kind === "excel") throw error;
    throw await firstFault(await normalised(), error, { ...feed.headerRules, ...feed.dialect, ...limits });
  }
  return { isTwin: true, workbook };
}
