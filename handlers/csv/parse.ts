import { CsvError, parse, type Options } from "csv-parse/sync";
import { withQuotedFormulas } from "#csv/formula-text.ts";
import { withoutPadding } from "#csv/padding.ts";
import type { Dialect } from "#imports/flow.ts";
import type { RowPosition } from "#records/line.ts";

/** A record whose quotes do not follow CSV rules. */
export interface Malformed {
  readonly malformed: true;
  /** The record's text as the file has it, line break excluded. */
  readonly raw: string;
  /** One plain sentence. */
  readonly reason: string;
}

/** A line that is no record: the dialect's mark of a comment stands before it. */
export interface Comment {
  readonly comment: true;
}

/** What the bytes of a record are. */
export type ParsedRecord = string[] | Malformed | Comment;

const comment: Comment = { comment: true };

export interface ParseOptions extends Dialect {
  /** Offset in the file of the first of the bytes. */
  readonly offset: number;
  /**
   * How many cells a record normally has. Only speed depends on it: csv-parse takes the first record for the norm and makes an
   * error object for every other one, so that a chunk beginning with a blank line would take four times as long.
   */
  readonly columns?: number;
}

/** Where a record stands, or a row of it. */
type At = Pick<RowPosition, "at">;

/**
 * The cells of each record, in the order of the positions (those of `recordsOf` over the same bytes); a blank line is one
 * empty cell. Cells are text exactly as the file has it: never trimmed, never cast. A malformed record harms no neighbour.
 */
export function parseRecords(bytes: Uint8Array, positions: readonly At[], options: ParseOptions): ParsedRecord[] {
  const buffer = asBuffer(bytes);
  if (options.comment !== undefined) return parseAroundComments(buffer, positions, options);
  return parseAll(buffer, positions, options) ?? parseEach(buffer, positions, options);
}

/** All records at once; undefined where one of them is malformed. */
function parseAll(buffer: Buffer, positions: readonly At[], options: ParseOptions): string[][] | undefined {
  const rows = parseBulk(buffer, options);
  if (rows) return rows.length === positions.length ? rows : undefined;
  const plain = asPlainCsv(buffer, options);
  const again = plain && parseBulk(plain, options);
  return again?.length === positions.length ? again : undefined;
}

/** Records that csv-parse refuses, written as it takes them; undefined where that changes nothing. */
function asPlainCsv(records: Buffer, dialect: Dialect): Buffer | undefined {
  const unpadded = withoutPadding(records, dialect);
  return withQuotedFormulas(unpadded ?? records, dialect) ?? unpadded;
}

function parseBulk(buffer: Buffer, { columns, ...dialect }: ParseOptions): string[][] | undefined {
  const options = optionsOf(dialect);
  try {
    return columns === undefined ? parse(buffer, options) : parseBehindNorm(buffer, columns, options);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return undefined;
  }
}

function parseEach(buffer: Buffer, positions: readonly At[], { offset, ...dialect }: ParseOptions): ParsedRecord[] {
  return positions.map(({ at: [start, length] }) =>
    parseOne(buffer.subarray(start - offset, start - offset + length), dialect),
  );
}

/** csv-parse has a notion of comments of its own, which is not quite that of lines: it is shown none. */
function parseAroundComments(buffer: Buffer, positions: readonly At[], options: ParseOptions): ParsedRecord[] {
  const { offset, comment: mark, ...dialect } = options;
  const isComment = ({ at: [start, length] }: At): boolean =>
    length > 0 && buffer[start - offset] === mark!.charCodeAt(0);
  if (!positions.some(isComment)) return parseRecords(buffer, positions, { ...dialect, offset });
  const records = positions.filter((position) => !isComment(position));
  const ends = positions.map(({ at: [start, length] }, index) => positions[index + 1]?.at[0] ?? start + length);
  const pieces = positions.flatMap((position, index) =>
    isComment(position) ? [] : [buffer.subarray(position.at[0] - offset, ends[index]! - offset)],
  );
  const rows =
    parseAll(Buffer.concat(pieces), records, { ...dialect, offset }) ??
    parseEach(buffer, records, { ...dialect, offset });
  let next = 0;
  return positions.map((position) => (isComment(position) ? comment : rows[next++]!));
}

function parseBehindNorm(buffer: Buffer, columns: number, options: PlainOptions): string[][] {
  const norm = Buffer.from(`${options.delimiter.repeat(columns - 1)}\n`);
  const rows = parse(Buffer.concat([norm, buffer]), options);
  rows.shift();
  return rows;
}

/** The cells of one record, given without its line break. */
export function parseRecord(text: string, dialect: Dialect): string[] | Malformed {
  return parseOne(Buffer.from(text), dialect);
}

/** Tells a malformed record from cells. */
export function isMalformed(record: ParsedRecord | readonly string[]): record is Malformed {
  return "malformed" in record;
}

/** Tells a comment from a record. */
export function isComment(record: ParsedRecord): record is Comment {
  return "comment" in record;
}

type PlainOptions = Options & { columns: false; delimiter: string };

/** How csv-parse reads files of a dialect. */
export function optionsOf({ delimiter, quote, escape }: Dialect): PlainOptions {
  return {
    columns: false,
    delimiter,
    ...(quote === "none" && { quote: null }),
    ...(escape !== undefined && { escape }),
    // Undeclared, csv-parse takes the first line's break for all of them.
    record_delimiter: ["\r\n", "\n", "\r"],
    relax_column_count: true,
  };
}

function parseOne(record: Buffer, dialect: Dialect): string[] | Malformed {
  // csv-parse sees no record in no bytes.
  if (record.length === 0) return [""];
  const options = optionsOf(dialect);
  try {
    return cellsOf(record, options);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const plain = asPlainCsv(record, dialect);
    const cells = plain && parseBulk(plain, { ...dialect, offset: 0 });
    if (cells?.length === 1) return cells[0]!;
    return malformed(record, reasonOf(error, dialect));
  }
}

function cellsOf(record: Buffer, options: PlainOptions): string[] | Malformed {
  const [cells, ...more] = parse(record, options);
  if (cells !== undefined && more.length === 0) return cells;
  return malformed(record, "The record does not hold together as one line of cells.");
}

function malformed(record: Buffer, reason: string): Malformed {
  return { malformed: true, raw: record.toString(), reason };
}

/** What is wrong with a record that csv-parse refuses, as one plain sentence without anything of the record. */
export function reasonOf(error: CsvError, { escape }: Pick<Dialect, "escape"> = {}): string {
  const double = escape === undefined ? "double" : "put a backslash before";
  const cell = typeof error["column"] === "number" ? `Cell ${error["column"] + 1}` : "A cell";
  // csv-parse names this one without its usual prefix.
  switch (error.code as string) {
    case "INVALID_OPENING_QUOTE":
      return `${cell} has a quote inside text that is not quoted: quote the whole cell and ${double} the quotes in it.`;
    case "CSV_INVALID_CLOSING_QUOTE":
      return `${cell} goes on after its closing quote: ${double} the quotes that belong to the text.`;
    case "CSV_QUOTE_NOT_CLOSED":
      return `${cell} opens a quote that is never closed: close it, or ${double} it if it belongs to the text.`;
    case "CSV_RECORD_INCONSISTENT_FIELDS_LENGTH":
      return "The record has more or fewer cells than the header.";
    default:
      return `${cell} does not follow CSV rules.`;
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
