import { headerOf } from "#csv/header.ts";
import { isMalformed, type Malformed } from "#csv/parse.ts";
import { unguard } from "#csv/spreadsheet-safe.ts";
import type { RecordError } from "#errors/catalogue.ts";
import { NotConserved } from "#errors/infrastructure.ts";
import { shorten } from "#feeds/bad-cell.ts";
import type { Cleanse } from "#feeds/cleansing.ts";
import type { Feed } from "#feeds/compile.ts";
import { bookkeepingColumns } from "#imports/failed-records.ts";
import type { Cell, Line, Position } from "#records/line.ts";
import { failLine } from "#stages/fail-line.ts";

export interface RestructureOptions {
  /** A record of more bytes fails. */
  readonly maxRecordBytes: number;
}

/**
 * Aligns the cells of each record with the header by name, puts them into the order of the feed's columns, and cleanses them:
 * one line for each row. `rows` are those of `parseRecords`, one for each position. Data errors become failed lines that carry
 * the key wherever it is known.
 */
export function restructure(
  feed: Feed,
  header: readonly string[],
  rows: readonly (string[] | Malformed)[],
  positions: readonly Position[],
  options: RestructureOptions,
): Line[] {
  if (rows.length !== positions.length) {
    throw new NotConserved(`Restructure was given ${rows.length} records for ${positions.length} positions.`);
  }
  const restructureRow = rowReader(layOut(feed, header), options.maxRecordBytes);
  return rows.map((row, index) => restructureRow(row, positions[index]!));
}

/** Where a feed's columns stand in one file. */
interface Layout {
  readonly keyColumn: string;
  /** Cells in a record. */
  readonly width: number;
  /** For each column of the feed its place in the file; -1 where the file has none. */
  readonly sources: readonly number[];
  readonly cleansings: readonly (Cleanse | undefined)[];
  /** Place of the key in the file, and among the cells. */
  readonly keySource: number;
  readonly keyIndex: number;
  /** Columns that are not declared but kept. */
  readonly extras: readonly { readonly name: string; readonly source: number }[];
  /** Set where the file is a failed-records CSV. */
  readonly failedRecords: FailedRecordsLayout | undefined;
}

interface FailedRecordsLayout {
  readonly failure: number;
  readonly raw: number;
  /** Places of the original columns. */
  readonly originals: readonly number[];
}

function layOut(feed: Feed, header: readonly string[]): Layout {
  const { columns: names, failedRecords } = headerOf(header);
  const bookkeeping = new Set<string>(bookkeepingColumns);
  const declared = new Set(feed.columns.map(({ name }) => name));
  const all = names.map((name, source) => ({ name, source }));
  const originals = all.filter(({ name }) => !bookkeeping.has(name));
  return {
    keyColumn: feed.key,
    width: names.length,
    sources: feed.columns.map(({ name, virtual }) => (virtual ? -1 : names.indexOf(name))),
    cleansings: feed.columns.map(({ cleanse }) => cleanse),
    keySource: names.indexOf(feed.key),
    keyIndex: feed.keyIndex,
    extras: feed.unknownColumns === "attributes" ? originals.filter(({ name }) => !declared.has(name)) : [],
    failedRecords: failedRecords
      ? {
          failure: names.indexOf("_failure"),
          raw: names.indexOf("_raw"),
          originals: originals.map(({ source }) => source),
        }
      : undefined,
  };
}

type ReadRow = (row: string[] | Malformed, position: Position) => Line;

function rowReader(layout: Layout, maxRecordBytes: number): ReadRow {
  const { failedRecords } = layout;
  if (!failedRecords) {
    return (row, position) => {
      const bytes = position.at[1];
      return bytes > maxRecordBytes
        ? oversized(position, keyOf(layout, row), bytes, maxRecordBytes)
        : readRow(layout, row, position);
    };
  }
  return (row, position) => {
    if (isMalformed(row)) return readRow(layout, row, position);
    const cells = row.map(unguard);
    const originals = failedRecords.originals.map((source) => cells[source] ?? "");
    const failure = cells[failedRecords.failure];
    const at: Position = failure ? { ...position, failure: { id: failure } } : position;
    // What the bookkeeping adds does not make a record oversized that was not.
    const bytes = Math.min(position.at[1], Buffer.byteLength(originals.join(",")));
    if (bytes > maxRecordBytes) return oversized(at, keyOf(layout, cells), bytes, maxRecordBytes);
    const raw = cells[failedRecords.raw];
    const isRaw = raw && cells.length === layout.width && isBlank(originals);
    return isRaw ? stillRaw(at, raw) : readRow(layout, cells, at);
  };
}

