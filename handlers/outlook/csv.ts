import { byteOrderMark, guardedLine } from "#imports/failed-records.ts";
import type { ReportedFailure } from "#imports/report.ts";
import type { RecordChange } from "#outlook/outlook.ts";

/** The header of the CSV of what an import would change. */
export const changesHeader =
  byteOrderMark + guardedLine(["key", "field", "of", "before", "after", "record", "line"], ",");

/** What a record would change, one line a field. Every cell is safe to open in a spreadsheet. */
export function changesRows(changes: readonly RecordChange[]): string {
  return changes
    .map(({ key, field, of = "", before = "", after = "", record, line }) =>
      guardedLine([key, field, of, before, after, String(record), String(line)], ","),
    )
    .join("");
}

/** The header of the CSV of records that would fail. */
export const wouldFailHeader =
  byteOrderMark + guardedLine(["record", "line", "key", "column", "value", "code", "message"], ",");

/** What is wrong with records that would fail, one line for each thing. */
export function wouldFailRows(failures: readonly ReportedFailure[]): string {
  return failures
    .map(({ record, line, cell, key = "", column = "", value = "", code, message }) =>
      guardedLine([String(record), cell ?? String(line), key, column, value, code, message], ","),
    )
    .join("");
}
