import type { RecordError } from "#errors/catalogue.ts";
import { hasNoAge } from "#failures/age.ts";
import { quote, shorten } from "#feeds/bad-cell.ts";
import { bookkeepingColumns } from "#imports/bookkeeping.ts";
import type { ImportColumn } from "#imports/import-columns.ts";
import { rowsOf, type Correction, type DeadLetter, type LetterRow } from "#failures/dead-letter.ts";
import { placeText, rowPlaces, saysPlace } from "#failures/places.ts";
import type { ReturnedFailure } from "#records/line.ts";

const ours = new Set<string>(bookkeepingColumns);
// Enough to recognise a cell by; a hundred of them must fit beside the dead letter.
const longestShown = 100;

/** A row of a failed-records CSV that came back: its cells by column, the guard before them taken off; none where they cannot be read. */
export type ReturnedRow = ReadonlyMap<string, string>;

/** What a person has changed in a record (long cells cut: the history must fit beside them), and what its dead letter has after it. */
export interface Corrected {
  readonly original: { readonly cells: readonly string[] } | { readonly rows: readonly LetterRow[] };
  readonly corrections: readonly Correction[];
}

/**
 * What is wrong with taking this dead letter for these rows, if anything is: it is none of this feed's, rows are missing, their
 * bookkeeping columns were altered, or it is not there to be taken. `owner` is who asks; what it has taken already it may take again.
 * `columns` are those of the dead letter's own import.
 */
export function refusalOf(
  rows: readonly ReturnedRow[],
  id: string,
  letter: DeadLetter | undefined,
  feed: string,
  owner: string,
  columns: readonly ImportColumn[],
): RecordError | undefined {
  if (id === "") return namesNone(feed);
  if (letter?.feed !== feed) {
    const message = `The column _failure has ${quote(id)}, which names no failure of feed ${feed}: leave the columns that begin with _ as the failed-records CSV has them.`;
    return { code: "FAILURE_UNKNOWN", message, column: "_failure", value: id.slice(0, 1000) };
  }
  if (hasNoAge(letter)) {
    const message = `Failure ${id} is a row that came back without its own failure, so that its age is unknown: ${correctFirst}.`;
    return { code: "FAILURE_UNKNOWN", message, column: "_failure", value: id };
  }
  const altered = wrongCount(rows, id, letter) ?? wrongPlace(rows, id, letter);
  if (altered) return altered;
  const [row] = rows.filter(({ size }) => size > 0);
  const missing = row && columns.find((column) => isTheirs(column) && cellOf(row, column) === undefined)?.own;
  if (missing !== undefined) {
    const message = `The file lacks the column ${quote(missing)} that failure ${id} has: leave the columns as the failed-records CSV has them.`;
    return { code: "FAILURE_ALTERED", message, column: missing.slice(0, 80) };
  }
  if (letter.status === "OPEN" || (letter.status === "REPROCESSING" && letter.owner === owner)) return undefined;
  const message = `Failure ${id} is ${letter.status} and was left alone: ${todo[letter.status]}.`;
  return { code: "FAILURE_NOT_OPEN", message, column: "_failure", value: id };
}

/**
 * Of a group all rows come back, or it would be stored without some. Nobody knows which record a row that cannot be read belongs to:
 * where there is one, the record fails for it.
 */
function wrongCount(rows: readonly ReturnedRow[], id: string, letter: DeadLetter): RecordError | undefined {
  const before = rowsOf(letter)?.length;
  const came = countOwn(rows);
  if (before === undefined || came === before || rows.some(({ size }) => size === 0)) return undefined;
  const has = `Failure ${id} has ${before} ${before === 1 ? "row" : "rows"}`;
  const message =
    came < before
      ? `${has}, and ${came} came back in one piece: send all its rows below each other, and empty the cells of a row that is to go.`
      : `${has}, and ${came} rows of the file name it: leave the columns that begin with _ empty in a row that you add.`;
  return { code: "FAILURE_ALTERED", message, column: "_failure", value: id };
}

function wrongPlace(rows: readonly ReturnedRow[], id: string, letter: DeadLetter): RecordError | undefined {
  const [several, places] = letter.rows ? ["its row of ", rowPlaces(letter)] : ["", [placeText(letter)]];
  for (const [row, original, index] of matched(rows, rowsOf(letter))) {
    if (!original) continue;
    const { line } = original;
    for (const [column, expected, fits] of [
      ["_record", letter.recordNumber, (value: string) => value === String(letter.recordNumber)],
      ["_line", places[index] || "nothing", (value: string) => saysPlace(value, { line, table: letter.table })],
    ] as const) {
      const value = row.get(column);
      if (value === undefined || fits(value)) continue;
      const message = `Column "${column}" has ${quote(value)} where ${several}failure ${id} has ${expected}: leave the columns that begin with _ as the failed-records CSV has them.`;
      return { code: "FAILURE_ALTERED", message, column, value: value.slice(0, 1000) };
    }
  }
  return undefined;
}

