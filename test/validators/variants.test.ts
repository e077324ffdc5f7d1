import { expect, test } from "vitest";
import type { Product, Variant } from "#products/product.ts";
import { barcode } from "../../handlers/validators/barcode.ts";
import { images } from "../../handlers/validators/images.ts";
import { prices } from "../../handlers/validators/prices.ts";
import { productSchema } from "../../handlers/validators/product-schema.ts";
import { prohibited } from "../../handlers/validators/prohibited.ts";
import { range } from "../../handlers/validators/range.ts";
import { required } from "../../handlers/validators/required.ts";
import type { Rule } from "../../handlers/validators/rule.ts";
import { errorsOf, setting } from "./rules.ts";

const sentences = (rule: Rule, product: Partial<Product>): string[] =>
  errorsOf(rule, product).map(({ message }) => message);
const withVariants = (...variants: Variant[]): Partial<Product> => ({ currency: "EUR", variants });

test("prices of variants, and further prices, are held to the limits", () => {
  const rule = prices(
    [
      { currency: "EUR", max: "100" },
      { currency: "USD", max: "50" },
    ],
    setting,
  );
  expect(
    sentences(rule, withVariants({ sku: "a", price: "100" }, { sku: "b", price: "100.01", specialPrice: "101" })),
  ).toEqual([
    'Column "VARIANTS.PRICE" of the variant "b" gives the price 100.01 EUR, more than 100 EUR, the limit: correct the price, or have the limit changed.',
    'Column "VARIANTS.SPECIALPRICE" of the variant "b" gives the price 101 EUR, more than 100 EUR, the limit: correct the price, or have the limit changed.',
  ]);
  expect(
    sentences(rule, {
      prices: [
        { price: "50", currency: "USD" },
        { price: "51", currency: "USD", channel: "web" },
      ],
    }),
  ).toEqual([
    'Column "PRICES" gives the price 51 USD, more than 50 USD, the limit: correct the price, or have the limit changed.',
  ]);
  expect(errorsOf(rule, withVariants({ sku: "a", prices: [{ price: "51", currency: "USD" }] }))).toMatchObject([
    { column: "VARIANTS.PRICES", value: "51" },
  ]);
});

test("numbers of variants are held to the ranges, attributes with a unit too", () => {
  const rule = range({ stock: { min: "0" }, "weight.value": { max: "5" }, "attributes.size": { max: "10" } }, setting);
  expect(
    sentences(
      rule,
      withVariants(
        { sku: "a", stock: "0", weight: { value: "5", unit: "kg" }, attributes: { size: { value: "10", unit: "cm" } } },
        {
          sku: "b",
          stock: "-1",
          weight: { value: "5.1", unit: "kg" },
          attributes: { size: { value: "11", unit: "cm" } },
        },
      ),
    ),
  ).toEqual([
    'Column "VARIANTS.STOCK" of the variant "b" gives "-1", less than 0, the limit: correct the number, or have the limit changed.',
    'Column "VARIANTS.WEIGHT" of the variant "b" gives "5.1", more than 5, the limit: correct the number, or have the limit changed.',
    'Column "VARIANTS.ATTRIBUTES.SIZE" of the variant "b" gives "11", more than 10, the limit: correct the number, or have the limit changed.',
  ]);
});

test("barcodes and images of variants are looked at", () => {
  expect(
    sentences(
      barcode(true, setting),
      withVariants({ sku: "a", barcode: "4006381333931" }, { sku: "b", barcode: "4006381333932" }),
    ),
  ).toEqual([
    'Column "VARIANTS.BARCODE" of the variant "b" has "4006381333932", whose check digit is 2 where 1 fits the others: correct the barcode.',
  ]);
  expect(
    sentences(
      images({}, setting),
      withVariants({ sku: "a", images: ["https://x.example/a.jpg", "http://x.example/b.jpg"] }),
    ),
  ).toEqual([
    'Column "VARIANTS.IMAGES" of the variant "a" has "http://x.example/b.jpg", whose scheme is not https: correct it.',
  ]);
});

test("what a product lacks each variant must have", () => {
  const rule = required(["barcode"], setting);
  expect(sentences(rule, withVariants({ sku: "a", barcode: "1" }, { sku: "b", barcode: "2" }))).toEqual([]);
  expect(sentences(rule, withVariants({ sku: "a", barcode: "1" }, { sku: "b" }))).toEqual([
    'Column "VARIANTS.BARCODE" of the variant "b" is empty, and every variant needs its barcode: fill it in.',
  ]);
  expect(sentences(rule, withVariants({ sku: "a" }, { sku: "b" }))).toEqual([
    'Column "BARCODE" is empty, and every product needs its barcode: fill in the column.',
  ]);
  expect(sentences(rule, { barcode: "1", ...withVariants({ sku: "a" }) })).toEqual([]);
});

test("a prohibited sku, or a prohibited word of any language, refuses the product", () => {
  const rule = prohibited({ skus: ["bad"], keywords: ["waffe"] }, setting);
  expect(errorsOf(rule, { variants: [{ sku: "bad" }], translations: { de_DE: { name: "Eine Waffe" } } })).toMatchObject(
    [
      { column: "VARIANTS.SKU", value: "bad" },
      { column: "TRANSLATIONS.NAME", value: "Eine Waffe" },
    ],
  );
});

test.each<[what: string, product: Partial<Product>, sentence: string]>([
  [
    "a variant's price",
    withVariants({ sku: "a", price: "1" }, { sku: "b", price: "-1" }),
    'Column "VARIANTS.PRICE" of the variant "b" gives "-1", but a variant\'s price must be a decimal number that is not negative, like 12.50: correct the cell.',
  ],
  [
    "a variant's key",
    withVariants({ sku: " " }),
    'Column "VARIANTS.SKU" of the variant " " gives " ", but a variant\'s sku must be text of at most 500 characters that is not blank: correct the cell.',
  ],
  [
    "a variant's option",
    withVariants({ sku: "a", options: { Size: " " } }),
    'Column "VARIANTS.OPTIONS" of the variant "a" gives "{"Size":" "}", but a variant\'s options must be texts by the names of the options, like Size: M: correct the cell.',
  ],
  [
    "a translated name",
    { translations: { de_DE: { name: " " } } },
    'Column "TRANSLATIONS.NAME" in de_DE gives " ", but a translated name must be text that is not blank: correct the cell.',
  ],
])("the schema speaks of %s", (_, product, sentence) => {
  expect(sentences(productSchema(setting.columnOf), product)).toEqual([sentence]);
});

test("a variant's field that the feed omits is left out of that variant", () => {
  const rule = productSchema(setting.columnOf, (field) => field === "variants.stock");
  const product = withVariants({ sku: "a", stock: "3" }, { sku: "b", stock: "many" });
  expect(errorsOf(rule, product)).toEqual([]);
  expect(product.variants).toEqual([{ sku: "a", stock: "3" }, { sku: "b" }]);
});
