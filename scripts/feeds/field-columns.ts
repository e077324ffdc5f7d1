import type { FeedFile, MappingSettings } from "#feeds/feed.ts";
import { columnsOf, fieldSources } from "#feeds/field-sources.ts";
import { rowsColumn } from "#feeds/rows-column.ts";

/** A field of the product, with the declared columns that the mapping reads for it. */
export interface FieldColumns {
  /** `name`, `attributes.colour`, `variants.price`. */
  readonly field: string;
  readonly columns: readonly string[];
}

/** What the mapping of a feed reads, field by field; the sku first. */
export function fieldColumns({ key, mapping }: { readonly key: unknown; readonly mapping: object }): FieldColumns[] {
  const read = new Map<string, Set<string>>();
  for (const { field, source } of [{ field: "sku", source: key }, ...fieldSources(mapping as MappingSettings)]) {
    const columns = read.get(field) ?? new Set();
    read.set(field, columns);
    for (const name of columnsOf(source)) columns.add(name);
  }
  return [...read].map(([field, columns]) => ({ field, columns: [...columns] }));
}

/** The columns that any part of a feed reads, so that they are of use though no field is made of them. */
export function otherColumns({ leaveOut = [], enrichment, rows }: FeedFile): string[] {
  return [
    ...leaveOut.map(({ column }) => column),
    ...(enrichment ? [enrichment.column] : []),
    ...(rows ? [rowsColumn(rows)] : []),
  ];
}
