import { createHash } from "node:crypto";
import type { Product } from "#products/product.ts";

/** A hash of what a product says, independent of the order in which a mapping filled it: 32 hex digits. */
export function contentHashOf(product: Product): string {
  return createHash("sha256").update(JSON.stringify(product, sortedKeys)).digest("hex").slice(0, 32);
}

function sortedKeys(_key: string, value: unknown): unknown {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
