import type { AttributesSettings, ColumnAttributes, Source, TranslationsSettings } from "#feeds/feed.ts";
import { isMany } from "#feeds/field-sources.ts";
import { text } from "#feeds/fields/text.ts";
import { ownExtra, readRow, type GroupRow } from "#feeds/group-rows.ts";
import { pointer } from "#feeds/invalid-feed.ts";
import type { MappingContext } from "#feeds/mapping-context.ts";
import { compileFields, type FieldReader } from "#feeds/record-fields.ts";
import { asText, entriesOf, type Read } from "#feeds/source.ts";
import type { Field } from "#kinds/kind.ts";
import type { Attributes, Product, Translation } from "#products/product.ts";
import type { Notes } from "#records/notes.ts";

/** Translations, compiled. */
export interface Translations {
  /** Tells a row that holds translations and nothing else. */
  readonly isOfRow: ((row: GroupRow, notes: Notes) => boolean) | undefined;
  /** Reads them into the product: those of the catalog's locale into its own fields, where the record has nothing else for these. */
  readonly read: (product: Product, rows: readonly GroupRow[], notes: Notes, extra?: Attributes) => void;
}

const path = pointer("mapping", "translations");

/** Compiles what a feed says of translations: by columns of a pattern with {locale}, or by rows that name theirs. */
export function compileTranslations(
  settings: TranslationsSettings,
  { fields = new Map() }: Field,
  context: MappingContext,
): Translations {
  const { locale, ...texts } = settings;
  for (const name of Object.keys(texts))
    if (!fields.has(name)) context.compiler.fault(path, `"${name}" is not a setting that is known here`);
  return locale === undefined
    ? { isOfRow: undefined, read: byColumn(texts, context) }
    : byRow(locale, texts, fields, context);
}

/** Puts a text of a locale where it belongs: the first one of a name counts. */
type Put = (locale: string, name: keyof Translation, value: unknown) => void;

/** Texts of the catalog's locale go into the product itself, unless it has others there. */
function putInto(product: Product, ofCatalog: string | undefined): Put {
  const known = new Set<string>();
  const isNew = (locale: string, field: string): boolean => {
    const { size } = known;
    return known.add(`${locale} ${field}`).size > size;
  };
  return (locale, name, value) => {
    const isOwn = locale === ofCatalog;
    if (name !== "attributes") {
      if (!isNew(locale, name)) return;
      const owner = isOwn && product[name] === undefined ? product : translationOf(product, locale);
      owner[name] = value as string;
      return;
    }
    for (const [attribute, text] of Object.entries(value as Attributes)) {
      if (!isNew(locale, `attributes.${attribute}`)) continue;
      const owner = isOwn && product.attributes?.[attribute] === undefined ? product : translationOf(product, locale);
      owner.attributes = { ...owner.attributes, [attribute]: text };
    }
  };
}

function translationOf(product: Product, locale: string): Translation {
  const all = (product.translations ??= {});
  // A file may call its locale anything, __proto__ too.
  if (!Object.hasOwn(all, locale))
    Object.defineProperty(all, locale, { value: {}, enumerable: true, configurable: true, writable: true });
  return all[locale]!;
}

function byRow(
  locale: string,
  texts: Omit<TranslationsSettings, "locale">,
  fields: ReadonlyMap<string, Field>,
  context: MappingContext,
): Translations {
  const read: Read<string> = text(locale, { field: "translations.locale", path: `${path}/locale` }, context);
  const readers: FieldReader[] = compileFields(fields, texts, { field: "translations", path }, context);
  const localeOf = (row: GroupRow, notes: Notes): string | undefined => readRow(read, row, notes)?.trim() || undefined;
  return {
    isOfRow: (row, notes) => localeOf(row, notes) !== undefined,
    read: (product, rows, notes, extra) => {
      const put = putInto(product, context.catalog.locale);
      for (const row of rows) {
        const own = localeOf(row, notes);
        if (own === undefined) continue;
        for (const { name, read: field } of readers) {
          const value = readRow(field, row, notes);
          if (value !== undefined) put(own, name as keyof Translation, value);
        }
        const differs = ownExtra(row, extra);
        if (differs !== undefined) put(own, "attributes", differs);
      }
    },
  };
}

interface LocalText {
  readonly locale: string;
  /** The placeholders of the column, by name. */
  readonly words: Readonly<Record<string, string>>;
  readonly text: string;
}

type ByLocale = (row: GroupRow) => readonly LocalText[];

function byColumn(
  { attributes: named = {}, ...texts }: Omit<TranslationsSettings, "locale">,
  context: MappingContext,
): Translations["read"] {
  const fields = Object.entries(texts).map(([name, source]) => ({
    name: name as keyof Translation,
    read: textsOf(source as Source, `translations.${name}`, path + pointer(name), context),
  }));
  const attributes = [named as AttributesSettings].flat().flatMap((entry, at) => {
    const place = path + (Array.isArray(named) ? pointer("attributes", at) : pointer("attributes"));
    return isMany(entry) ? [severalOf(entry, place, context)] : eachOf(entry, place, context);
  });
  return (product, rows) => {
    const put = putInto(product, context.catalog.locale);
    for (const row of rows) {
      for (const { name, read } of fields) for (const { locale, text } of read(row)) put(locale, name, text);
      for (const { nameOf, read } of attributes)
        for (const { locale, words, text } of read(row)) put(locale, "attributes", { [nameOf(words)]: text });
    }
  };
}

interface LocalAttributes {
  readonly nameOf: (words: Readonly<Record<string, string>>) => string;
  readonly read: ByLocale;
}

function eachOf(entry: object, at: string, context: MappingContext): LocalAttributes[] {
  return Object.entries(entry as Record<string, Source>).map(([name, source]) => ({
    nameOf: () => name,
    read: textsOf(source, `translations.attributes.${name}`, at + pointer(name), context),
  }));
}

/** Attributes whose names stand in the columns' names as well. */
function severalOf(entry: object, at: string, context: MappingContext): LocalAttributes {
  const { columns = "", named } = entry as Partial<ColumnAttributes>;
  if (named === undefined) context.compiler.fault(at, "give columns, and named: the attribute by their placeholders");
  const nameOf: LocalAttributes["nameOf"] = (words) =>
    (named ?? "").replace(/\{(\w+)\}/g, (all, word: string) => words[word] ?? all);
  return { nameOf, read: textsOf(columns, "translations.attributes", `${at}/columns`, context) };
}

/** The texts of a pattern's columns by locale; of several patterns, those of the first one before those of the next. */
function textsOf(source: Source, field: string, at: string, context: MappingContext): ByLocale {
  if (typeof source === "object" && source.firstOf !== undefined) {
    const all = source.firstOf.map((one, index) => textsOf(one, field, `${at}/firstOf/${index}`, context));
    return (row) => all.flatMap((read) => read(row));
  }
  const { columns, compiler, columnOf } = context;
  const name = typeof source === "string" ? source : source.from;
  const column = typeof name === "string" ? columns.get(name) : undefined;
  if (!column?.pattern?.words.includes("locale")) {
    compiler.fault(at, "must be a declared column with the placeholder {locale}");
    return () => [];
  }
  const { pattern, index } = column;
  if (!columnOf.has(field)) columnOf.set(field, column.name);
  return (row) =>
    Object.entries(entriesOf(row.cells[index]) ?? {}).flatMap(([own, cell]): LocalText[] => {
      const text = asText(cell);
      const words = pattern.match(own);
      return text === undefined || words?.["locale"] === undefined ? [] : [{ locale: words["locale"], words, text }];
    });
}
