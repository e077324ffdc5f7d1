import { leadingCells } from "#csv/leading-cells.ts";
import { noRecord } from "#csv/no-record.ts";
import { isMalformed, parseRecord } from "#csv/parse.ts";
import { unguard } from "#csv/spreadsheet-safe.ts";
import { shownText } from "#feeds/spreadsheet-text.ts";
import type { Dialect, TableRef } from "#imports/flow.ts";

/** How the rows of a file are put together to records. */
export interface Grouping extends Dialect {
  /** Place of the column whose runs of equal cells are the records, or whose cell says that a row starts one. */
  readonly group: number;
  /** The cells of that column with which a record starts, where not runs of equal ones are the records. */
  readonly starts?: readonly string[];
  /** Cells of the header. */
  readonly columns: number;
  /** Place of the column `_failure` in a failed-records CSV: its rows are put together by the failure that they name. */
  readonly identity?: number | undefined;
  /** Whether the file is a workbook's twin: every cell stands in its column, however many a row has. */
  readonly inSheet: boolean;
}

/** How the rows of a table file are put together, where its records are groups. */
export function groupingOf(
  table: Dialect & Pick<TableRef, "group" | "starts" | "columns" | "identity" | "sheet">,
): Grouping | undefined {
  const { group, starts, columns, identity, sheet, delimiter, quote, escape, comment } = table;
  if (group === undefined || columns === undefined) return undefined;
  const isOf = { group, columns, identity, inSheet: sheet !== undefined, ...(starts && { starts }) };
  return { delimiter, quote, escape, comment, ...isOf };
}

/**
 * What a row is to the record above it: the `start` of a new one, the `same`, `blank` or a `comment`, which belong to a record that
 * goes on below them; or it is `unknown`, because the cell that would say cannot be read, and is taken for the same.
 */
export type RowKind = "start" | "same" | "blank" | "comment" | "unknown";

/** So many bytes of a row are looked at; and no record that may be stored is as large. */
export const largestGroup = 1024 ** 2;

/** Says of one row after the other what it is to the record above it. */
export class RowJudge {
  /**
   * Line of a row of the record above that cannot be read, and that may be the first row of the record which the row given last
   * began, if it began one.
   */
  behind: number | undefined;
  readonly #grouping: Grouping;
  readonly #cells: PlainCells;
  #above: { failure: string; group: string } | undefined;
  #doubt: number | undefined;

  /** `behind` is that of the chunk in which the rows stand. */
  constructor(grouping: Grouping, behind?: number) {
    this.#grouping = grouping;
    this.#cells = new PlainCells(grouping);
    this.#doubt = behind;
  }

