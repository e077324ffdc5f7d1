import { CsvError, parse, type Options } from "csv-parse/sync";
import type { Dialect } from "#imports/flow.ts";
import type { Position } from "#records/line.ts";

/** A record whose quotes do not follow CSV rules. */
export interface Malformed {
  readonly malformed: true;
  /** The record's text as the file has it, line break excluded. */
  readonly raw: string;
  /** One plain sentence. */
  readonly reason: string;
}

export interface ParseOptions extends Dialect {
  /** Offset in the file of the first of the bytes. */
  readonly offset: number;
  /**
   * How many cells a record normally has. Only speed depends on it: csv-parse takes the first record for the norm and makes an
   * error object for every other one, so that a chunk beginning with a blank line would take four times as long.
   */
  readonly columns?: number;
}

/**
 * The cells of each record, in the order of the positions (those of `recordsOf` over the same bytes); a blank line is one
 * empty cell. Cells are text exactly as the file has it: never trimmed, never cast. A malformed record harms no neighbour.
 */
export function parseRecords(
  bytes: Uint8Array,
  positions: readonly Position[],
  { offset, columns, ...dialect }: ParseOptions,
): (string[] | Malformed)[] {
  const options = optionsOf(dialect);
  const buffer = asBuffer(bytes);
  try {
    const rows = columns === undefined ? parse(buffer, options) : parseBehindNorm(buffer, columns, options);
    if (rows.length === positions.length) return rows;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
  }
  return positions.map(({ at: [start, length] }) =>
    parseOne(buffer.subarray(start - offset, start - offset + length), options),
  );
}

function parseBehindNorm(buffer: Buffer, columns: number, options: PlainOptions): string[][] {
  const norm = Buffer.from(`${options.delimiter.repeat(columns - 1)}\n`);
  const rows = parse(Buffer.concat([norm, buffer]), options);
  rows.shift();
  return rows;
}

/** The cells of one record, given without its line break. */
export function parseRecord(text: string, dialect: Dialect): string[] | Malformed {
  return parseOne(Buffer.from(text), optionsOf(dialect));
}

/** Tells a malformed record from cells. */
export function isMalformed(record: string[] | Malformed): record is Malformed {
  return !Array.isArray(record);
}

type PlainOptions = Options & { columns: false; delimiter: string };

function optionsOf({ delimiter }: Dialect): PlainOptions {
  return {
    columns: false,
    delimiter,
    // Undeclared, csv-parse takes the first line's break for all of them.
    record_delimiter: ["\r\n", "\n", "\r"],
    relax_column_count: true,
  };
}

function parseOne(record: Buffer, options: PlainOptions): string[] | Malformed {
  // csv-parse sees no record in no bytes.
  if (record.length === 0) return [""];
  try {
    const [cells, ...more] = parse(record, options);
    if (cells !== undefined && more.length === 0) return cells;
    return malformed(record, "The record does not hold together as one line of cells.");
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return malformed(record, reasonOf(error));
  }
}

function malformed(record: Buffer, reason: string): Malformed {
  return { malformed: true, raw: record.toString(), reason };
}

/** What is wrong with a record that csv-parse refuses, as one plain sentence without anything of the record. */
export function reasonOf(error: CsvError): string {
  const cell = typeof error["column"] === "number" ? `Cell ${error["column"] + 1}` : "A cell";
  // csv-parse names this one without its usual prefix.
  switch (error.code as string) {
    case "INVALID_OPENING_QUOTE":
      return `${cell} has a quote inside text that is not quoted: quote the whole cell and double the quotes in it.`;
    case "CSV_INVALID_CLOSING_QUOTE":
      return `${cell} goes on after its closing quote: double the quotes that belong to the text.`;
    case "CSV_QUOTE_NOT_CLOSED":
      return `${cell} opens a quote that is never closed: close it, or double it if it belongs to the text.`;
    case "CSV_RECORD_INCONSISTENT_FIELDS_LENGTH":
      return "The record has more or fewer cells than the header.";
    default:
      return `${cell} does not follow CSV rules.`;
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
