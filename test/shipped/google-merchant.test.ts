import { expect, test } from "vitest";
import { readGoogleMerchant } from "./google-merchant.ts";
import { fileOf, imported } from "./imported.ts";

const sample = "samples/google-merchant/products.tsv";

test("every record of the sample of google-merchant is what an independent reading says", async () => {
  const { products, failures, warnings, unread } = await imported("google-merchant", sample);
  expect(products).toEqual(readGoogleMerchant(fileOf(sample)));
  expect(products).toHaveLength(4);
  expect([failures, unread]).toEqual([[], []]);
  expect(warnings).toEqual(["VALUE_OMITTED gtin 323-4567-890126"]);
});