/** Whether a person has added the row to those above it: it names no failure of its own. */
function isAdded(row: ReturnedRow, index: number): boolean {
  return index > 0 && row.size > 0 && (row.get(bookkeepingColumns[0]) ?? "").trim() === "";
}

/** How many of the rows are the failure's own. */
function countOwn(rows: readonly ReturnedRow[]): number {
  return rows.filter((row, index) => !isAdded(row, index)).length;
}

/** Each row that came back with that of the dead letter that it is, in their order; none for one that was added. */
function matched(
  rows: readonly ReturnedRow[],
  originals: readonly LetterRow[] | undefined,
): (readonly [row: ReturnedRow, original: LetterRow | undefined, index: number])[] {
  let next = 0;
  return rows.map((row, at) => {
    if (isAdded(row, at)) return [row, undefined, -1];
    const index = next++;
    return [row, originals?.[index], index];
  });
}

/** What is wrong with a row of a failed-records CSV that names no failure: it could be stored with no age but that of its file. */
export function namesNone(feed: string): RecordError {
  const message = `The row names no failure of feed ${feed} in the column _failure, so that its age is unknown: ${correctFirst}.`;
  return { code: "FAILURE_UNKNOWN", message, column: "_failure" };
}

const correctFirst =
  "correct the record in the failed-records CSV that it first stood in, leave the columns that begin with _ as they are there, and send that again";

const todo = {
  RESOLVED: "there is nothing left to do",
  PARKED: "reopen it first, if it is to be tried again",
  REPROCESSING: "another run has taken it, wait for its end",
} as const;

/**
 * The dead letter's rows with those that came back, row by row and column by column of its own import, and what that changes. A row
 * that was kept raw has no cells to compare with: every cell that was filled in is a correction, as is every cell of a row that was
 * added.
 */
export function correct(
  rows: readonly ReturnedRow[],
  letter: Pick<DeadLetter, "line" | "cells" | "raw" | "rows" | "table">,
  columns: readonly ImportColumn[],
): Corrected {
  const originals = rowsOf(letter);
  // Which row of the record is which is not known: nothing is taken over.
  if (originals && countOwn(rows) !== originals.length) return { original: { rows: originals }, corrections: [] };
  const several = rows.length > 1;
  const corrections: Correction[] = [];
  const corrected = matched(rows, originals).map(([row, original], index): LetterRow => {
    const ofRow: Correction[] = [];
    const cells = columns.map((column, index) => {
      const before = original?.cells?.[index] ?? "";
      const after = isTheirs(column) ? (cellOf(row, column) ?? before) : before;
      if (after !== before)
        ofRow.push({
          ...(several && originals && { row: original?.line ?? "added" }),
          column: column.own,
          before: shorten(before, longestShown),
          after: shorten(after, longestShown),
        });
      return after;
    });
    corrections.push(...ofRow);
    const line = original?.line ?? (index === 0 ? letter.line : undefined);
    // Nobody has touched its text.
    if (ofRow.length === 0 && original?.raw !== undefined) return original;
    return { ...(line !== undefined && { line }), cells };
  });
  const [first] = corrected;
  return { original: several ? { rows: corrected } : { cells: first?.cells ?? [] }, corrections };
}

/**
 * The line of each row that came back, with that in the file that it once stood in; null where it was added. Nothing where the record
 * has one row.
 */
export function linesOf(
  rows: readonly { readonly line: number; readonly row: ReturnedRow }[],
  letter: Pick<DeadLetter, "line" | "cells" | "raw" | "rows" | "table">,
): ReturnedFailure["lines"] {
  const originals = rowsOf(letter);
  const came = rows.map(({ row }) => row);
  if (came.length < 2 || originals?.length !== countOwn(came)) return undefined;
  return matched(came, originals).map(([, original], index) => [rows[index]!.line, original?.line ?? null]);
}

/** Whether the column is one of upstream's that has a name: nothing stands in one that has none. */
function isTheirs({ own }: ImportColumn): boolean {
  return own !== "" && !ours.has(own);
}

/** The row's cell in a column, which the CSV of several imports calls by the feed's name, and that of one import by its own. */
export function cellOf(row: ReturnedRow, { name, own }: ImportColumn): string | undefined {
  return row.get(name) ?? row.get(own);
}
