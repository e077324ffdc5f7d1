import { recordErrors } from "#errors/catalogue.ts";
import { hasNoAge } from "#failures/age.ts";
import { attemptsCap, failureStatuses, type DeadLetter, type FailureStatus } from "#failures/dead-letter.ts";
import { columnsOf } from "#imports/import-columns.ts";
import type { FailureFilter } from "#reprocessing/flow.ts";
import { candidates, fits } from "#reprocessing/select.ts";
import { NothingMatched } from "../cli/endings.ts";
import { originalOf } from "./original.ts";
import type { Project } from "./project.ts";
import { inRecordOrder, sortedByRecord } from "./record-order.ts";

/** A failure as the lists give it. */
export interface ShownFailure {
  readonly id: string;
  readonly importId: string;
  readonly feed: string;
  readonly record: number;
  /** Of a group the row that is wrong, where it is one. */
  readonly line: number;
  /** In a workbook: `Prices!C6`, or `Prices!6:6`. */
  readonly cell?: string;
  readonly key?: string;
  readonly code: string;
  readonly status: FailureStatus;
  readonly attempts: number;
  /** Whether time alone may cure it. */
  readonly heals: boolean;
  readonly column?: string;
  readonly value?: string;
  readonly message: string;
  readonly failedAt: string;
}

/** A dead letter as the lists show it, with the first thing that was wrong. */
export function shownFailure(letter: DeadLetter): ShownFailure {
  const { id, importId, feed, recordNumber, line, key, code, status, attempts, heals, errors, failedAt } = letter;
  const { column, value, message = "", cell, line: wrong = line } = errors[0] ?? {};
  return {
    ...{ id, importId, feed, record: recordNumber, line: wrong, ...(cell !== undefined && { cell }) },
    ...(key !== undefined && { key }),
    ...{ code, status, attempts, heals },
    ...{ ...(column !== undefined && { column }), ...(value !== undefined && { value }), message, failedAt },
  };
}

/**
 * The dead letters that a filter and a status fit, by the cheapest index; without a status those of every one. Those of an import
 * come in the order of its records.
 */
export async function* failuresOf(
  { failures, imports, feeds }: Pick<Project, "failures" | "imports" | "feeds">,
  filter: FailureFilter,
  status?: FailureStatus,
): AsyncGenerator<DeadLetter> {
  const isWanted = (letter: DeadLetter) => (status === undefined || letter.status === status) && fits(letter, filter);
  const found = candidates(failures, imports, feeds, filter);
  if (filter.importId !== undefined) {
    for await (const letter of found) if (isWanted(letter)) yield letter;
    return;
  }
  if (filter.sku !== undefined) {
    const few: DeadLetter[] = [];
    for await (const letter of found) if (isWanted(letter)) few.push(letter);
    yield* sortedByRecord(few);
    return;
  }
  const statuses = status === undefined ? failureStatuses : [status];
  const names = filter.feed === undefined ? [...feeds.keys()] : [filter.feed];
  const lists = names.flatMap((feed) => statuses.map((one) => failures.ofStatus(feed, one, filter.since)));
  yield* inRecordOrder(failures, fitting(inTurn(lists), isWanted), isWanted);
}

async function* fitting<T>(items: AsyncIterable<T>, fit: (item: T) => boolean): AsyncGenerator<T> {
  for await (const item of items) if (fit(item)) yield item;
}

// Each list asks sixteen shards, most of them for nothing.
const askedAhead = 8;

/** One list after the other; the first items of the next ones are asked for meanwhile. */
async function* inTurn<T>(lists: readonly AsyncGenerator<T>[]): AsyncGenerator<T> {
  const firsts: Promise<IteratorResult<T>>[] = [];
  for (const [index, list] of lists.entries()) {
    for (const next of lists.slice(firsts.length, index + askedAhead)) {
      const first = next.next();
      // Whoever comes to it sees its error; that an earlier list has failed before is no second one.
      first.catch(() => undefined);
      firsts.push(first);
    }
    for (let item = await firsts[index]!; !item.done; item = await list.next()) yield item.value;
  }
}

/** Counts by code and, of each code, by status. */
export class CodeCounts {
  readonly #counts = new Map<string, Map<FailureStatus, number>>();

  readonly add = ({ code, status }: Pick<DeadLetter, "code" | "status">): void => {
    const ofCode = this.#counts.get(code) ?? new Map<FailureStatus, number>();
    this.#counts.set(code, ofCode.set(status, (ofCode.get(status) ?? 0) + 1));
  };

