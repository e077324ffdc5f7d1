import type { FeedFile, MappingSettings, Source } from "#feeds/feed.ts";
import { attributeOf } from "#products/fields.ts";

/** Whether a field is left out where its value cannot be read, instead of failing the record. */
export function isOmitted(source: Source | undefined): boolean {
  return typeof source === "object" && source.else === "omit";
}

/** Whether the product field ("price", "attributes.colour") is one of those. */
export function omitsField({ attributes = {}, ...fields }: MappingSettings, field: string): boolean {
  const attribute = attributeOf(field);
  if (attribute !== undefined) return Object.hasOwn(attributes, attribute) && isOmitted(attributes[attribute]);
  return isOmitted((fields as Readonly<Record<string, Source>>)[field]);
}

/** The columns that a field is made of. */
export function columnsOf(source: Source): string[] {
  if (typeof source === "string") return [source];
  const {
    from = [],
    join = [],
    currencyFrom = [],
    unitFrom = [],
  } = source as Readonly<Record<string, string | string[]>>;
  return [from, join, currencyFrom, unitFrom].flat();
}

/** The columns whose cells fail no record: all that is made of them is left out where they cannot be read. */
export function omittedColumns({ key, mapping, enrichment }: FeedFile): ReadonlySet<string> {
  const { attributes = {}, ...fields } = mapping;
  const sources: Source[] = [...Object.values(fields), ...Object.values(attributes)];
  const [omitted, needed] = [sources.filter(isOmitted), sources.filter((source) => !isOmitted(source))];
  const columns = new Set(omitted.flatMap(columnsOf));
  for (const name of [key, enrichment?.column ?? key, ...needed.flatMap(columnsOf)]) columns.delete(name);
  return columns;
}
