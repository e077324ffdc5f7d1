import type { MappingSettings, Source } from "#feeds/feed.ts";

/** What a mapping says of one field. */
export interface FieldSource {
  /** `name`, `attributes.colour`, `variants.price`; several sources can be of one field. */
  readonly field: string;
  readonly source: unknown;
}

/** Every source of a mapping: those of its fields, and those inside attributes, variants, translations and prices. */
export function fieldSources(mapping: MappingSettings): FieldSource[] {
  return sourcesOf(mapping, "");
}

function sourcesOf(settings: Readonly<Record<string, unknown>>, prefix: string): FieldSource[] {
  return Object.entries(settings).flatMap(([name, own]): FieldSource[] => {
    const field = prefix + name;
    if (own === undefined) return [];
    if (name === "attributes" || name === "options") return [own].flat().flatMap((named) => attributesOf(field, named));
    if (name === "prices") return (own as unknown[]).map((source) => ({ field, source }));
    if (name === "variants" && isObject(own) && typeof own["each"] === "string") return [{ field, source: own }];
    if ((name === "variants" || name === "translations") && isObject(own)) return sourcesOf(own, `${field}.`);
    return [{ field, source: own }];
  });
}

function attributesOf(field: string, named: unknown): FieldSource[] {
  if (!isObject(named) || isMany(named)) return [{ field, source: named }];
  return Object.entries(named).map(([name, source]) => ({ field: `${field}.${name}`, source }));
}

/** Settings whose texts are names of columns. */
const naming = new Set([
  "from",
  "join",
  "firstOf",
  "by",
  "currencyFrom",
  "unitFrom",
  "column",
  "pairs",
  "columns",
  "names",
  "values",
]);
/** Settings that hold sources, which are columns' names where they are texts. */
const inside = new Set([...naming, "when", "times", "dividedBy", "plus", "percentOff"]);

/** The columns that a source is made of. */
export function columnsOf(source: unknown): string[] {
  if (typeof source === "string") return [source];
  if (Array.isArray(source)) return source.flatMap(columnsOf);
  if (!isObject(source)) return [];
  return Object.entries(source).flatMap(([name, value]) => {
    if (name === "by" && isObject(value)) return Object.values(value).flatMap(columnsOf);
    if (typeof value === "string") return naming.has(name) ? [value] : [];
    return inside.has(name) ? columnsOf(value) : [];
  });
}

/** The columns without which there is no key; one that another can stand in for is none of these. */
export function neededColumns(key: Source): string[] {
  if (typeof key === "string") return [key];
  if (key.firstOf !== undefined || key.when !== undefined || key.default !== undefined) return [];
  const sources = [key.from ?? [], key.join ?? [], key.otherwise === undefined ? Object.values(key.by ?? {}) : []];
  return [...new Set(sources.flat().flatMap(neededColumns))];
}

/** Whether an entry of attributes gives several, rather than each by its name. */
export function isMany(entry: object): boolean {
  return (
    ("names" in entry && "values" in entry) ||
    ("columns" in entry && Object.keys(entry).every((name) => ["columns", "named", "split", "when"].includes(name))) ||
    ("pairs" in entry && "between" in entry)
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
