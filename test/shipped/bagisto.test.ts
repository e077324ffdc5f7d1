import { expect, test } from "vitest";
import { readBagisto } from "./bagisto.ts";
import { fileOf, imported } from "./imported.ts";

const sample = "samples/bagisto/products.csv";

test("every record of the sample of bagisto is what an independent reading says", async () => {
  const { products, failures, warnings, unread } = await imported("bagisto", sample);
  expect(products).toEqual(readBagisto(fileOf(sample)));
  expect(products).toHaveLength(26);
  expect([failures, warnings, unread]).toEqual([[], [], []]);
});
