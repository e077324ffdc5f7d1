import { badCell } from "#feeds/bad-cell.ts";
import type {
  AttributesSettings,
  AttributeSource,
  AttributeType,
  ColumnAttributes,
  NamedAttributes,
  PairAttributes,
} from "#feeds/feed.ts";
import { settingsOf, type CompileField } from "#feeds/fields/field.ts";
import { list } from "#feeds/fields/lists.ts";
import { measure } from "#feeds/fields/measure.ts";
import { flag } from "#feeds/fields/flag.ts";
import { decimal } from "#feeds/fields/number.ts";
import { date, text } from "#feeds/fields/text.ts";
import { pointer } from "#feeds/invalid-feed.ts";
import type { MappingContext } from "#feeds/mapping-context.ts";
import { isMany } from "#feeds/field-sources.ts";
import { orOmit } from "#feeds/omitted.ts";
import { itemsOf, splitAt, type Split } from "#feeds/separator.ts";
import { asText, entriesOf, nothing, partsOf, type Cells, type Read, type SourceUse } from "#feeds/source.ts";
import type { Attributes, AttributeValue } from "#products/product.ts";
import type { SingleCell } from "#records/line.ts";
import type { Notes } from "#records/notes.ts";

/** What an attribute is where the feed says so; else it is what its cell is. */
const types: Readonly<Record<AttributeType, CompileField<AttributeValue>>> = {
  text,
  date,
  list,
  decimal,
  measure,
  flag,
};

type ReadInto = (attributes: Attributes, cells: Cells, notes: Notes) => void;

/** Further fields by name, and by the names that files give them; of two of one name the first one counts. */
export function attributes(settings: AttributesSettings, use: SourceUse, context: MappingContext): Read<Attributes> {
  const all = [settings].flat().flatMap((entry, at): ReadInto[] => {
    const path = Array.isArray(settings) ? `${use.path}/${at}` : use.path;
    if (isMany(entry)) return [several(entry as NamedAttributes, { ...use, path }, context)];
    return Object.entries(entry as Record<string, AttributeSource>).map(([name, source]) =>
      one(name, source, { field: `${use.field}.${name}`, path: path + pointer(name) }, context),
    );
  });
  if (all.length === 0) return nothing;
  return (cells, notes) => {
    const found: Attributes = {};
    for (const read of all) read(found, cells, notes);
    for (const _name in found) return found;
    return undefined;
  };
}

function one(name: string, source: AttributeSource, use: SourceUse, context: MappingContext): ReadInto {
  if (name === "__proto__" || name.trim() === "") context.compiler.fault(use.path, "no attribute can have this name");
  const read = orOmit(source, attribute(source, use, context), context);
  return (found, cells, notes) => {
    const value = read(cells, notes);
    if (value !== undefined && found[name] === undefined) found[name] = value;
  };
}

function attribute(source: AttributeSource, use: SourceUse, context: MappingContext): Read<AttributeValue> {
  if (typeof source === "object" && source.type !== undefined) {
    const { type, ...rest } = source;
    if (Object.hasOwn(types, type)) return types[type](rest, use, context);
  }
  if (typeof source === "object" && (Array.isArray(source.from) || isSplit(source))) return list(source, use, context);
  const pattern = context.columns.get(
    typeof source === "string" ? source : typeof source.from === "string" ? source.from : "",
  );
  if (pattern?.pattern) return list(source, use, context);
  const settings = settingsOf(source, [], use, context);
  const made = context.compiler.compile(typeof source === "string" ? source : settings, use);
  if (made.column !== undefined) context.columnOf.set(use.field, made.column);
  return made.read;
}

function isSplit({ split, part }: { split?: string; part?: number }): boolean {
  return split !== undefined && part === undefined;
}

function several(
  entry: NamedAttributes | ColumnAttributes | PairAttributes,
  use: SourceUse,
  context: MappingContext,
): ReadInto {
  const read =
    "names" in entry
      ? named(entry, use, context)
      : "columns" in entry
        ? byColumn(entry, use, context)
        : pairs(entry, use, context);
  const asked = entry.when && context.compiler.condition(entry.when, `${use.path}/when`);
  return (found, cells, notes) => {
    if (asked && !asked(cells, notes)) return;
    for (const [name, value] of read(cells, notes)) {
      const own = name.trim();
      if (own !== "" && own !== "__proto__" && !Object.hasOwn(found, own)) found[own] = value;
    }
  };
}

type ReadPairs = (cells: Cells, notes: Notes) => Iterable<readonly [string, AttributeValue]>;

