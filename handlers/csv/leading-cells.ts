import { CsvError, parse } from "csv-parse/sync";
import { withoutPadding } from "#csv/padding.ts";
import { optionsOf } from "#csv/parse.ts";
import type { Dialect } from "#imports/flow.ts";

/** The cells of a malformed record before the one that breaks the rules: they can be read, and may hold the record's key. */
export function leadingCells(raw: string, dialect: Dialect): string[] {
  const text = Buffer.from(raw);
  const record = withoutPadding(text, dialect) ?? text;
  const options = optionsOf(dialect);
  const broken = brokenCell(() => parse(record, options));
  if (broken === undefined) return [];
  let cells: string[][] = [];
  brokenCell(() => (cells = parse(record, { ...options, relax_quotes: true })));
  return cells[0]?.slice(0, broken) ?? [];
}

/** The number of the cell, from 0, over which parsing stumbles. */
function brokenCell(parsing: () => unknown): number | undefined {
  try {
    parsing();
    return undefined;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const column: unknown = error["column"];
    return typeof column === "number" ? column : undefined;
  }
}
