import { Readable } from "node:stream";
import { TextDecoder } from "node:util";
import { createInflateRaw } from "node:zlib";
import { numberText } from "#csv/excel/number-format.ts";
import { unescape, type Workbook } from "#csv/excel/workbook.ts";
import { attribute, tagsOf, type Tag } from "#csv/excel/xml.ts";

/** What Excel itself can hold; more is no sheet but an attack or damage. */
const maxRows = 1_048_576;
const maxColumns = 16_384;
/** Characters of XML; a cell has at most 32,767 characters of text, but rarely any near it. */
const maxRowLength = 64 * 1024 * 1024;

/**
 * The rows of the workbook's sheet as text, one after the other; an empty row between others is an empty list, and empty rows
 * at the end are left out. The sheet is unpacked as it is read, never whole.
 */
export async function* rowsOf(workbook: Workbook): AsyncGenerator<string[]> {
  let last = 0;
  let given = 0;
  for await (const part of completeRows(workbook)) {
    for (const { number, cells } of rowsIn(part, workbook)) {
      const row = number ?? last + 1;
      if (!(row > last && row <= maxRows)) throw new Error(`Row ${row} follows row ${last}`);
      last = row;
      if (cells.every((cell) => cell === "")) continue;
      for (; given < row - 1; given++) yield [];
      yield cells;
      given = row;
    }
  }
}

/** The sheet's XML in parts that end after a row. */
async function* completeRows({ sheet }: Workbook): AsyncGenerator<string> {
  const blocks = sheet.deflated ? Readable.from([sheet.packed]).pipe(createInflateRaw()) : [sheet.packed];
  const decoder = new TextDecoder();
  let rest = "";
  let endOfRow: string | undefined;
  for await (const block of blocks as AsyncIterable<Buffer>) {
    rest += decoder.decode(block, { stream: true });
    if (rest.length > maxRowLength) throw new Error("A row is longer than any sheet's");
    endOfRow ??= endOfRowIn(rest);
    const end = endOfRow === undefined ? -1 : rest.lastIndexOf(endOfRow);
    if (end === -1) continue;
    const cut = end + endOfRow!.length;
    yield rest.slice(0, cut);
    rest = rest.slice(cut);
  }
  yield rest;
}

/** The tag that ends a row, with the namespace prefix that the sheet uses. */
function endOfRowIn(xml: string): string | undefined {
  const start = /<([\w.-]+:)?sheetData[\s>]/.exec(xml);
  return start === null ? undefined : `</${start[1] ?? ""}row>`;
}

interface Row {
  /** From 1, where the sheet says it. */
  readonly number: number | undefined;
  readonly cells: string[];
}

function* rowsIn(xml: string, workbook: Workbook): Generator<Row> {
  let row: { number: number | undefined; cells: string[] } | undefined;
  let cell: { tag: Tag; value: string } | undefined;
  for (const tag of tagsOf(xml)) {
    if (tag.name === "row") {
      if (tag.kind !== "close") row = { number: numberOf(attribute(tag, "r")), cells: [] };
      if (tag.kind !== "open" && row !== undefined) yield row;
    } else if (tag.name === "c" && row !== undefined) {
      if (tag.kind !== "close") {
        cell = { tag, value: "" };
        place(row.cells, tag, "");
      } else if (cell !== undefined) {
        row.cells[row.cells.length - 1] = textOf(cell.tag, cell.value, workbook);
      }
    } else if ((tag.name === "v" || tag.name === "t") && tag.kind === "close" && cell !== undefined) {
      cell.value += tag.text;
    }
  }
}

/** Puts a cell into its column; a cell that names none follows the one before. */
function place(cells: string[], tag: Tag, text: string): void {
  const letters = /^[A-Z]+/.exec(attribute(tag, "r") ?? "")?.[0];
  const column = letters === undefined ? cells.length : columnOf(letters);
  if (column < cells.length || column >= maxColumns) throw new Error(`Column ${column + 1} is out of order`);
  while (cells.length < column) cells.push("");
  cells.push(text);
}

/** Counted from 0: A is 0, AA is 26. */
function columnOf(letters: string): number {
  let column = 0;
  for (let i = 0; i < letters.length; i++) column = column * 26 + letters.charCodeAt(i) - 64;
  return column - 1;
}

function textOf(tag: Tag, value: string, { strings, formats, epoch1904 }: Workbook): string {
  switch (attribute(tag, "t") ?? "n") {
    case "s": {
      if (value === "") return "";
      const text = strings[Number(value)];
      if (text === undefined) throw new Error(`There is no text number ${value}`);
      return text;
    }
    case "inlineStr":
    case "str":
      return unescape(value);
    case "b":
      return value === "1" ? "TRUE" : value === "0" ? "FALSE" : value;
    case "n":
      return numberText(value, formats[Number(attribute(tag, "s") ?? 0)] ?? "plain", epoch1904);
    default:
      // Errors such as #N/A stay visible, so that the column's own rules can refuse them; so do ISO dates.
      return value;
  }
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}
