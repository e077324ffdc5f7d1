import { MergedCells } from "#csv/excel/merges.ts";
import { mergesOf, rowsOf, type HiddenColumns, type SheetRow } from "#csv/excel/sheet.ts";
import type { SheetCell } from "#csv/excel/sheet-cell.ts";
import type { Workbook } from "#csv/excel/workbook.ts";
import { emptySheet } from "#csv/excel/workbook-rejections.ts";
import type { HeaderRules } from "#csv/header.ts";
import { headerNotFound, type HeaderCandidate } from "#csv/sheet-header.ts";

/** Writes a cell as the feed reads it in its column. */
export type CellWriter = (cell: SheetCell) => string;

/** The writers of a table's columns, if these are the cells of its header; undefined where a column has no rule of its own. */
export type WritersOf = (header: readonly string[]) => readonly (CellWriter | undefined)[] | undefined;

/** What a feed knows of a sheet. */
export interface SheetReader {
  readonly rules: HeaderRules;
  readonly writersOf: WritersOf;
  /** The place of the key among the columns, if these are the cells of the header; -1 where it is none of them. */
  readonly keyIn: (header: readonly string[]) => number;
  /** The names of the columns, where sheets have no header. */
  readonly columns?: readonly string[] | undefined;
}

/** The header is one of so many rows. */
const mostRowsAbove = 20;

/** The table on a sheet. */
export interface SheetTable {
  /** 0 where the sheet has none. */
  readonly headerRow: number;
  readonly header: readonly string[];
  /** Cells of the header. */
  readonly width: number;
  readonly writers: readonly (CellWriter | undefined)[];
  /** The place of the key's column; -1 where none is known. */
  readonly key: number;
  readonly merged: MergedCells;
  readonly above: readonly HeaderCandidate[];
  readonly hidden: readonly HiddenColumns[];
  /** The rows that hold anything, from the header on. */
  readonly rows: AsyncIterable<SheetRow>;
}

/** Finds the header among the first rows: the first that has all columns which the feed requires. */
export async function tableOf(workbook: Workbook, reader: SheetReader | undefined): Promise<SheetTable> {
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
    const key = reader?.keyIn(header) ?? -1;
    return { headerRow, header, width, writers, key, merged, above, hidden, rows: chained(first, rows) };
  }
}

async function* chained(first: readonly SheetRow[], rows: AsyncIterable<SheetRow>): AsyncGenerator<SheetRow> {
  yield* first;
  yield* rows;
}

function textsOf({ cells }: SheetRow): string[] {
  return cells.map(({ text }) => text);
}

/** Blanks behind the table are as good as nothing. */
export function lastFilled(cells: readonly SheetCell[]): number {
  return cells.findLastIndex(({ text }) => text.trim() !== "") + 1;
}
