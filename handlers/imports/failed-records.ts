import { stringify } from "csv-stringify/sync";
import { guard, unguard } from "#csv/spreadsheet-safe.ts";
import { rowsOf, type DeadLetter } from "#failures/dead-letter.ts";
import { placeText, rowPlaces } from "#failures/places.ts";
import { bookkeepingAmong, bookkeepingColumns, type Bookkeeping } from "#imports/bookkeeping.ts";
import type { Delimiter } from "#imports/flow.ts";

/** So that spreadsheets, and feeds of another encoding, take the file for UTF-8. */
export const byteOrderMark = "\uFEFF";

/** The header line of a failed-records CSV, byte order mark included. */
export function failedRecordsHeader(header: readonly string[], delimiter: Delimiter): string {
  return (
    byteOrderMark + guardedLine([...originalColumns(header).map(({ name }) => name), ...bookkeepingColumns], delimiter)
  );
}

/** The lines of a record in a failed-records CSV, one a row. Every cell is safe to open in a spreadsheet and comes back as it was. */
export function failedRecordsRows(letter: DeadLetter, header: readonly string[], delimiter: Delimiter): string {
  const originals = originalColumns(header);
  const ours = bookkeepingAmong(header);
  const { errors, of = { recordNumber: letter.recordNumber } } = letter;
  const wrong = [
    errors.map(({ code }) => code).join(" | "),
    errors.map(({ column }) => column ?? "").join(" | "),
    errors.map(({ message }) => message).join(" | "),
  ];
  const rows = (rowsOf(letter) ?? [{}]).map(({ cells, raw }, index): string[] => {
    const said = (name: Bookkeeping): string => cells?.[ours.indexOf(name)] ?? "";
    const [id, place] = identify(letter, index, said);
    // A row that came back raw and failed again is still raw.
    const text = raw ?? said("_raw");
    return [
      ...originals.map((column) => cells?.[column.index] ?? ""),
      id,
      String(of.recordNumber),
      place,
      ...wrong,
      text,
    ];
  });
  return rows.map((cells) => guardedLine(cells, delimiter)).join("");
}

/** The failure and the place that a row of a record names; `said` is what it named where it came back itself. */
function identify(letter: DeadLetter, index: number, said: (name: Bookkeeping) => string): [id: string, place: string] {
  const { id, of, rows } = letter;
  if (!rows) return [id, of?.place ?? placeText(letter)];
  const place = (of ? of.places : rowPlaces(letter))?.[index];
  if (place !== undefined) return [id, place];
  // It names nothing where a person has added it, and the record was refused as a whole.
  const added = index > 0 && rows[index]!.cells !== undefined && said("_failure").trim() === "";
  return [added ? "" : id, said("_line")];
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
