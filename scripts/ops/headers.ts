import type { ImportsTable } from "#imports/imports-table.ts";

/** The headers of imports, each asked for once: the columns that the cells of its dead letters follow. */
export function headersOf(imports: ImportsTable): (importId: string) => Promise<readonly string[]> {
  const headers = new Map<string, Promise<readonly string[]>>();
  return (importId) => {
    const known = headers.get(importId) ?? imports.get(importId).then((entry) => entry?.header ?? []);
    headers.set(importId, known);
    return known;
  };
}
