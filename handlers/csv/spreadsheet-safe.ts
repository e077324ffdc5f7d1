/**
 * A reversible guard against formula injection. A spreadsheet runs a cell that begins with = + - @, their full-width
 * forms, or a tab or line break; an apostrophe in front makes it text. What begins with apostrophes before such a character gets one
 * more as well, so that taking one off always restores the cell.
 */
const risky = /^'*[=+\-@\t\r\n＝＋－＠]/;

/** A cell that is a plain number runs nothing, and stays a number in the spreadsheet. */
const plainNumber = /^[+-]\d+(?:[.,]\d+)?$/;

/** The cell as it may stand in a CSV that people open in a spreadsheet. */
export function guard(cell: string): string {
  return risky.test(cell) && !plainNumber.test(cell) ? `'${cell}` : cell;
}

/** The cell as it was before `guard`. */
export function unguard(cell: string): string {
  return cell.startsWith("'") && risky.test(cell) ? cell.slice(1) : cell;
}
