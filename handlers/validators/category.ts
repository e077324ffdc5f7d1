import type { Product } from "#products/product.ts";

/** Whether a product is in a category, or in one below it. */
export type InCategory = (product: Product) => boolean;

/** Compiles a path like "Men/Winter Wear"; any case. */
export function inCategory(path: string): InCategory {
  const wanted = path.split("/").map(plain);
  return ({ categories }) =>
    categories?.some((levels) =>
      wanted.every((name, depth) => levels[depth] !== undefined && plain(levels[depth]) === name),
    ) ?? false;
}

function plain(name: string): string {
  return name.trim().toLowerCase();
}
