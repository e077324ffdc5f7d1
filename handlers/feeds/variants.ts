import { badCell } from "#feeds/bad-cell.ts";
import type { PairVariants, RowVariants, VariantsSettings } from "#feeds/feed.ts";
import { pairsOf } from "#feeds/fields/attributes.ts";
import { identifier, text } from "#feeds/fields/text.ts";
import { ownExtra, readRow, type GroupRow } from "#feeds/group-rows.ts";
import { pointer } from "#feeds/invalid-feed.ts";
import type { MappingContext } from "#feeds/mapping-context.ts";
import { takePrice } from "#feeds/own-price.ts";
import { compileFields, isOfRow, putField, type FieldReader } from "#feeds/record-fields.ts";
import { itemsOf, splitAt } from "#feeds/separator.ts";
import type { Read } from "#feeds/source.ts";
import type { Field } from "#kinds/kind.ts";
import type { Attributes, Product, Variant } from "#products/product.ts";
import type { Notes } from "#records/notes.ts";

/** Reads the variants of a record; what its rows say of it where it has none goes into the record itself. */
export type ReadVariants = (
  product: Product,
  rows: readonly GroupRow[],
  notes: Notes,
  /** What columns that the feed does not declare say of the product. */
  extra?: Attributes,
) => void;

const path = pointer("mapping", "variants");

/** Compiles what a feed says of variants: one for each row that has a key, or those of one cell. */
export function compileVariants(settings: VariantsSettings, field: Field, context: MappingContext): ReadVariants {
  return "each" in settings && typeof settings["each"] === "string"
    ? ofCell(settings as PairVariants, context)
    : ofRows(settings as RowVariants, field, context);
}

function ofRows(settings: RowVariants, { fields = new Map() }: Field, context: MappingContext): ReadVariants {
  const { when, sku, ...rest } = settings;
  for (const name of Object.keys(rest)) {
    const type = fields.get(name)?.type;
    if (type === undefined || !isOfRow(type))
      context.compiler.fault(path, `"${name}" is not a setting that is known here`);
  }
  if (sku === undefined) context.compiler.fault(path, `"sku" is missing`);
  const asked = when && context.compiler.condition(when, `${path}/when`);
  const use = { field: "variants.sku", path: `${path}/sku` };
  const key = identifier((sku ?? { constant: "" }) as string, use, context);
  const readers = compileFields(fields, rest, { field: "variants", path }, context);
  const keyColumn = context.columnOf.get("variants.sku") ?? "sku";

  return (product, rows, notes, extra) => {
    const found: { variant: Variant; row: GroupRow }[] = [];
    for (const row of rows) {
      const own = readRow<string>(
        (cells, more) => (asked && !asked(cells, more) ? undefined : key(cells, more)),
        row,
        notes,
      );
      if (own === undefined) continue;
      const variant = variantOf(own, product, readers, row, notes);
      const differs = ownExtra(row, extra);
      if (differs !== undefined) variant.attributes = { ...differs, ...variant.attributes };
      if (rest["price"] === undefined) takePrice(variant, product, context.catalog);
      found.push({ variant, row });
    }
    const [only, ...others] = found;
    if (only && others.length === 0 && only.variant.options === undefined) {
      becomeProduct(product, only.variant);
      return;
    }
    checkKeys(found, keyColumn, notes);
    if (found.length > 0) product.variants = found.map(({ variant }) => variant);
  };
}

function variantOf(
  sku: string,
  product: Product,
  readers: readonly FieldReader[],
  row: GroupRow,
  notes: Notes,
): Variant {
  const variant: Variant = { sku };
  // Which column an image came from is asked of those of the product.
  const { imagesFrom } = notes;
  for (const reader of readers) {
    const value = readRow(reader.read, row, notes);
    if (value === undefined) continue;
    const errors = notes.errors.length;
    putField(variant as unknown as Record<string, unknown>, reader, value, product, notes);
    notes.line = row.line;
    notes.place(errors);
    notes.line = undefined;
  }
  notes.imagesFrom = imagesFrom;
  return variant;
}

/** A product without options has no variants: its one row is the product itself. */
function becomeProduct(product: Product, { sku: _key, options: _none, attributes, ...fields }: Variant): void {
  const known = { ...product };
  Object.assign(product, fields, known);
  if (attributes !== undefined) product.attributes = { ...attributes, ...known.attributes };
}

/** Some systems let variants share a key: that is told. What is the same in its options too cannot be told apart. */
function checkKeys(found: readonly { variant: Variant; row: GroupRow }[], column: string, notes: Notes): void {
  const known = new Map<string, { variant: Variant; row: GroupRow }[]>();
  for (const one of found) {
    const { variant, row } = one;
    const others = known.get(variant.sku);
    if (others === undefined) {
      known.set(variant.sku, [one]);
      continue;
    }
    const same = others.find((other) => optionsText(other.variant) === optionsText(variant));
    others.push(one);
    if (same === undefined) {
      notes.warn({ code: "VARIANT_KEY_REPEATED", column, value: variant.sku });
      continue;
    }
    const where = same.row.line === row.line ? "twice in this row" : `in line ${same.row.line} too`;
    const problem = `which stands ${where}, with the same options: give every variant of a product a key of its own.`;
    notes.errors.push({ ...badCell("DUPLICATE_KEY", column, variant.sku, problem), line: row.line });
  }
}

function optionsText({ options = {} }: Variant): string {
  return JSON.stringify(Object.entries(options).sort());
}

function ofCell({ pairs, each, split, between, sku }: PairVariants, context: MappingContext): ReadVariants {
  const use = { field: "variants", path: `${path}/pairs` };
  const cell: Read<string> = text(pairs, use, context);
  const column = context.columnOf.get("variants") ?? "variants";
  const splitEach = splitAt(each);
  return (product, rows, notes) => {
    for (const row of rows) {
      const all = readRow(cell, row, notes);
      if (all === undefined) continue;
      const found = (itemsOf(all, splitEach) ?? []).flatMap((one): { variant: Variant; row: GroupRow }[] => {
        const { [sku]: key, ...others } = Object.fromEntries(pairsOf(one, split, between) ?? []) as Record<
          string,
          string
        >;
        if (key === undefined) {
          const problem = `which has no "${sku}${between}…" in "${one}": give every variant its key.`;
          notes.errors.push({ ...badCell("BAD_KEY", column, all, problem), line: row.line });
          return [];
        }
        return [{ variant: { sku: key, ...(Object.keys(others).length > 0 && { options: others }) }, row }];
      });
      checkKeys(found, column, notes);
      if (found.length > 0) product.variants = [...(product.variants ?? []), ...found.map(({ variant }) => variant)];
    }
  };
}
