import { expect, test } from "vitest";
import { fileOf, imported } from "./imported.ts";
import { readShopify } from "./shopify.ts";

test.each([
  ["samples/shopify/products.csv", 5],
  ["samples/shopify/products-2025.csv", 2],
  ["test/fixtures/shopify/shopify.csv", 20],
])("every product of %s, with its variants, is what an independent reading says", async (sample, count) => {
  const { products, failures, warnings, unread } = await imported("shopify", sample);
  expect(products).toEqual(readShopify(fileOf(sample)));
  expect(products).toHaveLength(count);
  expect([failures, warnings, unread]).toEqual([[], [], []]);
});
