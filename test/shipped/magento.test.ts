import { expect, test } from "vitest";
import { fileOf, imported } from "./imported.ts";
import { readMagento } from "./magento.ts";

const sample = "samples/magento/products.csv";

test("every record of the sample of magento is what an independent reading says", async () => {
  const { products, failures, warnings, unread } = await imported("magento", sample);
  expect(products).toEqual(readMagento(fileOf(sample)));
  expect(products).toHaveLength(7);
  expect([failures, warnings, unread]).toEqual([[], [], []]);
});
