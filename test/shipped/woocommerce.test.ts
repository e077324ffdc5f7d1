import { expect, test } from "vitest";
import { fileOf, imported } from "./imported.ts";
import { readWooCommerce } from "./woocommerce.ts";

test.each([
  ["samples/woocommerce/products.csv", 8],
  ["samples/woocommerce/produkte.csv", 3],
])("every record of %s is what an independent reading says", async (sample, count) => {
  const { products, failures, warnings, unread } = await imported("woocommerce", sample);
  expect(products).toEqual(readWooCommerce(fileOf(sample)));
  expect(products).toHaveLength(count);
  expect([failures, warnings, unread]).toEqual([[], [], []]);
});
