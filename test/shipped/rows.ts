import { parse } from "csv-parse/sync";
import { readFileSync } from "node:fs";

/** A row of a file: its cells by the name of the column, the file's own names, blank cells left out. */
export type Row = Readonly<Record<string, string>>;

/** The rows of a CSV with a header, read by csv-parse alone. */
export function rowsOf(path: string, delimiter = ","): Row[] {
  const [header = [], ...rows]: string[][] = parse(readFileSync(path), { bom: true, delimiter });
  return rows.map((cells) =>
    Object.fromEntries(header.flatMap((name, at) => (cells[at] === "" ? [] : [[name, cells[at]!]]))),
  );
}

/** Rows by groups of neighbours: a row belongs to the one above unless it starts a group of its own. */
export function grouped(rows: readonly Row[], starts: (row: Row, above: Row) => boolean): [Row, ...Row[]][] {
  const groups: [Row, ...Row[]][] = [];
  for (const row of rows) {
    const last = groups.at(-1);
    if (last && !starts(row, last[0])) last.push(row);
    else groups.push([row]);
  }
  return groups;
}

/** The cells of some columns, under the columns' names. */
export function cellsOf(row: Row, wanted: (column: string) => boolean): Record<string, string> {
  return Object.fromEntries(Object.entries(row).filter(([column]) => wanted(column)));
}

/** The items of a cell. */
export function items(cell: string | undefined, separator: string): string[] {
  return (cell ?? "")
    .split(separator)
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

/** A product as an independent reader tells it. */
export type Told = { readonly sku: string } & Readonly<Record<string, unknown>>;

/** Without what is undefined, an empty list or an empty object: a product has no such fields. */
export function filled<T extends object>(fields: T): T & Told {
  return Object.fromEntries(
    Object.entries(fields).filter(
      ([, value]: [string, unknown]) =>
        value !== undefined && !(typeof value === "object" && value !== null && Object.keys(value).length === 0),
    ),
  ) as T & Told;
}
