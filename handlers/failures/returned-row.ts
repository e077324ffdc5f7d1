import type { RecordError } from "#errors/catalogue.ts";
import { hasNoAge } from "#failures/age.ts";
import { quote, shorten } from "#feeds/bad-cell.ts";
import { bookkeepingColumns } from "#imports/bookkeeping.ts";
import type { ImportColumn } from "#imports/import-columns.ts";
import type { Correction, DeadLetter } from "#failures/dead-letter.ts";
import { placeText, saysPlace } from "#failures/places.ts";

const ours = new Set<string>(bookkeepingColumns);
// Enough to recognise a cell by; a hundred of them must fit beside the dead letter.
const longestShown = 100;

/** A row of a failed-records CSV that came back: its cells by column, the guard before them taken off. */
export type ReturnedRow = ReadonlyMap<string, string>;

/** What a person has changed in a row (long cells cut: the history must fit beside them), and the cells of the dead letter after it. */
export interface Corrected {
  readonly cells: readonly string[];
  readonly corrections: readonly Correction[];
}

/**
 * What is wrong with taking this dead letter for this row, if anything is: it is none of this feed's, its bookkeeping columns
 * were altered, or it is not there to be taken. `owner` is who asks; what it has taken already it may take again. `columns` are
 * those of the dead letter's own import.
 */
export function refusalOf(
  row: ReturnedRow,
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
  for (const [column, expected, fits] of [
    ["_record", letter.recordNumber, (value: string) => value === String(letter.recordNumber)],
    ["_line", placeText(letter), (value: string) => saysPlace(value, letter)],
  ] as const) {
    const value = row.get(column);
    if (value === undefined || fits(value)) continue;
    const message = `Column "${column}" has ${quote(value)} where failure ${id} has ${expected}: leave the columns that begin with _ as the failed-records CSV has them.`;
    return { code: "FAILURE_ALTERED", message, column, value: value.slice(0, 1000) };
  }
  const missing = columns.find((column) => isTheirs(column) && cellOf(row, column) === undefined)?.own;
  if (missing !== undefined && row.size > 0) {
    const message = `The file lacks the column ${quote(missing)} that failure ${id} has: leave the columns as the failed-records CSV has them.`;
    return { code: "FAILURE_ALTERED", message, column: missing.slice(0, 80) };
  }
  if (letter.status === "OPEN" || (letter.status === "REPROCESSING" && letter.owner === owner)) return undefined;
  const message = `Failure ${id} is ${letter.status} and was left alone: ${todo[letter.status]}.`;
  return { code: "FAILURE_NOT_OPEN", message, column: "_failure", value: id };
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
 * The dead letter's cells with those of the row, column by column of its own import, and what that
 * changes. A record that was kept raw has no cells to compare with: every cell that was filled in is a correction.
 */
export function correct(
  row: ReturnedRow,
  letter: Pick<DeadLetter, "cells">,
  columns: readonly ImportColumn[],
): Corrected {
  const corrections: Correction[] = [];
  const cells = columns.map((column, index) => {
    const before = letter.cells?.[index] ?? "";
    const after = isTheirs(column) ? (cellOf(row, column) ?? before) : before;
    if (after !== before)
      corrections.push({
        column: column.own,
        before: shorten(before, longestShown),
        after: shorten(after, longestShown),
      });
    return after;
  });
  return { cells, corrections };
}

/** Whether the column is one of upstream's that has a name: nothing stands in one that has none. */
function isTheirs({ own }: ImportColumn): boolean {
  return own !== "" && !ours.has(own);
}

/** The row's cell in a column, which the CSV of several imports calls by the feed's name, and that of one import by its own. */
function cellOf(row: ReturnedRow, { name, own }: ImportColumn): string | undefined {
  return row.get(name) ?? row.get(own);
}
