import type { Source, TranslationsSettings } from "#feeds/feed.ts";
import { text } from "#feeds/fields/text.ts";
import { readRow, type GroupRow } from "#feeds/group-rows.ts";
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
  /** Reads them into the product: those of the catalog's locale into its own fields, where the mapping says nothing else of these. */
  readonly read: (product: Product, rows: readonly GroupRow[], notes: Notes) => void;
}

const path = pointer("mapping", "translations");

/** Compiles what a feed says of translations: by columns of a pattern with {locale}, or by rows that name theirs. */
export function compileTranslations(
  settings: TranslationsSettings,
  { fields = new Map() }: Field,
  mapped: (field: string) => boolean,
  context: MappingContext,
): Translations {
  const { locale, ...texts } = settings;
  const known = fields;
  for (const name of Object.keys(texts))
    if (!known.has(name)) context.compiler.fault(path, `"${name}" is not a setting that is known here`);
  const into = (product: Product, own: string, name: string, value: unknown): void => {
    if (own === context.catalog.locale && !mapped(name)) {
      if (name === "attributes") product.attributes = { ...(value as Attributes), ...product.attributes };
      else (product as unknown as Record<string, unknown>)[name] ??= value;
      return;
    }
    const all = (product.translations ??= {});
    const translation = (all[own] ??= {}) as Record<string, unknown>;
    if (name === "attributes") translation[name] = { ...(value as Attributes), ...(translation[name] as Attributes) };
    else translation[name] ??= value;
  };
  return locale === undefined
    ? { isOfRow: undefined, read: byColumn(texts, context, into) }
    : byRow(locale, texts, known, context, into);
}

type Into = (product: Product, locale: string, name: keyof Translation, value: unknown) => void;

function byRow(
  locale: string,
  texts: Omit<TranslationsSettings, "locale">,
  fields: ReadonlyMap<string, Field>,
  context: MappingContext,
  into: Into,
): Translations {
  const read: Read<string> = text(locale, { field: "translations.locale", path: `${path}/locale` }, context);
  const readers: FieldReader[] = compileFields(fields, texts, { field: "translations", path }, context);
  const localeOf = (row: GroupRow, notes: Notes): string | undefined => readRow(read, row, notes)?.trim() || undefined;
  return {
    isOfRow: (row, notes) => localeOf(row, notes) !== undefined,
    read: (product, rows, notes) => {
      for (const row of rows) {
        const own = localeOf(row, notes);
        if (own === undefined) continue;
        for (const { name, read: field } of readers) {
          const value = readRow(field, row, notes);
          if (value !== undefined) into(product, own, name as keyof Translation, value);
        }
      }
    },
  };
}

type ByLocale = (row: GroupRow, notes: Notes) => Iterable<readonly [locale: string, value: string]>;

function byColumn(
  { attributes: named = {}, ...texts }: Omit<TranslationsSettings, "locale">,
  context: MappingContext,
  into: Into,
): Translations["read"] {
  const fields = Object.entries(texts).map(([name, source]) => ({
    name: name as keyof Translation,
    read: textsOf(source as Source, `translations.${name}`, path + pointer(name), context),
  }));
  if (Array.isArray(named))
    context.compiler.fault(
      `${path}/attributes`,
      "columns of a pattern are named each by its attribute, not in an array",
    );
  const ofAttributes = Object.entries(named as Record<string, Source>).map(([name, source]) => ({
    name,
    read: textsOf(source, `translations.attributes.${name}`, path + pointer("attributes", name), context),
  }));
  return (product, rows, notes) => {
    for (const row of rows) {
      for (const { name, read } of fields) for (const [own, value] of read(row, notes)) into(product, own, name, value);
      for (const { name, read } of ofAttributes)
        for (const [own, value] of read(row, notes)) into(product, own, "attributes", { [name]: value });
    }
  };
}

/** The texts of a pattern's columns by locale. */
function textsOf(source: Source, field: string, at: string, { columns, compiler, columnOf }: MappingContext): ByLocale {
  const name = typeof source === "string" ? source : source.from;
  const column = typeof name === "string" ? columns.get(name) : undefined;
  if (!column?.pattern?.words.includes("locale")) {
    compiler.fault(at, "must be a declared column with the placeholder {locale}");
    return () => [];
  }
  const { pattern, index } = column;
  columnOf.set(field, column.name);
  return (row) =>
    Object.entries(entriesOf(row.cells[index]) ?? {}).flatMap(([own, cell]): [string, string][] => {
      const value = asText(cell);
      const locale = pattern.match(own)?.["locale"];
      return value === undefined || locale === undefined ? [] : [[locale, value]];
    });
}
