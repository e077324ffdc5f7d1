import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { References } from "#references/lookup.ts";
import { readReferenceTable, type ReferenceTable } from "#references/reference-table.ts";

/** The reference tables of a folder, `<name>.csv`, each read when it is first asked for. */
export function referencesIn(folder: string): References {
  const known = new Map<string, ReferenceTable | undefined>();
  return (name) => {
    if (known.has(name)) return known.get(name);
    const text = textOf(join(folder, `${name}.csv`));
    const table = text === undefined ? undefined : readReferenceTable(name, text);
    known.set(name, table);
    return table;
  };
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
