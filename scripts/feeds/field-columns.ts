import type { FeedFile } from "#feeds/feed.ts";

/** A field of the product, with the declared columns that the mapping reads for it. */
export interface FieldColumns {
  /** `name`, `attributes.colour`. */
  readonly field: string;
  readonly columns: readonly string[];
}

/** Settings of a source that are texts, whatever they look like; every other text that is a declared column's name is one. */
const texts = new Set([
  ...["with", "split", "constant", "default", "words", "otherwise", "else", "is", "isNot", "type", "form", "between"],
  ...["each", "items", "levels", "paths", "root", "prefix", "decimal", "currency", "unit", "lookup", "give", "named"],
  ...["channel", "customerGroup", "times", "dividedBy", "plus", "percentOff", "round", "part", "of"],
]);

/** What the mapping of a feed reads, field by field; the sku first. */
export function fieldColumns({ key, columns, mapping }: FeedFile): FieldColumns[] {
  const declared = new Set(Object.keys(columns));
  const { attributes, ...fields } = mapping;
  const all: [field: string, source: unknown][] = [["sku", key], ...Object.entries(fields)];
  for (const source of [attributes ?? []].flat())
    for (const [name, one] of Object.entries(source)) all.push([`attributes.${name}`, one]);
  return all.map(([field, source]) => ({ field, columns: [...new Set(columnsIn(source, declared))] }));
}

/** The columns that any part of a feed reads, so that they are of use though no field is made of them. */
export function otherColumns({ leaveOut = [], enrichment, columns, ...file }: FeedFile): string[] {
  const rows = "rows" in file ? file.rows : undefined;
  const named = [leaveOut.map(({ column }) => column), enrichment?.column ?? [], rows];
  return columnsIn(named, new Set(Object.keys(columns)));
}

function columnsIn(source: unknown, declared: ReadonlySet<string>): string[] {
  if (typeof source === "string") return declared.has(source) ? [source] : [];
  if (Array.isArray(source)) return source.flatMap((one) => columnsIn(one, declared));
  if (source === null || typeof source !== "object") return [];
  return Object.entries(source).flatMap(([setting, value]) => (texts.has(setting) ? [] : columnsIn(value, declared)));
}
