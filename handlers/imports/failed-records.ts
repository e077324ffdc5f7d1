import { stringify } from "csv-stringify/sync";
import { guard, unguard } from "#csv/spreadsheet-safe.ts";
import type { DeadLetter } from "#failures/dead-letter.ts";
import { placeText } from "#failures/places.ts";
import { bookkeepingAmong, bookkeepingColumns } from "#imports/bookkeeping.ts";
import type { Delimiter } from "#imports/flow.ts";

/** So that spreadsheets, and feeds of another encoding, take the file for UTF-8. */
export const byteOrderMark = "\uFEFF";

/** The header line of a failed-records CSV, byte order mark included. */
export function failedRecordsHeader(header: readonly string[], delimiter: Delimiter): string {
  return (
    byteOrderMark + guardedLine([...originalColumns(header).map(({ name }) => name), ...bookkeepingColumns], delimiter)
  );
}

/** One line of a failed-records CSV. Every cell is safe to open in a spreadsheet and comes back as it was. */
export function failedRecordsRow(letter: DeadLetter, header: readonly string[], delimiter: Delimiter): string {
  const cells = originalColumns(header).map(({ index }) => letter.cells?.[index] ?? "");
  const { errors, of = { recordNumber: letter.recordNumber, place: placeText(letter) } } = letter;
  const bookkeeping = [
    letter.id,
    String(of.recordNumber),
    of.place,
    errors.map(({ code }) => code).join(" | "),
    errors.map(({ column }) => column ?? "").join(" | "),
    errors.map(({ message }) => message).join(" | "),
    // A record that came back raw and failed again is still raw.
    letter.raw ?? letter.cells?.[bookkeepingAmong(header).indexOf("_raw")] ?? "",
  ];
  return guardedLine([...cells, ...bookkeeping], delimiter);
}

/** The columns of the original file; a failed-records CSV that fails again does not grow a second set of ours. */
function originalColumns(header: readonly string[]): { name: string; index: number }[] {
  const ours = bookkeepingAmong(header);
  const cameBack = ours.includes(bookkeepingColumns[0]);
  return header
    .map((name, index) => ({ name: cameBack ? unguard(name) : name, index }))
    .filter(({ index }) => !cameBack || ours[index] === undefined);
}

/** One line of cells, safe to open in a spreadsheet. */
export function guardedLine(cells: readonly string[], delimiter: Delimiter): string {
  // It quotes only what holds its own line break, and a lone \n or \r ends a record just as well.
  return stringify([cells.map(guard)], { delimiter, record_delimiter: "\r\n", quoted_match: /[\r\n]/ });
}
