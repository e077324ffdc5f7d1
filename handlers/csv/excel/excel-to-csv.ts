import type { SheetRow } from "#csv/excel/sheet.ts";
import { lastFilled, tableOf, type SheetReader, type SheetTable } from "#csv/excel/sheet-table.ts";
import { DateKeys, HiddenRows, sheetWarnings } from "#csv/excel/sheet-warnings.ts";
import { openWorkbook, type Workbook } from "#csv/excel/workbook.ts";
import { maxPartBytes, rejectionOf } from "#csv/excel/workbook-rejections.ts";
import { sizeOf } from "#csv/file-kind.ts";
import { FileRejected } from "#errors/catalogue.ts";
import type { Delimiter, SheetRef } from "#imports/flow.ts";
import type { CountedWarning } from "#warnings/catalogue.ts";

export interface ExcelLimits {
  /** Most bytes of the workbook as it was sent; it is held in memory. */
  readonly maxExcelBytes: number;
}

/** What is known of a workbook once it was read. */
export interface WorkbookRead {
  readonly sheet: SheetRef;
  readonly warnings: readonly CountedWarning[];
}

export interface ExcelOptions extends ExcelLimits {
  /** Finds the header, and how its feed reads cells; else the first row is the header, and every cell is its text. */
  readonly reader?: SheetReader | undefined;
  /** Is told what was read, after the last row. */
  readonly onRead?: ((read: WorkbookRead) => void) | undefined;
}

/**
 * The first visible sheet of an Excel workbook (.xlsx) as CSV in UTF-8, in blocks of about 64 KB, from its header on: one record
 * for each row, so that records and rows are counted alike. A cell is written as the feed reads it (see `WritersOf`), else as the
 * text of its SheetCell. A row is filled up to the header's width; what stands beyond it is kept.
 */
export async function* excelToCsv(
  blocks: AsyncIterable<Uint8Array>,
  delimiter: Delimiter,
  { maxExcelBytes, reader, onRead }: ExcelOptions,
): AsyncGenerator<Uint8Array> {
  const archive = await collect(blocks, maxExcelBytes);
  let workbook: Workbook | undefined;
  try {
    workbook = openWorkbook(archive, maxPartBytes);
    const table = await tableOf(workbook, reader);
    const writer = new RowWriter(table, delimiter);
    const hidden = new HiddenRows(workbook.name, table.headerRow);
    const dates = new DateKeys(workbook.name, table);
    for await (const row of table.rows) {
      hidden.count(row);
      writer.write(row);
      dates.count(row);
      if (writer.length >= 64 * 1024) yield Buffer.from(writer.take());
    }
    if (writer.length > 0) yield Buffer.from(writer.take());
    onRead?.({
      sheet: { name: workbook.name, headerRow: table.headerRow },
      warnings: sheetWarnings(workbook, table, hidden, dates),
    });
  } catch (error) {
    throw error instanceof FileRejected ? error : rejectionOf(error, archive, workbook);
  }
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
  if (bytes === 0) throw new FileRejected("EMPTY_FILE", "The workbook is empty: save it again.");
  return Buffer.concat(parts);
}

/** Writes rows one below the other, each on the line that its number says. */
class RowWriter {
  readonly #table: SheetTable;
  readonly #delimiter: Delimiter;
  #row: number;
  #text = "";

  constructor(table: SheetTable, delimiter: Delimiter) {
    this.#table = table;
    this.#delimiter = delimiter;
    this.#row = Math.max(table.headerRow - 1, 0);
  }

  get length(): number {
    return this.#text.length;
  }

  take(): string {
    const text = this.#text;
    this.#text = "";
    return text;
  }

  write({ number, cells }: SheetRow): void {
    while (++this.#row < number) this.#text += "\n";
    const { headerRow, width, writers, merged } = this.#table;
    merged.fill(number, cells);
    const below = number > headerRow;
    const texts = cells.map((cell, column) => (below && writers[column]?.(cell)) || cell.text);
    texts.length = lastFilled(cells);
    while (texts.length < width) texts.push("");
    this.#text += `${texts.map((text) => quoteIfNeeded(text, this.#delimiter)).join(this.#delimiter)}\n`;
  }
}

function quoteIfNeeded(cell: string, delimiter: Delimiter): string {
  return cell.includes('"') || cell.includes(delimiter) || cell.includes("\n") || cell.includes("\r")
    ? `"${cell.replaceAll('"', '""')}"`
    : cell;
}
