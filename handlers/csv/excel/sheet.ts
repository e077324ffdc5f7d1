import { Readable } from "node:stream";
import { createInflateRaw } from "node:zlib";
import { mergesIn, type Merge } from "#csv/excel/merges.ts";
import { isoDateCell, numberCell } from "#csv/excel/number-format.ts";
import { RowCutter, SheetTooLarge } from "#csv/excel/row-cutter.ts";
import { emptyCell, uncalculated, type SheetCell } from "#csv/excel/sheet-cell.ts";
import { unescape, type Workbook } from "#csv/excel/workbook.ts";
import { attribute, tagsOf, type Tag } from "#csv/excel/xml.ts";
import { xmlDecoder } from "#csv/excel/xml-encoding.ts";
import type { ZipEntry } from "#csv/excel/zip.ts";
import { columnOf } from "#csv/sheet-place.ts";

/** What Excel itself can hold; more is no sheet but an attack or damage. */
const maxRows = 1_048_576;
const maxColumns = 16_384;
/** Characters of one row's cells; a text that cells share can be repeated in all of them. */
const maxRowText = 64 * 1024 * 1024;
/** Bytes of XML that a sheet may unpack to; of a large workbook's they are some 500 million. */
const maxSheetBytes = 2 * 1024 ** 3;
/** A sheet unpacks to some thirty times what it is packed to. One that unpacks to far more is made to, and is read no further. */
const maxRatio = 150;
const unsuspicious = 128 * 1024 ** 2;

/** A row of a sheet. */
export interface SheetRow {
  /** From 1, as the sheet shows it. */
  readonly number: number;
  readonly hidden: boolean;
  /** From column A on; behind the last there may be empty ones. */
  readonly cells: SheetCell[];
}

/** Columns side by side that the sheet does not show, counted from 0, the last one included. */
export interface HiddenColumns {
  readonly first: number;
  readonly last: number;
}

/**
 * The rows of the workbook's sheet that hold more than white space, in order; with the first of them it is known which columns are
 * hidden. The sheet is unpacked as it is read, never whole.
 */
export async function* rowsOf(workbook: Workbook, hiddenColumns: HiddenColumns[] = []): AsyncGenerator<SheetRow> {
  let last = 0;
  for await (const part of completeRows(workbook.sheet)) {
    for (const { number, hidden, cells } of rowsIn(part, workbook, hiddenColumns)) {
      const row = number ?? last + 1;
      if (!(row > last && row <= maxRows)) throw new Error(`Row ${row} follows row ${last}`);
      last = row;
      if (cells.some(({ text }) => text.trim() !== "")) yield { number: row, hidden, cells };
    }
  }
}

/** The sheet's merged cells that reach over several rows, in the order of their rows. */
export async function mergesOf({ sheet }: Workbook): Promise<Merge[]> {
  // They stand behind all rows, and are needed with the first.
  let seen = "";
  let behind: string[] | undefined;
  let kept = 0;
  for await (const block of unpacked(sheet)) {
    const text = seen + block;
    const ends = [...text.matchAll(/<\/(?:[\w.-]+:)?sheetData\s*>/g)].at(-1);
    if (ends !== undefined) {
      behind = [text.slice(ends.index + ends[0].length)];
    } else if (behind !== undefined) {
      behind.push(block);
    }
    kept = ends === undefined ? kept + block.length : 0;
    if (behind !== undefined && kept > maxRowText) throw new SheetTooLarge();
    seen = text.slice(-64);
  }
  return mergesIn((behind ?? []).join(""));
}

/** The sheet's XML in parts that end after a row. */
async function* completeRows(sheet: ZipEntry): AsyncGenerator<string> {
  const cutter = new RowCutter();
  for await (const block of unpacked(sheet)) {
    const rows = cutter.push(block);
    if (rows !== undefined) yield rows;
  }
  yield cutter.end();
}

