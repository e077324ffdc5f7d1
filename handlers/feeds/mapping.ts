import type { Catalog } from "#feeds/catalog-settings.ts";
import type { Column } from "#feeds/columns.ts";
import type { FeedFile, MappingSettings } from "#feeds/feed.ts";
import { groupRows, readGroup, type GroupRow } from "#feeds/group-rows.ts";
import { pointer, type NoteFault } from "#feeds/invalid-feed.ts";
import type { MappingContext } from "#feeds/mapping-context.ts";
import { takePrice } from "#feeds/own-price.ts";
import { compileFields, isOfRow, putField } from "#feeds/record-fields.ts";
import { columnsOf } from "#feeds/field-sources.ts";
import { SourceCompiler, type CompileLookup } from "#feeds/source.ts";
import { compileTranslations } from "#feeds/translations.ts";
import { compileVariants } from "#feeds/variants.ts";
import type { Field, Kind } from "#kinds/kind.ts";
import { attributeOf } from "#products/fields.ts";
import type { Attributes, Product } from "#products/product.ts";
import type { RestructuredLine, RestructuredRow } from "#records/line.ts";
import type { Notes } from "#records/notes.ts";

/** The cells of a restructured record: those of its row, and of the further rows of a group. */
export type RecordCells = Pick<RestructuredLine, "line" | "cells" | "extra" | "unreadable" | "more">;

/** Makes a product of the cells of a restructured record. What cannot be mapped is noted and left out. */
export type ToProduct = (key: string, record: RecordCells, notes: Notes) => Product;

/** Name of the file's column that fills a product field ("price", "attributes.colour"), where one does. */
export type ColumnOf = (field: string) => string | undefined;

export interface Mapping {
  readonly toProduct: ToProduct;
  readonly columnOf: ColumnOf;
}

/** What a mapping is compiled with, beside its feed. */
export interface MappingOptions {
  readonly kind: Kind;
  readonly columns: ReadonlyMap<string, Column>;
  readonly catalog: Catalog;
  readonly lookup?: CompileLookup | undefined;
  readonly fault: NoteFault;
}

const at = pointer("mapping");

/** Compiles the mapping of a feed to closures, once: each field by its type, which its kind's schema names. */
export function compileMapping(file: FeedFile, { kind, columns, catalog, lookup, fault }: MappingOptions): Mapping {
  const { mapping } = file;
  const columnOf = new Map<string, string>();
  const compiler = new SourceCompiler(columns, fault, { lookup, group: file.rows?.group });
  const context: MappingContext = { compiler, columns, catalog, columnOf };
  for (const name of Object.keys(mapping)) {
    const type = kind.fields.get(name)?.type;
    if (type === undefined || type === "key" || type === "currency")
      fault(at, `"${name}" is not a setting that is known here`);
  }
  const readers = compileFields(kind.fields, mapping, { field: "", path: at }, context);
  const variants = mapping.variants && compileVariants(mapping.variants, fieldOf(kind, "variants"), context);
  const translations =
    mapping.translations && compileTranslations(mapping.translations, fieldOf(kind, "translations"), context);
  const [keyColumn] = columnsOf(file.key);
  if (keyColumn !== undefined) columnOf.set("sku", keyColumn);
  const byGroups = variants !== undefined || translations !== undefined;
  const attributesOfColumns = file.unknownColumns === "attributes";

  const ofRow = (product: Product, { cells, extra }: RecordCells, notes: Notes): void => {
    const record = product as unknown as Record<string, unknown>;
    for (const reader of readers) {
      const value = reader.read(cells, notes);
      if (value !== undefined) putField(record, reader, value, product, notes);
    }
    if (extra !== undefined) product.attributes = { ...extra, ...product.attributes };
  };

  const ofGroup = (product: Product, record: RecordCells, notes: Notes): void => {
    const rows = groupRows([record, ...(record.more ?? [])]);
    const own = translations?.isOfRow ? rows.filter((row) => !translations.isOfRow!(row, notes)) : rows;
    const read = own.length > 0 ? own : rows.slice(0, 1);
    for (const reader of readers) {
      const found = readGroup(reader.type, reader.read, read, notes);
      if (found === undefined) continue;
      const errors = notes.errors.length;
      putField(product as unknown as Record<string, unknown>, reader, found.value, product, notes);
      notes.placeAt(errors, found.row.line);
    }
    const extra = extraOf(read);
    if (extra !== undefined) product.attributes = { ...extra, ...product.attributes };
    variants?.(product, own, notes, extra);
    translations?.read(product, rows, notes, extra);
  };

  return {
    toProduct: (key, record, notes) => {
      const product: Product = { sku: key };
      if (record.more === undefined && !byGroups) ofRow(product, record, notes);
      else ofGroup(product, record, notes);
      if (product.prices !== undefined && mapping.price === undefined) takePrice(product, product, catalog);
      return product;
    },
    columnOf: (field) =>
      columnOf.get(field) ??
      // A product without options is its own variant.
      columnOf.get(`variants.${field}`) ??
      (attributesOfColumns && !isMapped(mapping, field) ? attributeOf(field) : undefined),
  };
}

/** Whether the mapping says where a product field comes from; the currency comes with the price. */
export function isMapped(mapping: MappingSettings, field: string): boolean {
  const attribute = attributeOf(field);
  if (attribute !== undefined)
    return [mapping.attributes ?? {}].flat().some((named) => Object.hasOwn(named, attribute));
  const { price, specialPrice, prices, variants = {}, translations = {} } = mapping;
  if (field === "currency") return [price, specialPrice, prices].some((one) => one !== undefined);
  return (
    field === "sku" ||
    [mapping, variants, translations].some((settings) => Object.hasOwn(settings, field)) ||
    (field === "price" && prices !== undefined)
  );
}

function fieldOf(kind: Kind, name: string): Field {
  const field = kind.fields.get(name);
  if (field === undefined || isOfRow(field.type)) throw new Error(`A ${kind.name} has no ${name}.`);
  return field;
}

/** What stands in columns that the feed does not declare, each from the first row that has it. */
function extraOf(rows: readonly (GroupRow | RestructuredRow)[]): Attributes | undefined {
  let all: Attributes | undefined;
  for (const { extra } of rows) if (extra !== undefined) all = { ...extra, ...all };
  return all;
}
