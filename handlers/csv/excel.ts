import { readSheet } from "read-excel-file/node";
import { checkFileSize, sizeOf } from "#csv/file-kind.ts";
import { FileRejected } from "#errors/catalogue.ts";
import type { Delimiter } from "#imports/flow.ts";

export interface ExcelLimits {
  /** Most bytes of the workbook as it was sent; it is read into memory. */
  readonly maxExcelBytes: number;
}

/** The first sheet of an Excel workbook (.xlsx) as CSV lines in UTF-8, in blocks of about 64 KB. */
export async function* excelToCsv(
  blocks: AsyncIterable<Uint8Array>,
  delimiter: Delimiter,
  { maxExcelBytes }: ExcelLimits,
): AsyncGenerator<Uint8Array> {
  const workbook = await collect(blocks, maxExcelBytes);
  let text = "";
  for (const row of await firstSheet(workbook)) {
    text += `${row.map((cell) => quoteIfNeeded(cell, delimiter)).join(delimiter)}\n`;
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
        `An Excel workbook may have ${sizeOf(maxExcelBytes)} at most: export the sheet as CSV, or split it.`,
      );
    }
    parts.push(block);
  }
  return Buffer.concat(parts);
}

async function firstSheet(workbook: Buffer): Promise<string[][]> {
  const rows = await readSheet(workbook, 1, { trim: false, parseNumber: (text) => text as never });
  return rows.map((row) => row.map(textOf));
}

function textOf(cell: unknown): string {
  if (typeof cell === "string") return cell;
  if (typeof cell === "boolean") return cell ? "TRUE" : "FALSE";
  if (cell instanceof Date) return cell.toISOString();
  return "";
}

function quoteIfNeeded(cell: string, delimiter: Delimiter): string {
  return cell.includes('"') || cell.includes(delimiter) || cell.includes("\n") || cell.includes("\r")
    ? `"${cell.replaceAll('"', '""')}"`
    : cell;
}
