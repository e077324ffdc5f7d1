import { createHash } from "node:crypto";
import { CsvError, parse } from "csv-parse/sync";
import { isUnnamed } from "#csv/columns.ts";
import { quoteAll } from "#feeds/bad-cell.ts";

/** A row of a reference table, by column. */
export type ReferenceRow = ReadonlyMap<string, string>;

/** A table that ships with the feeds, in which they look values up. */
export interface ReferenceTable {
  readonly name: string;
  readonly columns: readonly string[];
  /** SHA-256 of its text. */
  readonly digest: string;
  readonly rows: readonly { readonly line: number; readonly cells: ReferenceRow }[];
}

/** Thrown where the file of a reference table is wrong; each fault is a sentence without the file's name. */
export class InvalidReference extends Error {
  override readonly name = "InvalidReference";
  readonly faults: readonly string[];
  constructor(table: string, faults: readonly string[]) {
    super(faults.map((fault) => `references/${table}.csv: ${fault}`).join("\n"));
    this.faults = faults;
  }
}

/** Reads a reference table: UTF-8, commas, one header, the same number of cells in every row. Throws InvalidReference. */
export function readReferenceTable(name: string, text: string): ReferenceTable {
  const [header, ...rows] = parseText(name, text);
  if (header === undefined) throw new InvalidReference(name, ["the file has no header"]);
  const columns = header.cells.map((cell) => cell.trim());
  const faults: string[] = [];
  if (columns.some(isUnnamed)) faults.push("line 1: a column has no name");
  const twice = columns.filter((column, index) => columns.indexOf(column) < index);
  if (twice.length > 0) faults.push(`line 1: several columns are named ${quoteAll([...new Set(twice)])}`);
  if (rows.length === 0) faults.push("the file has no rows");
  if (faults.length > 0) throw new InvalidReference(name, faults);
  return {
    name,
    columns,
    digest: createHash("sha256").update(text).digest("hex"),
    rows: rows.map(({ line, cells }) => ({
      line,
      cells: new Map(columns.map((column, index) => [column, compared(cells[index]!)])),
    })),
  };
}

interface Parsed {
  readonly record: string[];
  readonly info: { readonly lines: number };
}

function parseText(name: string, text: string): { readonly line: number; readonly cells: readonly string[] }[] {
  try {
    const options = { bom: true, info: true, skip_empty_lines: true } as const;
    const parsed = parse(text, options) as unknown as Parsed[];
    return parsed.map(({ record, info }) => ({ line: info.lines, cells: record }));
  } catch (error) {
    if (error instanceof CsvError) throw new InvalidReference(name, [error.message]);
    throw error;
  }
}

/** A value as it is compared: without white space around it, in NFC. */
export function compared(value: string): string {
  return value.trim().normalize("NFC");
}

/** The rows of a table by their values in some of its columns; values that several rows share are faults. */
export function indexReference(
  { rows }: ReferenceTable,
  by: readonly string[],
): { readonly find: (values: readonly string[]) => ReferenceRow | undefined; readonly faults: readonly string[] } {
  const index = new Map<string, { readonly line: number; readonly cells: ReferenceRow }>();
  const faults: string[] = [];
  for (const row of rows) {
    const values = by.map((column) => row.cells.get(column) ?? "");
    const key = JSON.stringify(values);
    const known = index.get(key);
    if (known) faults.push(`lines ${known.line} and ${row.line} both have ${quoteAll(values)} in ${quoteAll(by)}`);
    else index.set(key, row);
  }
  return { find: (values) => index.get(JSON.stringify(values))?.cells, faults };
}
