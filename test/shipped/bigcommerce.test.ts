import { expect, test } from "vitest";
import { readBigCommerce } from "./bigcommerce.ts";
import { fileOf, imported } from "./imported.ts";

test.each([
  ["samples/bigcommerce/products.csv", 3],
  ["samples/bigcommerce/products-legacy.csv", 2],
])("every product of %s, with its variants, is what an independent reading says", async (sample, count) => {
  const { products, failures, warnings, unread } = await imported("bigcommerce", sample);
  expect(products).toEqual(readBigCommerce(fileOf(sample)));
  expect(products).toHaveLength(count);
  expect([failures, warnings, unread]).toEqual([[], [], []]);
});
