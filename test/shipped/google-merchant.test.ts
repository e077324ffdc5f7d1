import { expect, test } from "vitest";
import { readGoogleMerchant } from "./google-merchant.ts";
import { fileOf, imported } from "./imported.ts";

test.each([
  ["tsv", "\t", 4, ["VALUE_OMITTED gtin 323-4567-890126"]],
  ["csv", ",", 2, []],
])(
  "every record of the %s file of google-merchant's sample is what an independent reading says",
  async (ending, delimiter, count, told) => {
    const sample = `samples/google-merchant/products.${ending}`;
    const { products, failures, warnings, unread } = await imported("google-merchant", sample);
    expect(products).toEqual(readGoogleMerchant(fileOf(sample), delimiter));
    expect(products).toHaveLength(count);
    expect([failures, unread, warnings]).toEqual([[], [], told]);
  },
);
