import { MergedCells } from "#csv/excel/merges.ts";
import { SheetTooLarge } from "#csv/excel/row-cutter.ts";
import { mergesOf, rowsOf, type HiddenColumns, type SheetRow } from "#csv/excel/sheet.ts";
import type { SheetCell } from "#csv/excel/sheet-cell.ts";
import { openWorkbook, type Workbook } from "#csv/excel/workbook.ts";
import { binaryKindOf, sizeOf } from "#csv/file-kind.ts";
import type { HeaderRules } from "#csv/header.ts";
import { headerNotFound, textOf, type HeaderCandidate } from "#csv/sheet-header.ts";
import { placeInSheet } from "#csv/sheet-place.ts";
import { FileRejected } from "#errors/catalogue.ts";
import { quote } from "#feeds/bad-cell.ts";
import type { Delimiter, SheetRef } from "#imports/flow.ts";
import type { CountedWarning, WarningExample } from "#warnings/catalogue.ts";
import { warningOf } from "#warnings/count.ts";

export interface ExcelLimits {
  /** Most bytes of the workbook as it was sent; it is held in memory. */
  readonly maxExcelBytes: number;
}

/** Writes a cell as the feed reads it in its column. */
export type CellWriter = (cell: SheetCell) => string;

/** The writers of a table's columns, if these are the cells of its header; undefined where a column has no rule of its own. */
export type WritersOf = (header: readonly string[]) => readonly (CellWriter | undefined)[] | undefined;

/** What is known of a workbook once it was read. */
export interface WorkbookRead {
  readonly sheet: SheetRef;
  readonly warnings: readonly CountedWarning[];
}

/** What a feed knows of a sheet. */
export interface SheetReader {
  readonly rules: HeaderRules;
  readonly writersOf: WritersOf;
  /** The names of the columns, where sheets have no header. */
  readonly columns?: readonly string[] | undefined;
}

export interface ExcelOptions extends ExcelLimits {
  /** Finds the header, and how its feed reads cells; else the first row is the header, and every cell is its text. */
  readonly reader?: SheetReader | undefined;
  /** Is told what was read, after the last row. */
  readonly onRead?: ((read: WorkbookRead) => void) | undefined;
}

