import { expect, test } from "vitest";
import { readAkeneo } from "./akeneo.ts";
import { fileOf, imported } from "./imported.ts";

test.each([
  ["products", 5],
  ["product-models", 1],
])("every record of the %s of akeneo's sample is what an independent reading says", async (name, count) => {
  const sample = `samples/akeneo/${name}.csv`;
  const { products, failures, warnings, unread } = await imported("akeneo", sample);
  expect(products).toEqual(readAkeneo(fileOf(sample)));
  expect(products).toHaveLength(count);
  expect([failures, warnings, unread]).toEqual([[], [], []]);
});