function readRow(layout: Layout, row: string[] | Malformed, position: Position): Line {
  if (isMalformed(row)) return failLine(position, undefined, [malformed(row)]);
  if (!row[layout.keySource] && isBlank(row)) {
    const { record, line, at } = position;
    return { kind: "blank", record, line, at };
  }
  if (row.length !== layout.width) {
    return failLine(position, keyOf(layout, row), [ragged(row.length, layout.width)]);
  }

  const { sources, cleansings } = layout;
  const cells: Cell[] = [];
  const errors: RecordError[] = [];
  for (let i = 0; i < sources.length; i++) {
    const source = sources[i]!;
    const text = source < 0 ? "" : row[source]!;
    const cleanse = cleansings[i];
    cells.push(cleanse === undefined ? (text === "" ? null : text) : source < 0 ? null : cleanse(text, errors));
  }
  const key = asKey(cells[layout.keyIndex]);
  if (key === undefined) errors.unshift(missingKey(layout.keyColumn));
  if (errors.length > 0) return failLine(position, key, errors);

  const { record, line, at, failure } = position;
  const extra = layout.extras.length > 0 ? extraOf(layout, row) : undefined;
  if (failure === undefined && extra === undefined) return { kind: "restructured", record, line, at, key: key!, cells };
  return {
    kind: "restructured",
    record,
    line,
    at,
    ...(failure !== undefined && { failure }),
    key: key!,
    cells,
    ...(extra && { extra }),
  };
}

/**
 * The key of a record that fails as a whole. Where the number of cells is wrong, only a key in the first one is sure: nobody
 * knows which cell is too many or missing.
 */
function keyOf({ keySource, keyIndex, width, cleansings }: Layout, row: string[] | Malformed): string | undefined {
  if (isMalformed(row) || (row.length !== width && keySource !== 0)) return undefined;
  const text = row[keySource] ?? "";
  const cleanse = cleansings[keyIndex];
  return asKey(cleanse ? cleanse(text, []) : text);
}

function asKey(cell: Cell | undefined): string | undefined {
  return typeof cell === "string" && cell.trim() !== "" ? cell : undefined;
}

function isBlank(row: readonly string[]): boolean {
  return row.every((cell) => cell === "");
}

function extraOf({ extras }: Layout, row: readonly string[]): Record<string, string> | undefined {
  let extra: Record<string, string> | undefined;
  for (const { name, source } of extras) if (row[source] !== "") (extra ??= {})[name] = row[source]!;
  return extra;
}

function oversized(at: Position, key: string | undefined, bytes: number, limit: number): Line {
  const message = `The record has ${bytes} bytes where ${limit} are allowed: shorten its cells.`;
  return failLine(at, key, [{ code: "OVERSIZED_RECORD", message }]);
}

function malformed({ raw, reason }: Malformed): RecordError {
  const message = reason.includes(": ")
    ? reason
    : `${reason.replace(/\.$/, "")}: correct its quotes and send it again.`;
  return { code: "MALFORMED_RECORD", message, value: shorten(raw) };
}

function ragged(found: number, expected: number): RecordError {
  const todo =
    found > expected
      ? "remove a delimiter, or quote the cell that holds one"
      : "add what is missing, if only delimiters";
  return {
    code: "RAGGED_RECORD",
    message: `The record has ${found} ${found === 1 ? "cell" : "cells"} where the header has ${expected}: ${todo}.`,
  };
}

function missingKey(column: string): RecordError {
  return {
    code: "MISSING_KEY",
    message: `The key column "${column}" is empty: fill in the product's key.`,
    column,
  };
}

/** A record of a failed-records CSV whose cells did not line up, and that nobody has put into its columns yet. */
function stillRaw(at: Position, raw: string): Line {
  const message = "The record is still in the column _raw: put its cells into their columns and send it again.";
  return failLine(at, undefined, [{ code: "RAGGED_RECORD", message, column: "_raw", value: shorten(raw) }]);
}
