import { isMalformed, type Malformed } from "#csv/parse.ts";
import { unguard } from "#csv/spreadsheet-safe.ts";
import { keysOf } from "#failures/dead-letter.ts";

/**
 * The identity of the failure that a row of a failed-records CSV reprocesses: what stands in its column `_failure`, which is the
 * cell `at` where the row has `width` cells. In a row that does not line up, or that is malformed, it is the one cell that is an
 * identity and nothing else. Undefined where there is none, or where there are several.
 */
export function identityOf(row: readonly string[] | Malformed, at: number, width: number): string | undefined {
  const cells = isMalformed(row) ? fieldsOf(row.raw) : row;
  const named = !isMalformed(row) && row.length === width ? unguard(row[at]!).trim() : "";
  if (isIdentity(named)) return named;
  const [found, ...others] = new Set(cells.map((cell) => cell.trim()).filter(isIdentity));
  return found !== undefined && others.length === 0 ? found : named || undefined;
}

/** The identity that a record of several rows names: that of the first row which names one. */
export function firstIdentity(
  rows: readonly (readonly string[] | Malformed)[],
  at: number,
  width: number,
): string | undefined {
  for (const row of rows) {
    const id = identityOf(row, at, width);
    if (id !== undefined) return id;
  }
  return undefined;
}

function isIdentity(cell: string): boolean {
  return keysOf(cell) !== undefined;
}

/** What may be cells of a text whose quotes are of no use: no identity holds a delimiter, a quote or a line break. */
function fieldsOf(raw: string): string[] {
  return raw.split(/[,;|\t\r\n"']/);
}