async function* unpacked({ packed, deflated }: ZipEntry): AsyncGenerator<string> {
  const blocks = deflated ? Readable.from([packed]).pipe(createInflateRaw()) : [packed];
  let decoder: ReturnType<typeof xmlDecoder> | undefined;
  const most = Math.min(maxSheetBytes, Math.max(unsuspicious, maxRatio * packed.length));
  let bytes = 0;
  for await (const block of blocks as AsyncIterable<Buffer>) {
    bytes += block.length;
    if (bytes > most) throw new SheetTooLarge();
    decoder ??= xmlDecoder(block);
    yield decoder.decode(block, { stream: true });
  }
  // A character that is cut off is none.
  decoder?.decode();
}

type FoundRow = Omit<SheetRow, "number"> & { readonly number: number | undefined };

function* rowsIn(xml: string, workbook: Workbook, hiddenColumns: HiddenColumns[]): Generator<FoundRow> {
  let row: FoundRow | undefined;
  let cell: Tag | undefined;
  let value = "";
  let formula = false;
  let beside = false;
  let length = 0;
  for (const tag of tagsOf(xml)) {
    if (tag.name === "row") {
      if (tag.kind !== "close") {
        row = { number: numberOf(attribute(tag, "r")), hidden: isHidden(tag), cells: [] };
        length = 0;
      }
      if (tag.kind !== "open" && row !== undefined) yield row;
    } else if (tag.name === "c" && row !== undefined) {
      if (tag.kind !== "close") {
        cell = tag;
        value = "";
        formula = beside = false;
        place(row.cells, tag);
      } else if (cell !== undefined) {
        const read = cellOf(cell, value, formula, workbook);
        length += read.text.length;
        if (length > maxRowText) throw new SheetTooLarge();
        row.cells[row.cells.length - 1] = read;
      }
    } else if (tag.name === "col" && isHidden(tag) && hiddenColumns.length < maxColumns) {
      hiddenColumns.push({ first: Number(attribute(tag, "min")) - 1, last: Number(attribute(tag, "max")) - 1 });
    } else if (tag.name === "rPh" || tag.name === "extLst") {
      // How to pronounce the text is no part of it, nor is what a program adds for itself.
      beside = tag.kind === "open";
    } else if (tag.name === "f") {
      formula = true;
    } else if (tag.name === "v" || tag.name === "t") {
      if (tag.kind === "close" && cell !== undefined && !beside) value += tag.text;
    }
  }
}

function isHidden(tag: Tag): boolean {
  return ["1", "true"].includes(attribute(tag, "hidden") ?? "");
}

/** Makes room for a cell in its column; a cell that names none follows the one before. */
function place(cells: SheetCell[], tag: Tag): void {
  const place = attribute(tag, "r");
  const letters = place === undefined ? undefined : (/^\$?([A-Z]+)\$?\d+$/i.exec(place)?.[1] ?? "");
  const column = letters === undefined ? cells.length : columnOf(letters.toUpperCase());
  if (letters === "") throw new Error(`There is no cell ${place}`);
  if (column < cells.length || column >= maxColumns) throw new Error(`Column ${column + 1} is out of order`);
  while (cells.length <= column) cells.push(emptyCell);
}

function cellOf(tag: Tag, value: string, formula: boolean, { strings, formats, epoch1904 }: Workbook): SheetCell {
  if (value === "") {
    // A program that writes formulas leaves it to the spreadsheet to work them out; until then a cell has nothing to show.
    return formula && attribute(tag, "t") !== "str" ? { type: "error", text: uncalculated } : emptyCell;
  }
  const format = (): Workbook["formats"][number] => formats[Number(attribute(tag, "s") ?? 0)] ?? "plain";
  switch (attribute(tag, "t") ?? "n") {
    case "s": {
      const text = strings[Number(value)];
      if (text === undefined) throw new Error(`There is no text number ${value}`);
      return { type: "text", text };
    }
    case "b":
      // XML has two words for each.
      if (value === "1" || value === "true") return { type: "boolean", text: "TRUE" };
      return value === "0" || value === "false" ? { type: "boolean", text: "FALSE" } : { type: "text", text: value };
    case "n":
      return numberCell(value, format(), epoch1904);
    case "d":
      return isoDateCell(value, format());
    case "e":
      return { type: "error", text: value };
    default:
      return { type: "text", text: unescape(value) };
  }
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}