/** Most bytes that one part of a workbook (its texts, its styles) may unpack to; they are held in memory too. */
const maxPartBytes = 64 * 1024 * 1024;
/** The header is one of so many rows. */
const mostRowsAbove = 20;

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
    for await (const row of table.rows) {
      hidden.count(row);
      writer.write(row);
      if (writer.length >= 64 * 1024) yield Buffer.from(writer.take());
    }
    if (writer.length > 0) yield Buffer.from(writer.take());
    onRead?.({
      sheet: { name: workbook.name, headerRow: table.headerRow },
      warnings: [
        ...rowsAbove(workbook, table),
        ...hiddenColumns(workbook, table),
        ...hidden.warnings(),
        ...sheetsIgnored(workbook),
      ],
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

interface SheetTable {
  /** 0 where the sheet has none. */
  readonly headerRow: number;
  readonly header: readonly string[];
  /** Cells of the header. */
  readonly width: number;
  readonly writers: readonly (CellWriter | undefined)[];
  readonly merged: MergedCells;
  readonly above: readonly HeaderCandidate[];
  readonly hidden: readonly HiddenColumns[];
  /** The rows that hold anything, from the header on. */
  readonly rows: AsyncIterable<SheetRow>;
}

/** Finds the header among the first rows: the first that has all columns which the feed requires. */
async function tableOf(workbook: Workbook, reader: SheetReader | undefined): Promise<SheetTable> {
  const hidden: HiddenColumns[] = [];
  const rows = rowsOf(workbook, hidden);
  const passed: SheetRow[] = [];
  for (;;) {
    const next = await rows.next();
    if (next.done === true) break;
    const row = next.value;
    const writers = reader ? reader.writersOf(textsOf(row)) : [];
    const above = passed.map((row) => ({ row: row.number, texts: textsOf(row) }));
    if (writers !== undefined) return table(row.number, lastFilled(row.cells), writers, above, [row]);
    passed.push(row);
    if (reader?.columns !== undefined) {
      return table(0, reader.columns.length, reader.writersOf(reader.columns) ?? [], [], passed);
    }
    if (row.number >= mostRowsAbove) break;
  }
  if (passed.length === 0) throw emptySheet(workbook);
  const candidates = passed.map((row) => ({ row: row.number, texts: textsOf(row) }));
  throw headerNotFound(workbook.name, candidates, reader!.rules);

  async function table(
    headerRow: number,
    width: number,
    writers: SheetTable["writers"],
    above: readonly HeaderCandidate[],
    first: readonly SheetRow[],
  ): Promise<SheetTable> {
    const merged = new MergedCells(await mergesOf(workbook), headerRow);
    const header = headerRow > 0 ? textsOf(first[0]!) : (reader?.columns ?? []);
    return { headerRow, header, width, writers, merged, above, hidden, rows: chained(first, rows) };
  }
}

async function* chained(first: readonly SheetRow[], rows: AsyncIterable<SheetRow>): AsyncGenerator<SheetRow> {
  yield* first;
  yield* rows;
}

function textsOf({ cells }: SheetRow): string[] {
  return cells.map(({ text }) => text);
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

/** Blanks behind the table are as good as nothing. */
function lastFilled(cells: readonly SheetCell[]): number {
  return cells.findLastIndex(({ text }) => text.trim() !== "") + 1;
}

function quoteIfNeeded(cell: string, delimiter: Delimiter): string {
  return cell.includes('"') || cell.includes(delimiter) || cell.includes("\n") || cell.includes("\r")
    ? `"${cell.replaceAll('"', '""')}"`
    : cell;
}

/** Counts the rows of the table that the sheet does not show. */
class HiddenRows {
  readonly #sheet: string;
  readonly #headerRow: number;
  readonly #examples: WarningExample[] = [];
  #count = 0;

  constructor(sheet: string, headerRow: number) {
    this.#sheet = sheet;
    this.#headerRow = headerRow;
  }

  count({ number, hidden }: SheetRow): void {
    if (!hidden || number <= this.#headerRow) return;
    this.#count += 1;
    if (this.#examples.length >= 3) return;
    this.#examples.push({
      record: number - this.#headerRow,
      line: number,
      cell: placeInSheet(this.#sheet, number),
    });
  }

  warnings(): CountedWarning[] {
    return this.#count === 0 ? [] : [{ code: "HIDDEN_ROWS", count: this.#count, examples: this.#examples }];
  }
}

/** A sheet has rows and no lines. */
const passedOver =
  "Rows above the header, which is the first row with all required columns, were passed over: nothing to do, if they are a title or a note.";

function rowsAbove({ name }: Workbook, { above }: SheetTable): CountedWarning[] {
  const examples = above.map((candidate) => ({
    line: candidate.row,
    cell: placeInSheet(name, candidate.row),
    value: textOf(candidate),
  }));
  return examples.length === 0 ? [] : [warningOf("LINES_ABOVE_HEADER", examples, passedOver)];
}

function hiddenColumns({ name }: Workbook, { headerRow, header, hidden }: SheetTable): CountedWarning[] {
  const examples = header.flatMap((text, column) => {
    const shown = text.trim() === "" || !hidden.some(({ first, last }) => first <= column && column <= last);
    return shown
      ? []
      : [{ line: headerRow, cell: placeInSheet(name, Math.max(headerRow, 1), column), column: text.trim() }];
  });
  return examples.length === 0 ? [] : [warningOf("HIDDEN_COLUMNS", examples)];
}

function sheetsIgnored({ others }: Workbook): CountedWarning[] {
  return others.length === 0
    ? []
    : [
        warningOf(
          "SHEETS_IGNORED",
          others.map((name) => ({ value: name })),
        ),
      ];
}

function emptySheet({ name, others }: Workbook): FileRejected {
  const filled = others[0] === undefined ? "" : ` (the sheet ${quote(others[0])} holds something)`;
  return new FileRejected(
    "EMPTY_FILE",
    `The sheet ${quote(name)} is empty, and only the first visible sheet is read${filled}: put the table on the first sheet.`,
  );
}

function rejectionOf(error: unknown, archive: Buffer, workbook: Workbook | undefined): FileRejected {
  if (error instanceof SheetTooLarge) {
    return new FileRejected(
      "FILE_TOO_LARGE",
      `The sheet ${quote(workbook?.name ?? "")} holds more than can be read: export it as CSV, or split it.`,
    );
  }
  if (error instanceof RangeError && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE") {
    return new FileRejected(
      "FILE_TOO_LARGE",
      `The Excel workbook unpacks to more than the limit of ${sizeOf(maxPartBytes)}: export the sheet as CSV, or split it.`,
    );
  }
  const kind = binaryKindOf(archive);
  if (kind !== undefined && !kind.includes("zip")) {
    const todo = kind.includes("password")
      ? "save it as .xlsx without a password"
      : "save the table as .xlsx, or as CSV";
    return new FileRejected(
      "UNREADABLE_FILE",
      `The file's name says that it is an Excel workbook (.xlsx), but it is ${kind}: ${todo}.`,
    );
  }
  return new FileRejected(
    "UNREADABLE_FILE",
    kind === undefined && isText(archive)
      ? "The file's name says that it is an Excel workbook (.xlsx), but it is text, such as a CSV: give it a name that ends in .csv, or save it as .xlsx."
      : "The Excel workbook cannot be opened, because it is none or is damaged: save it as .xlsx again.",
  );
}

/** Whether the first bytes are letters, as far as that can be told whatever their encoding. */
function isText(file: Buffer): boolean {
  return file.subarray(0, 4096).every((byte) => byte >= 9);
}
