import { expect, test } from "vitest";
import { readCommercetools } from "./commercetools.ts";
import { fileOf, imported } from "./imported.ts";
import type { Told } from "./rows.ts";
import { readVendure, readVendureLanguages } from "./vendure.ts";

test.each<[string, (path: string) => Told[], number]>([
  ["commercetools", readCommercetools, 3],
  ["vendure", readVendure, 3],
  ["vendure-languages", readVendureLanguages, 2],
])("every record of a file of the shape of %s is what an independent reading says", async (shape, read, count) => {
  const file = `test/fixtures/shapes/${shape}.csv`;
  const { products, failures, unread } = await imported(shape, file, "test/fixtures/shapes");
  expect(products).toEqual(read(fileOf(file)));
  expect(products).toHaveLength(count);
  expect([failures, unread]).toEqual([[], []]);
});
