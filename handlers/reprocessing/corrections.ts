import { isUtf8 } from "node:buffer";
import { CsvError, parse } from "csv-parse/sync";
import { detectDelimiter, markedEncoding } from "#csv/dialect.ts";
import { goesOn } from "#csv/groups.ts";
import { headerOf } from "#csv/header.ts";
import { reasonOf } from "#csv/parse.ts";
import { unguard } from "#csv/spreadsheet-safe.ts";
import { cellOf, type ReturnedRow } from "#failures/returned-row.ts";
import { shownText } from "#feeds/spreadsheet-text.ts";
import type { TableRef } from "#imports/flow.ts";
import type { ImportColumn } from "#imports/import-columns.ts";
import { bookkeepingAmong, bookkeepingColumns } from "#imports/bookkeeping.ts";
import { isBlankRow } from "#records/is-blank-row.ts";

/** One row of a corrections file: its cells, the guard before them taken off, and the identity in `_failure`. */
export interface CorrectionsRow {
  readonly cells: readonly string[];
  readonly failure: string;
}

/** A failed-records CSV that a person has corrected. */
export interface Corrections {
  readonly columns: readonly string[];
  readonly rows: readonly CorrectionsRow[];
}

/** The file of corrections cannot be read; its message says why and what to do. */
export class BadCorrections extends Error {
  override readonly name = "BadCorrections";
}

/** What a corrections file may have at most; it is read whole. Dropped into the inbox, a file of any size is read in chunks. */
export const largestCorrections = 64 * 1024 ** 2;

/** How the rows of a failure's file were put together: the column, and what records start with there, where the feed says so. */
export interface CorrectedGrouping {
  readonly column: ImportColumn;
  readonly starts?: readonly string[] | undefined;
}

/** A record of a corrections file: one row, or the rows of a group. */
export interface CorrectionsRecord<Row> {
  /** The identity that it names; "" where it names none. */
  readonly failure: string;
  /** The places of its rows in the file, from 0. */
  readonly places: readonly number[];
  readonly rows: readonly Row[];
}

/** How the rows of a dead letter's file were put together, where its records are groups; `columns` are those of its import. */
export function correctedGrouping(
  { group, starts }: Pick<TableRef, "group" | "starts">,
  columns: readonly ImportColumn[],
): CorrectedGrouping | undefined {
  const column = group === undefined ? undefined : columns[group];
  return column && { column, starts };
}

/**
 * The records of a corrections file, as the import machine will find them. Rows that name one failure, below each other, are one where
 * the failure is a group; a row that names none belongs to the group above it where it has its value in the column of the groups, or
 * none, and where that column says what records start with, where it does not start one. `groupingOf` tells that of a failure, where it is a group.
 */
export function correctedRecords<Row extends { readonly failure: string; readonly row: ReturnedRow }>(
  rows: readonly Row[],
  groupingOf: (failure: string) => CorrectedGrouping | undefined,
): CorrectionsRecord<Row>[] {
  const records: { failure: string; places: number[]; rows: Row[]; group: string }[] = [];
  for (const [place, one] of rows.entries()) {
    const { failure, row } = one;
    const above = records.at(-1);
    const { column, starts } = groupingOf(failure === "" ? (above?.failure ?? "") : failure) ?? {};
    const group = column ? shownText(cellOf(row, column) ?? "").trim() : "";
    const belongs = failure === "" ? goesOn(group, above?.group, starts) : failure === above?.failure;
    if (column && above && belongs) {
      above.places.push(place);
      above.rows.push(one);
      if (group !== "") above.group = group;
    } else records.push({ failure, places: [place], rows: [one], group });
  }
  return records.map(({ group: _found, ...record }) => record);
}

/** A row of the file by the names of its columns. */
export function rowByName(names: readonly string[], cells: readonly string[]): ReturnedRow {
  return new Map(names.map((name, at) => [name, cells[at] ?? ""]));
}

/** Reads a failed-records CSV that a person has corrected. Throws BadCorrections where it is none. */
export function readCorrections(file: Buffer): Corrections {
  if (file.length > largestCorrections) {
    throw new BadCorrections(
      "The corrections have more than 64 MB: drop them into the inbox instead, under incoming/<feed>/.",
    );
  }
  const text = textOf(file);
  const [header = [], ...rows] = parsed(text);
  const { columns } = headerOf(header);
  const identity = columns.indexOf(bookkeepingColumns[0]);
  if (identity < 0) {
    throw new BadCorrections(
      `The corrections have no column ${bookkeepingColumns[0]}: use a failed-records CSV, with its columns as they are.`,
    );
  }
  return {
    columns,
    rows: rows
      .map((cells) => cells.map(unguard))
      .filter((cells) => !isBlankRow(cells))
      .map((cells) => ({ cells, failure: (cells[identity] ?? "").trim() })),
  };
}

/** The file as UTF-8; a spreadsheet that saves in an encoding of its own would change every letter beyond ASCII. */
function textOf(file: Buffer): Buffer {
  const { encoding = "utf-8", markBytes = 0 } = markedEncoding(file) ?? {};
  const content = file.subarray(markBytes);
  if (encoding === "utf-16le" || encoding === "utf-16be") return Buffer.from(new TextDecoder(encoding).decode(content));
  if (!isUtf8(content)) {
    throw new BadCorrections(
      "The corrections are not UTF-8: save them as “CSV UTF-8”, or letters beyond ASCII would change.",
    );
  }
  return content;
}

function parsed(text: Buffer): string[][] {
  const delimiter = detectDelimiter(
    text,
    (names) => (bookkeepingAmong(names).includes(bookkeepingColumns[0]) ? 1 : 0),
    true,
  );
  try {
    return parse(text, { delimiter, record_delimiter: ["\r\n", "\n", "\r"] });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // Not in csv-parse's words, which quote cells.
    const line = typeof error["lines"] === "number" ? `, line ${error["lines"]}` : "";
    throw new BadCorrections(`The corrections cannot be read as CSV${line}: ${reasonOf(error)}`, { cause: error });
  }
}
