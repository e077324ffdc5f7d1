import { columnsOf, type ImportColumn } from "#imports/import-columns.ts";
import type { ImportsTable } from "#imports/imports-table.ts";

/** The columns of imports, each asked for once: what the cells of its dead letters follow. */
export function columnsOfImports(imports: ImportsTable): (importId: string) => Promise<readonly ImportColumn[]> {
  const columns = new Map<string, Promise<readonly ImportColumn[]>>();
  return (importId) => {
    const known = columns.get(importId) ?? imports.get(importId).then(columnsOf);
    columns.set(importId, known);
    return known;
  };
}
