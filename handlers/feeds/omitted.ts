import type { FeedFile, MappingSettings } from "#feeds/feed.ts";
import { columnsOf, fieldSources } from "#feeds/field-sources.ts";
import type { MappingContext } from "#feeds/mapping-context.ts";
import type { Read } from "#feeds/source.ts";
import { attributeOf } from "#products/fields.ts";

/** Whether a field is left out where its value cannot be read, instead of failing the record. */
export function isOmitted(source: unknown): boolean {
  return isObject(source) && source["else"] === "omit";
}

/**
 * Whether the product field ("price", "attributes.colour", "variants.price") is one of those. What the mapping says of a variant alone
 * holds for a product without options as well, which is its own variant.
 */
export function omitsField(mapping: MappingSettings, field: string): boolean {
  const attribute = attributeOf(field);
  const names = field.split(".");
  if (attribute === undefined) return isOmitted(settingAt(mapping, names) ?? settingAt(mapping.variants, names));
  const { attributes = {} } = mapping;
  return [attributes]
    .flat()
    .some((named) => Object.hasOwn(named, attribute) && isOmitted(settingAt(named, [attribute])));
}

function settingAt(settings: unknown, [name, ...names]: readonly string[]): unknown {
  if (name === undefined) return settings;
  return isObject(settings) && Object.hasOwn(settings, name) ? settingAt(settings[name], names) : undefined;
}

/** The field, or nothing where it cannot be read and the feed leaves it out then. */
export function orOmit<T>(source: unknown, read: Read<T>, { columns }: MappingContext): Read<T> {
  if (!isOmitted(source)) return read;
  const indexes = columnsOf(source).map((name) => columns.get(name)?.index);
  return (cells, notes) => {
    if (notes.unreadable?.some((index) => indexes.includes(index))) return undefined;
    const errors = notes.errors.length;
    const value = read(cells, notes);
    return notes.omit(errors) ? undefined : value;
  };
}

/** Whether the cells of a column fail no record; one that a pattern fits is read by its own name, by the pattern's, or by both. */
export type OmitsCell = (column: string, pattern?: string) => boolean;

/** Tells the columns whose cells fail no record: all that is made of them is left out where they cannot be read. */
export function omitsCells({ key, mapping, enrichment }: FeedFile): OmitsCell {
  const sources = fieldSources(mapping).map(({ source }) => source);
  const [omitted, needed] = [sources.filter(isOmitted), sources.filter((source) => !isOmitted(source))];
  const omits = new Set(omitted.flatMap(columnsOf));
  const needs = new Set([...columnsOf(key), enrichment?.column, ...needed.flatMap(columnsOf)]);
  return (column, pattern = column) =>
    (omits.has(column) || omits.has(pattern)) && !needs.has(column) && !needs.has(pattern);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
