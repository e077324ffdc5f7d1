import type { RecordError } from "#errors/catalogue.ts";
import { shorten } from "#feeds/bad-cell.ts";
import type { Correction, DeadLetter } from "#failures/dead-letter.ts";

/** A row of a failed-records CSV that came back: its cells by column, the guard before them taken off. */
export type ReturnedRow = ReadonlyMap<string, string>;

/** What a person has changed in a row (long cells cut: the history must fit beside them), and the cells of the dead letter after it. */
export interface Corrected {
  readonly cells: readonly string[];
  readonly corrections: readonly Correction[];
}

/**
 * What is wrong with taking this dead letter for this row, if anything is: it is none of this feed's, its bookkeeping columns
 * were altered, or it is not there to be taken. `owner` is who asks; what it has taken already it may take again.
 */
export function refusalOf(
  row: ReturnedRow,
  id: string,
  letter: DeadLetter | undefined,
  feed: string,
  owner: string,
): RecordError | undefined {
  if (letter?.feed !== feed) {
    const message = `The column _failure has "${id.slice(0, 80)}", which names no failure of feed ${feed}: leave the columns that begin with _ as the failed-records CSV has them.`;
    return { code: "FAILURE_UNKNOWN", message, column: "_failure", value: id.slice(0, 1000) };
  }
  for (const [column, expected] of [
    ["_record", letter.recordNumber],
    ["_line", letter.line],
  ] as const) {
    const value = row.get(column);
    if (value === undefined || value === String(expected)) continue;
    const message = `Column "${column}" has "${value.slice(0, 80)}" where failure ${id} has ${expected}: leave the columns that begin with _ as the failed-records CSV has them.`;
    return { code: "FAILURE_ALTERED", message, column, value: value.slice(0, 1000) };
  }
  if (letter.status === "OPEN" || (letter.status === "REPROCESSING" && letter.owner === owner)) return undefined;
  const message = `Failure ${id} is ${letter.status} and was left alone: ${todo[letter.status]}.`;
  return { code: "FAILURE_NOT_OPEN", message, column: "_failure", value: id };
}

const todo = {
  RESOLVED: "there is nothing left to do",
  PARKED: "reopen it first, if it is to be tried again",
  REPROCESSING: "another run has taken it, wait for its end",
} as const;

/**
 * The dead letter's cells with those of the row, column by column of the header it had in its own import, and what that
 * changes. A record that was kept raw has no cells to compare with: every cell that was filled in is a correction.
 */
export function correct(row: ReturnedRow, letter: Pick<DeadLetter, "cells">, header: readonly string[]): Corrected {
  const corrections: Correction[] = [];
  const cells = header.map((column, index) => {
    const before = letter.cells?.[index] ?? "";
    const after = row.get(column) ?? before;
    if (after !== before) corrections.push({ column, before: shorten(before), after: shorten(after) });
    return after;
  });
  return { cells, corrections };
}
