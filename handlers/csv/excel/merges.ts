import { emptyCell, type SheetCell } from "#csv/excel/sheet-cell.ts";
import { attribute, tagsOf } from "#csv/excel/xml.ts";
import { columnOf } from "#csv/sheet-place.ts";

/** Merged cells that reach over several rows. */
export interface Merge {
  /** Counted from 0. */
  readonly column: number;
  /** Rows from 1, the last one included. */
  readonly first: number;
  readonly last: number;
}

/** The merges that the XML behind a sheet's rows declares, in the order of their first rows. */
export function mergesIn(xml: string): Merge[] {
  const merges: Merge[] = [];
  for (const tag of tagsOf(xml)) {
    if (tag.name !== "mergeCell" || tag.kind === "close") continue;
    const parts = /^\$?([A-Z]{1,3})\$?(\d{1,7}):\$?[A-Z]{1,3}\$?(\d{1,7})$/i.exec(attribute(tag, "ref") ?? "");
    if (!parts) continue;
    const [first, last] = [Number(parts[2]), Number(parts[3])];
    if (last > first) merges.push({ column: columnOf(parts[1]!.toUpperCase()), first, last });
  }
  return merges.sort((a, b) => a.first - b.first);
}

/**
 * Repeats the value of cells that are merged over several rows in each of them, as a person reads it, as the rows go by in their
 * order. A merge that begins in the header or above is none of the table's.
 */
export class MergedCells {
  readonly #merges: readonly Merge[];
  #next = 0;
  /** By column; a spreadsheet lets no two overlap. */
  readonly #open = new Map<number, { last: number; cell: SheetCell }>();

  constructor(merges: readonly Merge[], headerRow: number) {
    this.#merges = merges.filter(({ first }) => first > headerRow);
  }

  /** Fills the row's cells in. */
  fill(row: number, cells: SheetCell[]): void {
    for (const [column, { last, cell }] of this.#open) {
      if (row > last) {
        this.#open.delete(column);
      } else {
        while (cells.length <= column) cells.push(emptyCell);
        cells[column] = cell;
      }
    }
    for (; this.#next < this.#merges.length && this.#merges[this.#next]!.first <= row; this.#next++) {
      const { column, first, last } = this.#merges[this.#next]!;
      // Where the first row holds nothing at all it never comes by, and there is nothing to repeat.
      if (first === row && !this.#open.has(column)) this.#open.set(column, { last, cell: cells[column] ?? emptyCell });
    }
  }
}
