import { badCell, quoteAll } from "#feeds/bad-cell.ts";
import { pointer } from "#feeds/invalid-feed.ts";
import { asText, nothing, type CompileLookup, type Compiled, type Read } from "#feeds/source.ts";
import { compared, indexReference, InvalidReference, type ReferenceTable } from "#references/reference-table.ts";

/** Gives a reference table by its name; undefined where there is none. Throws InvalidReference. */
export type References = (name: string) => ReferenceTable | undefined;

const nowhere: Compiled = { read: nothing, holds: "text", column: undefined };

/**
 * Compiles lookups in reference tables. A record that has nothing to look up has nothing; what the table does not have is an error, or
 * is told where the feed says what it means then.
 */
export function lookupIn(references: References): CompileLookup {
  return (source, path, compiler) => {
    const { lookup: name = "", by = {}, give = "" } = source;
    const sources = Object.entries(by).map(([column, own]) => {
      const use = { field: "a lookup", path: path + pointer("by", column) };
      return { of: column, ...compiler.compile(own, use) };
    });
    const table = tableOf(references, name, (sentence) => {
      compiler.fault(`${path}/lookup`, sentence);
    });
    if (table === undefined) return nowhere;
    const missing = (column: string): boolean => !table.columns.includes(column);
    for (const { of } of sources)
      if (missing(of)) compiler.fault(path + pointer("by", of), `references/${name}.csv has no column "${of}"`);
    if (missing(give)) compiler.fault(`${path}/give`, `references/${name}.csv has no column "${give}"`);
    const columns = sources.map(({ of }) => of);
    if (columns.some(missing)) return nowhere;
    const { find, faults } = indexReference(table, columns);
    for (const fault of faults.slice(0, mostFaults))
      compiler.fault(`${path}/by`, `references/${name}.csv: ${fault}: keep one of them, or compare more columns`);

    const column = sources.find((one) => one.column !== undefined)?.column;
    const otherwise = source.words === undefined ? source.otherwise : undefined;
    const isTold = otherwise !== undefined || source.default !== undefined;
    const problem =
      `which is not in ${quoteAll(columns)} of the reference table ${name}: ` +
      `correct the value, or add a row to schemas/references/${name}.csv.`;
    const read: Read<string> = (cells, notes) => {
      const values = sources.map((one) => compared(asText(one.read(cells, notes)) ?? ""));
      if (values.every((value) => value === "")) return undefined;
      const row = find(values);
      if (row !== undefined) return row.get(give) || undefined;
      const value = values.join(", ");
      if (!isTold) {
        notes.errors.push(badCell("LOOKUP_MISS", column ?? columns[0]!, value, problem));
        return undefined;
      }
      const became = otherwise ?? source.default!;
      notes.warn({ code: "LOOKUP_MISSED", ...(column !== undefined && { column }), value, became });
      return otherwise;
    };
    return { read, holds: "text", column };
  };
}

// A table that is not meant to be looked up in by these columns would have as many as rows.
const mostFaults = 5;

function tableOf(references: References, name: string, fault: (sentence: string) => void): ReferenceTable | undefined {
  try {
    const table = references(name);
    if (table === undefined) fault(`there is no schemas/references/${name}.csv`);
    return table;
  } catch (error) {
    if (!(error instanceof InvalidReference)) throw error;
    for (const sentence of error.faults) fault(`references/${name}.csv: ${sentence}`);
    return undefined;
  }
}
