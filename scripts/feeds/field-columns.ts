import type { FeedFile } from "#feeds/feed.ts";
import { columnsOf } from "#feeds/omitted.ts";

/** A field of the product, with the declared columns that the mapping reads for it. */
export interface FieldColumns {
  /** `name`, `attributes.colour`. */
  readonly field: string;
  readonly columns: readonly string[];
}

/** What the mapping of a feed reads, field by field; the sku first. */
export function fieldColumns({ key, mapping: { attributes = {}, ...fields } }: FeedFile): FieldColumns[] {
  const own = Object.entries(attributes).map(([name, source]) => [`attributes.${name}`, source] as const);
  const all = [["sku", key] as const, ...Object.entries(fields), ...own];
  return all.map(([field, source]) => ({ field, columns: [...new Set(columnsOf(source))] }));
}

/** The columns that any part of a feed reads, so that they are of use though no field is made of them. */
export function otherColumns({ leaveOut = [], enrichment }: FeedFile): string[] {
  return [...leaveOut.map(({ column }) => column), ...(enrichment ? [enrichment.column] : [])];
}
