import { rowsOf } from "#csv/excel/sheet.ts";
import { openWorkbook } from "#csv/excel/workbook.ts";
import { binaryKindOf, sizeOf } from "#csv/file-kind.ts";
import { FileRejected } from "#errors/catalogue.ts";
import type { Delimiter } from "#imports/flow.ts";

export interface ExcelLimits {
  /** Most bytes of the workbook as it was sent; it is held in memory. */
  readonly maxExcelBytes: number;
}

/** Most bytes that one part of a workbook (its texts, its styles) may unpack to; they are held in memory too. */
const maxPartBytes = 64 * 1024 * 1024;

/**
 * The first visible sheet of an Excel workbook (.xlsx) as CSV lines in UTF-8, in blocks of about 64 KB. Every cell is the text
 * it shows: see `numberText` for numbers and dates. A row is filled up to the header's width; what stands beyond it is kept.
 */
export async function* excelToCsv(
  blocks: AsyncIterable<Uint8Array>,
  delimiter: Delimiter,
  { maxExcelBytes }: ExcelLimits,
): AsyncGenerator<Uint8Array> {
  const archive = await collect(blocks, maxExcelBytes);
  let width: number | undefined;
  let text = "";
  for await (const row of sheetRows(archive)) {
    width ??= lastFilled(row);
    text += `${lineOf(row, width, delimiter)}\n`;
    if (text.length >= 64 * 1024) {
      yield Buffer.from(text);
      text = "";
    }
  }
  if (text !== "") yield Buffer.from(text);
}

async function collect(blocks: AsyncIterable<Uint8Array>, maxExcelBytes: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const block of blocks) {
    bytes += block.length;
    if (bytes > maxExcelBytes) {
      throw new FileRejected(
        "FILE_TOO_LARGE",
        `The Excel workbook is larger than the limit of ${sizeOf(maxExcelBytes)}: export the sheet as CSV, or split it.`,
      );
    }
    parts.push(block);
  }
  if (bytes === 0) throw new FileRejected("EMPTY_FILE", "The file has no bytes in it: export it again.");
  return Buffer.concat(parts);
}

async function* sheetRows(archive: Buffer): AsyncGenerator<string[]> {
  try {
    yield* rowsOf(openWorkbook(archive, maxPartBytes));
  } catch (error) {
    throw rejectionOf(error, archive);
  }
}

function rejectionOf(error: unknown, archive: Buffer): FileRejected {
  if (error instanceof RangeError && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE") {
    return new FileRejected(
      "FILE_TOO_LARGE",
      `The Excel workbook unpacks to more than the limit of ${sizeOf(maxPartBytes)}: export the sheet as CSV, or split it.`,
    );
  }
  const kind = binaryKindOf(archive);
  return new FileRejected(
    "UNREADABLE_FILE",
    kind !== undefined && !kind.includes("zip")
      ? `The file's name says that it is an Excel workbook (.xlsx), but it is ${kind}: save it as .xlsx without a password.`
      : "The Excel workbook cannot be opened, because it is none or is damaged: save it as .xlsx again.",
  );
}

function lineOf(row: readonly string[], width: number, delimiter: Delimiter): string {
  const filled = lastFilled(row);
  if (filled === 0) return "";
  const cells = row.slice(0, Math.max(filled, Math.min(width, row.length)));
  while (cells.length < width) cells.push("");
  return cells.map((cell) => quoteIfNeeded(cell, delimiter)).join(delimiter);
}

function lastFilled(row: readonly string[]): number {
  return row.findLastIndex((cell) => cell !== "") + 1;
}

function quoteIfNeeded(cell: string, delimiter: Delimiter): string {
  return cell.includes('"') || cell.includes(delimiter) || cell.includes("\n") || cell.includes("\r")
    ? `"${cell.replaceAll('"', '""')}"`
    : cell;
}