  /** A row a code, the most frequent first: its counts in the order of the statuses, then their sum. */
  rows(): [code: string, ...counts: number[]][] {
    const rows = [...this.#counts].map(([code, ofCode]): [string, ...number[]] => {
      const counts = failureStatuses.map((status) => ofCode.get(status) ?? 0);
      return [code, ...counts, counts.reduce((sum, count) => sum + count, 0)];
    });
    return rows.sort((a, b) => Number(b.at(-1)) - Number(a.at(-1)));
  }
}

/** A row of a group: its cells by the name of the column, or its text where they do not line up with the header. */
export interface ShownRow {
  /** None where a person has added the row. */
  readonly line?: number;
  readonly cells?: Readonly<Record<string, string>>;
  readonly raw?: string;
}

/** A dead letter whole, for one person who looks at it. */
export interface WholeFailure extends ShownFailure {
  readonly errors: DeadLetter["errors"];
  readonly file: DeadLetter["file"];
  /** As corrected last, by the name of the column; absent where the cells do not line up with the header. */
  readonly cells?: Readonly<Record<string, string>>;
  /** The record's text, where there are no cells. */
  readonly raw?: string;
  /** Where the record is a group of several rows, each of them. */
  readonly rows?: readonly ShownRow[];
  /** Who has taken it, while REPROCESSING. */
  readonly owner?: string;
  readonly history: DeadLetter["history"];
  readonly todo: readonly string[];
}

/** The dead letter of that id. Throws NothingMatched. */
export async function failureOf({ failures, command }: Project, id: string): Promise<DeadLetter> {
  const letter = await failures.get(id);
  if (letter) return letter;
  throw new NothingMatched(`There is no failure ${id}: "${command("failures")}" lists those that there are.`);
}

/** A dead letter with its original cells, its history, and what to do. */
export async function wholeFailure({ s3, imports, command }: Project, letter: DeadLetter): Promise<WholeFailure> {
  const { cells, raw, rows } = await originalOf(s3, letter);
  const columns = columnsOf(await imports.get(letter.importId));
  const named = (cells: readonly string[]): Readonly<Record<string, string>> =>
    Object.fromEntries(cells.map((cell, index) => [columns[index]?.own || `column ${index + 1}`, cell]));
  const { errors, file, owner, history } = letter;
  return {
    ...shownFailure(letter),
    ...{ errors, file },
    ...(cells && { cells: named(cells) }),
    ...(raw !== undefined && { raw }),
    ...(rows && { rows: rows.map(({ cells, ...row }) => ({ ...row, ...(cells && { cells: named(cells) }) })) }),
    ...(owner !== undefined && { owner }),
    ...{ history, todo: todoOf(letter, command) },
  };
}

/** What a person can do about a dead letter, one sentence each. */
function todoOf(letter: DeadLetter, command: Project["command"]): string[] {
  const { id, importId, status, errors, heals } = letter;
  const causes = [...new Set(errors.map(({ code }) => recordErrors[code].todo))];
  if (hasNoAge(letter) && status !== "RESOLVED")
    return [
      recordErrors.FAILURE_UNKNOWN.todo,
      `This row of that CSV never runs: nobody knows how old its record is.${status === "OPEN" ? ` "${command(`park ${id} --reason TEXT`)}" gives it up.` : ""}`,
    ];
  switch (status) {
    case "RESOLVED":
      return ["Nothing: it is resolved."];
    case "REPROCESSING":
      return ["Wait: a run has taken it, and closes it or puts it back."];
    case "PARKED":
      return [
        ...causes,
        `It was given up, by a person or after ${attemptsCap} attempts: "${command(`reopen ${id} --reason TEXT`)}" takes it back.`,
      ];
    case "OPEN":
      return [
        ...causes,
        heals
          ? `"${command(`reprocess --import ${importId} --reason TEXT`)}" runs it again.`
          : correctIt(importId, command),
      ];
  }
}

function correctIt(importId: string, command: Project["command"]): string {
  return (
    `"${command(`failures export --import ${importId} --out FILE.csv`)}", correct the cells, delete the records that you have not ` +
    `corrected (each run is an attempt), then "${command("reprocess --corrections FILE.csv --reason TEXT")}"; or, if a rule ` +
    `was changed, "${command(`reprocess --import ${importId} --include-final --reason TEXT`)}".`
  );
}