/** Values in columns beside which other columns have their names. A value without a name is called as its column. */
function named(
  { names, values, split }: NamedAttributes,
  { path, pairsItems }: SourceUse,
  context: MappingContext,
): ReadPairs {
  const { columns, compiler } = context;
  const [ofNames, ofValues] = [columns.get(names), columns.get(values)];
  const splitAtIt = split === undefined ? undefined : splitAt(split);
  if (!ofNames?.pattern || !ofValues?.pattern) {
    const name = compiler.naming(names, `${path}/names`);
    const value = compiler.column(values, `${path}/values`);
    if (!name || !value) return () => [];
    return (cells, notes) => {
      const cell = value.read(cells, notes);
      const own = valueOf(cell, splitAtIt);
      if (own === undefined) return [];
      const called = (name.read(cells, notes) as string | undefined) ?? values;
      const several = pairsItems && splitAtIt ? itemsOf(called, splitAtIt) : null;
      if (several === null || !Array.isArray(own) || several.length !== own.length) return [[called, own]];
      return several.map((one, at): [string, AttributeValue] => [one, (own as readonly string[])[at]!]);
    };
  }
  const [namePattern, valuePattern] = [ofNames.pattern, ofValues.pattern];
  return (cells, notes) => {
    const found: [string, AttributeValue][] = [];
    const namesHere = entriesOf(cells[ofNames.index]) ?? {};
    const namesAbove = entriesOf(notes.above?.[ofNames.index]) ?? {};
    const byPlace = new Map<string, string>();
    for (const [column, cell] of [...Object.entries(namesAbove), ...Object.entries(namesHere)]) {
      const own = asText(cell);
      if (own !== undefined) byPlace.set(JSON.stringify(namePattern.match(column)), own);
    }
    for (const [column, cell] of Object.entries(entriesOf(cells[ofValues.index]) ?? {})) {
      const value = valueOf(cell, splitAtIt);
      if (value !== undefined) found.push([byPlace.get(JSON.stringify(valuePattern.match(column))) ?? column, value]);
    }
    return found;
  };
}

function byColumn(
  { columns: name, named: form, split }: ColumnAttributes,
  { path }: SourceUse,
  context: MappingContext,
): ReadPairs {
  const column = context.columns.get(name);
  const splitAtIt = split === undefined ? undefined : splitAt(split);
  if (!column?.pattern) {
    context.compiler.fault(`${path}/columns`, `"${name}" is no declared column with {placeholders}`);
    return () => [];
  }
  const { pattern, index } = column;
  return (cells) =>
    Object.entries(entriesOf(cells[index]) ?? {}).flatMap(([own, cell]): [string, AttributeValue][] => {
      const value = valueOf(cell, splitAtIt);
      const words = pattern.match(own) ?? {};
      const called = form === undefined ? own : form.replace(/\{(\w+)\}/g, (all, word: string) => words[word] ?? all);
      return value === undefined ? [] : [[called, value]];
    });
}

function pairs(
  { pairs: source, split, between, items }: PairAttributes,
  use: SourceUse,
  context: MappingContext,
): ReadPairs {
  const read = text(source, { ...use, path: `${use.path}/pairs` }, context);
  const splitItems = items === undefined ? undefined : splitAt(items);
  return (cells, notes) => {
    const cell = read(cells, notes);
    if (cell === undefined) return [];
    const found = writtenPairsOf(cell, split, between);
    if (found === undefined) {
      const problem = `which does not begin with a name, then "${between}" and its value: write it like colour${between}Black.`;
      notes.errors.push(badCell("INVALID_PRODUCT", context.columnOf.get(use.field) ?? use.field, cell, problem));
      return [];
    }
    const byName = new Map<string, string[]>();
    for (const [name, value] of found) {
      const all = (splitItems === undefined ? [value] : itemsIn(value, splitItems, items!)).map(unquoted);
      byName.set(name, [...(byName.get(name) ?? []), ...all]);
    }
    return [...byName].flatMap(([name, all]): [string, AttributeValue][] => {
      const [only] = all;
      return only === undefined ? [] : [[name, all.length > 1 ? all : only]];
    });
  };
}

/**
 * The pairs of a text. A piece without the sign between belongs to the value before it, which holds the separator itself; undefined
 * where none stands before it. Some shops put values into quotes, which may hold anything.
 */
export function pairsOf(cell: string, separator: string, between: string): [name: string, value: string][] | undefined {
  return writtenPairsOf(cell, separator, between)?.map(([name, value]) => [name, unquoted(value)]);
}

/** The same, with the values as they are written: in quotes where they have some. */
function writtenPairsOf(cell: string, separator: string, between: string): [string, string][] | undefined {
  const found: [string, string][] = [];
  for (const piece of splitAt(separator)(cell)) {
    const at = piece.indexOf(between);
    const last = found.at(-1);
    if (last && isOpen(last[1], cell)) last[1] += separator + piece;
    else if (at > 0) found.push([piece.slice(0, at).trim(), piece.slice(at + between.length).trim()]);
    else if (last) last[1] += separator + piece;
    else if (piece.trim() !== "") return undefined;
  }
  return found.filter(([, value]) => unquoted(value) !== "");
}

/** The items of a value; a separator in quotes belongs to the item. */
function itemsIn(value: string, split: Split, separator: string): string[] {
  const found: string[] = [];
  for (const piece of split(value)) {
    const last = found.at(-1);
    if (last !== undefined && isOpen(last, value)) found[found.length - 1] = last + separator + piece;
    else if (piece.trim() !== "") found.push(piece.trim());
  }
  return found;
}

/** Whether a value begins with a quote that is still to be closed. */
function isOpen(value: string, cell: string): boolean {
  return value.startsWith('"') && hasOdd(value) && !hasOdd(cell);
}

function hasOdd(text: string): boolean {
  return (text.split('"').length - 1) % 2 === 1;
}

function unquoted(value: string): string {
  return /^"(?:[^"]|"")*"$/.test(value) ? value.slice(1, -1).replaceAll('""', '"') : value;
}

function valueOf(
  cell: SingleCell | undefined,
  split: ReturnType<typeof splitAt> | undefined,
): AttributeValue | undefined {
  if (cell === null || cell === undefined) return undefined;
  return split === undefined ? cell : partsOf(cell, split);
}
