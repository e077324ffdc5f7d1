import type { SheetRef } from "#imports/flow.ts";

/** The row of a record of the sheet's table, from 1. */
export function rowOf({ headerRow }: SheetRef, record: number): number {
  return headerRow + record;
}

/** Says where a record stands, or its cell in a column of the table: `Prices!6:6`, `Prices!C6`. */
export type PlaceOf = (row: number, column?: string) => string;

/** Says places in a sheet whose table has these columns, by their names. One that it lacks leads to the whole row. */
export function placesIn({ name }: SheetRef, columns: readonly string[]): PlaceOf {
  const places = new Map(columns.map((column, index) => [column, index]));
  return (row, column) => placeInSheet(name, row, column === undefined ? undefined : places.get(column));
}

/** The number of a column from 0: A is 0, AA is 26. */
export function columnOf(letters: string): number {
  let column = 0;
  for (let i = 0; i < letters.length; i++) column = column * 26 + letters.charCodeAt(i) - 64;
  return column - 1;
}

/** The letters of a column, whose number counts from 0. */
export function lettersOf(column: number): string {
  let letters = "";
  for (let rest = column + 1; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters;
  }
  return letters;
}

/** A place in a workbook as the spreadsheet writes it: `Prices!C6`, or `Prices!6:6` for a whole row. `column` counts from 0. */
export function placeInSheet(sheet: string, row: number, column?: number): string {
  return `${quotedName(sheet)}!${column === undefined ? `${row}:${row}` : `${lettersOf(column)}${row}`}`;
}

/** A name that a formula could not tell from something else stands in quotes: 'My sheet'!C6. */
function quotedName(sheet: string): string {
  const plain =
    /^[\p{L}_][\p{L}\p{N}_.]*$/u.test(sheet) && !/^[A-Z]{1,3}\d+$/i.test(sheet) && !/^(?:R\d*)?(?:C\d*)?$/i.test(sheet);
  return plain ? sheet : `'${sheet.replaceAll("'", "''")}'`;
}
