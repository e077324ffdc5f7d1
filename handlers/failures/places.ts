import { placeInSheet, type PlaceOf } from "#csv/sheet-place.ts";
import type { RecordError } from "#errors/catalogue.ts";
import type { DeadLetter } from "#failures/dead-letter.ts";
import type { FailedLine } from "#records/line.ts";

/** What is wrong with a record of a workbook, each with its cell. */
export function placed(errors: FailedLine["errors"], row: number, placeOf: PlaceOf): FailedLine["errors"] {
  const [first, ...others] = errors.map((error) => inCell(error, error.cell ?? placeOf(row, error.column)));
  return [first!, ...others];
}

/**
 * What is wrong with a record that came back in a failed-records CSV, with the cells of the workbook that it once stood in. Only
 * the columns that failed before are known by their letters.
 */
export function placedAgain(errors: readonly RecordError[], letter: DeadLetter): readonly RecordError[] {
  const { sheet } = letter.table;
  if (sheet === undefined) return errors;
  const before = new Map(letter.errors.map(({ column, cell }) => [column, cell]));
  return errors.map((error) => {
    const cell = error.column === undefined ? undefined : before.get(error.column);
    return inCell(error, cell ?? placeInSheet(sheet.name, letter.line));
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

/** Where a dead letter's record stood, as its CSV says it: the line of a file, or the cells of a sheet. */
export function placeText({ line, errors }: Pick<DeadLetter, "line" | "errors">): string {
  const cells = new Set(errors.flatMap(({ cell }) => cell ?? []));
  return cells.size === 0 ? String(line) : [...cells].join(" | ");
}

/** Whether a text says the place of a dead letter. Of cells the row counts alone: which of its columns failed last may have changed. */
export function saysPlace(text: string, { line, table }: Pick<DeadLetter, "line" | "table">): boolean {
  return (table.sheet === undefined ? text : /\d+$/.exec(text)?.[0]) === String(line);
}
