import {
  createReadStream,
  createWriteStream,
  mkdtempSync,
  openSync,
  readSync,
  closeSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { dialectOf } from "#csv/dialect.ts";
import type { WorkbookRead } from "#csv/excel/excel-to-csv.ts";
import { checkFileSize, fileKindOf } from "#csv/file-kind.ts";
import { firstFault } from "#csv/first-fault.ts";
import { planTable, type PlannedTable } from "#csv/gate.ts";
import { needsNormalising, normalise } from "#csv/normalise.ts";
import { parseRecords } from "#csv/parse.ts";
import { recordsOf } from "#csv/records.ts";
import { rowOf } from "#csv/sheet-place.ts";
import { checkUnnamed } from "#csv/unnamed.ts";
import { FileRejected } from "#errors/catalogue.ts";
import { acceptedFeed } from "#feeds/accepted.ts";
import type { Feed } from "#feeds/compile.ts";
import { sheetReaderOf } from "#feeds/sheet-cells.ts";
import type { Chunk, Dialect, SheetRef } from "#imports/flow.ts";
import type { Position } from "#records/line.ts";
import { isLeftOut, layOut } from "#stages/layout.ts";
import type { CountedWarning } from "#warnings/catalogue.ts";
import { placedWarnings } from "#warnings/count.ts";

export interface Limits {
  readonly maxRecords: number;
  readonly maxBytes: number;
  readonly maxFileBytes: number;
  readonly maxExcelBytes: number;
}

/** A file on this machine that passed the gate as Plan has it. */
export interface TableFile {
  readonly planned: PlannedTable;
  readonly dialect: Dialect;
  readonly sheet: SheetRef | undefined;
  /** Of the file as a whole. */
  readonly warnings: readonly CountedWarning[];
  /** The bytes of a chunk, with the positions of its records. */
  readonly read: (chunk: Chunk) => { readonly bytes: Buffer; readonly positions: readonly Position[] };
}

/**
 * Opens a file of any accepted kind as Plan does for that feed, and hands it on while it is open. Throws FileRejected as Plan
 * would reject it.
 */
export async function withTable<T>(
  path: string,
  feed: Feed,
  limits: Limits,
  work: (table: TableFile) => T | Promise<T>,
): Promise<T> {
  acceptedFeed(new Map([[feed.name, feed]]), feed.name);
  const folder = mkdtempSync(join(tmpdir(), "product-import-feeds-"));
  try {
    return await work(await open(path, feed, limits, join(folder, "table.csv")));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function open(path: string, feed: Feed, limits: Limits, twin: string): Promise<TableFile> {
  const { text, workbook } = await plainText(path, feed, limits, twin);
  // A workbook is written as plain CSV, whatever its feed says of texts.
  const { delimiter = ",", columns: names } = feed.dialect;
  const declared = workbook ? { delimiter, columns: names } : feed.dialect;
  const planned = await planTable(createReadStream(text), {
    ...{ ...feed.headerRules, ...declared, ...limits, unpacked: fileKindOf(path) === "gzip" },
    sheet: workbook?.sheet,
  });
  const dialect = dialectOf(planned);
  const sheet = workbook?.sheet;
  const read: TableFile["read"] = (chunk) => {
    const bytes = bytesOf(text, chunk.start, chunk.end);
    const { firstRecord, firstLine } = chunk;
    const positions = recordsOf(bytes, { ...dialect, offset: chunk.start, firstRecord, firstLine });
    return { bytes, positions: sheet ? positions.map((at) => ({ ...at, line: rowOf(sheet, at.record) })) : positions };
  };
  const table: TableFile = {
    planned,
    dialect,
    sheet,
    warnings: workbook
      ? [...workbook.warnings, ...placedWarnings(planned.warnings, workbook.sheet, planned.header.columns)]
      : planned.warnings,
    read,
  };
  if (planned.header.unnamed.length > 0) checkUnnamedColumns(feed, table);
  return table;
}

function checkUnnamedColumns(feed: Feed, { planned: { header, chunks }, dialect, sheet, read }: TableFile): void {
  const layout = layOut(feed, header.cells);
  for (const chunk of chunks) {
    const { bytes, positions } = read(chunk);
    const rows = parseRecords(bytes, positions, { ...dialect, offset: chunk.start, columns: header.cells.length });
    checkUnnamed(rows, positions, header, (row) => isLeftOut(layout, row), sheet);
  }
}

/** The file as plain UTF-8 CSV: itself, or a normalised twin. */
async function plainText(
  path: string,
  feed: Feed,
  limits: Limits,
  twin: string,
): Promise<{ text: string; workbook?: WorkbookRead | undefined }> {
  const kind = fileKindOf(path);
  const { size } = statSync(path);
  checkFileSize(size, limits.maxFileBytes);
  let workbook: WorkbookRead | undefined;
  const onRead = (read: WorkbookRead): void => void (workbook = read);
  const options = { kind, ...feed.dialect, ...limits, reader: sheetReaderOf(feed), onRead };
  if (!needsNormalising(bytesOf(path, 0, Math.min(4, size)), options)) return { text: path };
  const normalised = (): AsyncIterable<Uint8Array> => normalise(createReadStream(path), options);
  try {
    await pipeline(Readable.from(normalised()), createWriteStream(twin));
  } catch (error) {
    if (!(error instanceof FileRejected) || kind === "excel") throw error;
    throw await firstFault(normalised(), error, { ...feed.headerRules, ...feed.dialect, ...limits });
  }
  return { text: twin, workbook };
}

function bytesOf(path: string, start: number, end: number): Buffer {
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(end - start);
    let read = 0;
    while (read < bytes.length) {
      const count = readSync(file, bytes, read, bytes.length - read, start + read);
      if (count === 0) break;
      read += count;
    }
    return bytes.subarray(0, read);
  } finally {
    closeSync(file);
  }
}
