import type { RecordError, RecordErrorCode } from "#errors/catalogue.ts";
import { quote, shorten } from "#feeds/bad-cell.ts";
import type { NoteFault } from "#feeds/invalid-feed.ts";
import type { ColumnOf } from "#feeds/mapping.ts";
import type { Product, Variant } from "#products/product.ts";
import type { Notes } from "#records/notes.ts";

/** Looks at one product and notes what is wrong with it: all of it, one error each. */
export type Rule = (product: Product, notes: Notes) => void;

/** What a validator may know of the feed that sets it up. */
export interface Setting {
  /** Column of the file that fills a product field, so that an error names it. */
  readonly columnOf: ColumnOf;
  /** Whether anything can fill a product field. */
  readonly isFilled: (field: string) => boolean;
  /** Takes what is wrong with the settings; paths are those inside the feed file. */
  readonly fault: NoteFault;
}

/** A validator: makes a rule of a feed's settings for it, once. */
export type Validator<Settings> = (settings: Settings, setting: Setting) => Rule;

/** An error of a rule, with the column where one fills the field. */
export function broken(
  code: RecordErrorCode,
  message: string,
  column: string | undefined,
  value: string | undefined,
): RecordError {
  return {
    code,
    message,
    ...(column !== undefined && { column }),
    ...(value !== undefined && { value: shorten(value) }),
  };
}

/** How a sentence calls a product field: by its column, or by its own name where a constant or nothing fills it. */
export function called(field: string, columnOf: ColumnOf): string {
  const column = columnOf(field);
  return column === undefined ? `The product's ${field}` : `Column ${quote(column)}`;
}

/** The product itself, or one of its variants: what can have a price, a barcode, images of its own. */
export type Part = Product | Variant;

/** Looks at the product itself, then at each of its variants. */
export function forEachPart(product: Product, look: (part: Part, variant: Variant | undefined) => void): void {
  look(product, undefined);
  if (product.variants) for (const variant of product.variants) look(variant, variant);
}

/** The name of a field of a part, as a mapping has it: "price", or "variants.price". */
export function fieldOfPart(field: string, variant: Variant | undefined): string {
  return variant === undefined ? field : `variants.${field}`;
}

/** How a sentence calls a field of a part. */
export function calledIn(field: string, variant: Variant | undefined, columnOf: ColumnOf): string {
  if (variant === undefined) return called(field, columnOf);
  const column = columnOf(fieldOfPart(field, variant));
  const of = `of the variant ${quote(variant.sku)}`;
  return column === undefined ? `The ${field} ${of}` : `Column ${quote(column)} ${of}`;
}
