import { compareDecimals } from "#products/decimal.ts";
import type { Product } from "#products/product.ts";

/** Whether a price of a product, or of one of its variants, changes by more than a factor, up or down. One in another currency is another price. */
export function isRepriced(before: Product, after: Product, factor: number): boolean {
  if (before.currency !== after.currency) return false;
  if (differs(before.price, after.price, factor)) return true;
  if (before.variants === undefined || after.variants === undefined) return false;
  const known = new Map(before.variants.map(({ sku, price }) => [sku, price]));
  return after.variants.some(({ sku, price }) => differs(known.get(sku), price, factor));
}

function differs(before: string | undefined, after: string | undefined, factor: number): boolean {
  if (before === undefined || after === undefined || compareDecimals(before, after) === 0) return false;
  return ratioOf(before, after) > factor;
}

/** How many times the larger of two prices is the smaller one; for this a float is exact enough. */
export function ratioOf(before: string, after: string): number {
  const [a, b] = [Number(before), Number(after)];
  return Math.max(a, b) / Math.min(a, b);
}