  /** Takes the next row, line break excluded; of a row that is larger than `largestGroup` its first bytes, so many. */
  next(row: Buffer, line: number, isWhole: boolean): RowKind {
    this.behind = this.#doubt;
    if (this.#grouping.comment !== undefined && row[0] === this.#grouping.comment.charCodeAt(0)) return "comment";
    const cells = isWhole && this.#cells.read(row) ? this.#cells : this.#parsed(row, isWhole);
    if (cells?.group === "" && cells.failure === "" && noRecord(row, this.#grouping) === "blank") return "blank";
    if (cells === undefined) {
      if (noRecord(row, this.#grouping) === "blank") return "blank";
      // Where a record says itself that it starts, no row above can be the first one of it.
      if (this.#grouping.starts === undefined) this.#doubt = line;
      if (this.#above !== undefined) return "unknown";
      this.#above = { failure: "", group: "" };
      return "start";
    }
    return this.#compared(cells);
  }

  #compared({ group, failure }: CellsOfGroup): "start" | "same" {
    const above = this.#above;
    const belongs = failure === "" ? goesOn(group, above?.group, this.#grouping.starts) : failure === above?.failure;
    if (above === undefined || !belongs) {
      this.#above = { failure, group };
      this.#doubt = undefined;
      return "start";
    }
    if (group !== "") above.group = group;
    // What could not be read stands inside the record above, and is the first row of none.
    if (group !== "" || failure !== "") this.#doubt = undefined;
    return "same";
  }

  /** The cells of a row that is not plain; undefined where they cannot be known. */
  #parsed(row: Buffer, isWhole: boolean): CellsOfGroup | undefined {
    const { group, identity, columns, inSheet } = this.#grouping;
    const text = row.toString("utf8");
    const parsed = parseRecord(text, this.#grouping);
    let cells: readonly string[];
    if (isMalformed(parsed)) {
      cells = leadingCells(text, this.#grouping);
    } else if (!isWhole) {
      cells = parsed.slice(0, -1);
    } else {
      // Nobody knows which cell is too many or missing; what stands in the first is sure.
      if (parsed.length !== columns && (identity ?? group) !== 0 && !inSheet) return undefined;
      cells = inSheet ? [...parsed, ...Array<string>(Math.max(columns - parsed.length, 0)).fill("")] : parsed;
    }
    const failure = identity === undefined ? "" : cells[identity];
    const value = cells[group];
    if (failure === undefined || (value === undefined && failure.trim() === "")) return undefined;
    return shownCells(value ?? "", failure, identity !== undefined);
  }
}

/** Whether a row with that cell goes on with the record above, which has the other one there. `starts` are the cells with which records start. */
export function goesOn(cell: string, above: string | undefined, starts: readonly string[] | undefined): boolean {
  return starts ? !starts.includes(cell) : cell === "" || cell === above;
}

/** The cells of a row that say which record it belongs to, as a spreadsheet shows them; "" is none. */
interface CellsOfGroup {
  readonly group: string;
  readonly failure: string;
}

function shownCells(group: string, failure: string, guarded: boolean): CellsOfGroup {
  if (!guarded) return { group: shownText(group).trim(), failure: "" };
  return { group: shownText(unguard(group)).trim(), failure: unguard(failure).trim() };
}

const bytes = { quote: 34, backslash: 92 } as const;

/**
 * Reads the cells of a row that is written plainly, as nearly all are: without a parser, and no further than it must. A row with
 * anything else in it is not read.
 */
class PlainCells implements CellsOfGroup {
  group = "";
  failure = "";
  readonly #delimiter: number;
  readonly #quotes: boolean;
  readonly #escapes: boolean;
  readonly #group: number;
  readonly #identity: number | undefined;
  readonly #columns: number;
  /** The cell behind which nothing matters. */
  readonly #last: number;

  constructor({ delimiter, quote, escape, group, identity, columns, inSheet }: Grouping) {
    this.#delimiter = delimiter.charCodeAt(0);
    this.#quotes = quote === undefined;
    this.#escapes = escape !== undefined;
    this.#group = group;
    this.#identity = identity;
    this.#columns = columns;
    this.#last = inSheet || (identity ?? group) === 0 ? Math.max(group, identity ?? 0) : Infinity;
  }

  /** Whether the row could be read. */
  read(row: Buffer): boolean {
    const { length } = row;
    const delimiter = this.#delimiter;
    let group = "";
    let failure = "";
    let cell = 0;
    for (let at = 0; ; at++, cell++) {
      const start = at;
      const isQuoted = this.#quotes && row[at] === bytes.quote;
      if (isQuoted) {
        at = this.#endOfQuoted(row, at);
        if (at < 0) return false;
      } else {
        for (; at < length && row[at] !== delimiter; at++) if (this.#quotes && row[at] === bytes.quote) return false;
      }
      if (cell === this.#group) group = textOf(row, start, at, isQuoted);
      if (cell === this.#identity) failure = textOf(row, start, at, isQuoted);
      if (at >= length || cell === this.#last) break;
    }
    if (this.#last === Infinity ? cell + 1 !== this.#columns : cell < this.#last) return false;
    ({ group: this.group, failure: this.failure } = shownCells(group, failure, this.#identity !== undefined));
    return true;
  }

  /** Where the quoted cell ends that begins there; -1 where it is not written plainly. */
  #endOfQuoted(row: Buffer, start: number): number {
    let at = row.indexOf(bytes.quote, start + 1);
    while (at >= 0 && row[at + 1] === bytes.quote) at = row.indexOf(bytes.quote, at + 2);
    if (at < 0 || (at + 1 < row.length && row[at + 1] !== this.#delimiter)) return -1;
    if (this.#escapes && row.subarray(start, at).includes(bytes.backslash)) return -1;
    return at + 1;
  }
}

function textOf(row: Buffer, start: number, end: number, isQuoted: boolean): string {
  return isQuoted ? row.toString("utf8", start + 1, end - 1).replaceAll('""', '"') : row.toString("utf8", start, end);
}
