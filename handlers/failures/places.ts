import { placeInSheet, type PlaceOf } from "#csv/sheet-place.ts";
import type { RecordError } from "#errors/catalogue.ts";
import type { DeadLetter } from "#failures/dead-letter.ts";
import type { FailedLine, ReturnedFailure } from "#records/line.ts";

/**
 * What is wrong with a record, as its dead letter tells it: each with its cell where the file is a workbook (`placeOf`), and, where
 * the record has `several` rows, with the row that is wrong. `row` is the first.
 */
export function placed(
  errors: FailedLine["errors"],
  row: number,
  placeOf: PlaceOf | undefined,
  several = false,
): FailedLine["errors"] {
  const [first, ...others] = errors.map((error) => {
    const at = error.line ?? row;
    const inFile = placeOf ? inCell(error, error.cell ?? placeOf(at, error.column)) : error;
    return (several && error.line !== undefined) || at !== row ? inRow(inFile, rowName(at, placeOf)) : inFile;
  });
  return [first!, ...others];
}

/**
 * What is wrong with a record that came back in a failed-records CSV, with the rows of the file that it once stood in, and with the
 * cells where that is a workbook. Only the columns that failed before are known by their letters. `lines` are those of the CSV's
 * rows where they are several, each with its line in that file.
 */
export function placedAgain(
  errors: readonly RecordError[],
  letter: Pick<DeadLetter, "line" | "errors" | "table">,
  lines: ReturnedFailure["lines"],
): readonly RecordError[] {
  const { sheet } = letter.table;
  const before = new Map(letter.errors.map(({ line = letter.line, column, cell }) => [`${line} ${column}`, cell]));
  const known = new Map(lines);
  return errors.map(({ line: there, ...error }) => {
    const line = there === undefined ? undefined : (known.get(there) ?? undefined);
    const row = line ?? letter.line;
    const cell = error.column === undefined ? undefined : before.get(`${row} ${error.column}`);
    const inFile = sheet ? inCell(error, cell ?? placeInSheet(sheet.name, row)) : error;
    if (there === undefined || !known.has(there)) return inFile;
    return inRow(
      { ...inFile, ...(line !== undefined && { line }) },
      line === undefined ? "Added row" : rowName(line, sheet),
    );
  });
}

/** The sentence names the cell beside its column, where it is one cell's. */
function inCell(error: RecordError, cell: string): RecordError {
  const ofColumn = /!\d+:\d+$/.test(cell) || error.message.includes(cell) ? undefined : cell;
  const message = ofColumn
    ? error.message.replace(/olumn "[^"]*"/, (column) => `${column} (${ofColumn})`)
    : error.message;
  return { ...error, message, cell };
}

function inRow(error: RecordError, row: string): RecordError {
  return { ...error, message: `${row}: ${error.message}` };
}

/** What a person calls a row: by its line, or by the number that a spreadsheet shows beside it. */
export function rowName(line: number, sheet: unknown): string {
  return `${sheet === undefined ? "Line" : "Row"} ${line}`;
}

/** Where a dead letter's record stood, as its CSV says it: the line of a file, or the cells of a sheet. */
export function placeText({ line, errors }: Pick<DeadLetter, "line" | "errors">): string {
  const cells = new Set(errors.flatMap(({ cell }) => cell ?? []));
  return cells.size === 0 ? String(line) : [...cells].join(" | ");
}

/** Where each row of a dead letter that has several stood, as its CSV says it; nothing of one that a person has added. */
export function rowPlaces({
  line: first,
  errors,
  rows = [],
  table: { sheet },
}: Pick<DeadLetter, "line" | "errors" | "rows" | "table">): string[] {
  return rows.map(({ line }) => {
    if (line === undefined) return "";
    const own = errors.filter((error) => (error.line ?? first) === line);
    return sheet && own.length === 0 ? placeInSheet(sheet.name, line) : placeText({ line, errors: own });
  });
}

/** Whether a text says the place of a row of a dead letter. Of cells the row counts alone: which of its columns failed last may have changed. */
export function saysPlace(
  text: string,
  { line, table }: { readonly line?: number | undefined } & Pick<DeadLetter, "table">,
): boolean {
  return (table.sheet === undefined ? text : (/\d+$/.exec(text)?.[0] ?? "")) === String(line ?? "");
}
