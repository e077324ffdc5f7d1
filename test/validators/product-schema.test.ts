import { expect, test } from "vitest";
import type { Product } from "#products/product.ts";
import { productSchema } from "../../handlers/validators/product-schema.ts";
import { errorsOf, setting } from "./rules.ts";

const rule = productSchema(setting.columnOf);

test("a product with every field passes", () => {
  const product: Required<Product> = {
    sku: "0017",
    name: "Beanie",
    description: "",
    shortDescription: "Warm",
    brand: "Acme",
    categories: [["Men", "Winter Wear"], ["Sale"]],
    price: "12.50",
    currency: "EUR",
    specialPrice: "10",
    specialPriceFrom: "2024-02-01",
    specialPriceTo: "2024-02-15T23:59:59",
    stock: "-3",
    attributes: { colour: "red", new: true, tags: ["a"] },
    images: ["1.webp"],
    barcode: "4006381333931",
    weight: { value: "1.2", unit: "kg" },
    status: "discontinued",
    parentSku: "0016",
    prices: [{ price: "11.00", currency: "USD", channel: "web", customerGroup: "trade" }],
    translations: { de_DE: { name: "Mütze", description: "", shortDescription: "Warm", attributes: { care: "Hand" } } },
    variants: [
      {
        sku: "0017-M",
        options: { Size: "M" },
        price: "12.50",
        specialPrice: "10",
        prices: [{ price: "11.00", currency: "USD" }],
        stock: "2",
        barcode: "4006381333931",
        weight: { value: "1.2", unit: "kg" },
        images: ["m.webp"],
        attributes: { colour: "red", battery: { value: "5000", unit: "mAh" } },
      },
    ],
  };
  expect(errorsOf(rule, product)).toEqual([]);
});

test.each<[Partial<Product>, string, string]>([
  [
    { sku: " " },
    "SKU",
    'Column "SKU" gives " ", but a product\'s sku must be text of at most 500 characters that is not blank: correct the cell.',
  ],
  [
    { specialPriceFrom: "2016-06-31T10:00:00Z" },
    "SPECIALPRICEFROM",
    'Column "SPECIALPRICEFROM" gives "2016-06-31T10:00:00Z", which is no day of the calendar: correct the cell.',
  ],
  [
    { stock: "12.5" },
    "STOCK",
    'Column "STOCK" gives "12.5", but a product\'s stock must be a whole number of units, like 100: correct the cell.',
  ],
  [
    { barcode: "4,00638E+12" },
    "BARCODE",
    'Column "BARCODE" gives "4,00638E+12", but a product\'s barcode must be digits only: correct the cell.',
  ],
  [
    { status: "sold" as "active" },
    "STATUS",
    'Column "STATUS" gives "sold", but a product\'s status must be one of active, inactive, discontinued: correct the cell.',
  ],
  [
    { images: ["ok", "not ok"] },
    "IMAGES",
    'Column "IMAGES" gives "["ok","not ok"]", but a product\'s images must be image references without white space: correct the cell.',
  ],
  [
    { price: "5" },
    "CURRENCY",
    'Column "CURRENCY" gives nothing, but a product\'s currency must be three capital letters, like EUR: correct the cell.',
  ],
  [
    { specialPrice: "5" },
    "CURRENCY",
    'Column "CURRENCY" gives nothing, but a product\'s currency must be three capital letters, like EUR: correct the cell.',
  ],
  [
    { specialPriceFrom: "01.02.2024" },
    "SPECIALPRICEFROM",
    'Column "SPECIALPRICEFROM" gives "01.02.2024", but a product\'s specialPriceFrom must be an ISO 8601 date, like 2024-02-01: correct the cell.',
  ],
  [
    { attributes: { size: 5 as unknown as string } },
    "ATTRIBUTES.SIZE",
    'Column "ATTRIBUTES.SIZE" gives "5", but a product\'s attributes.size must be texts, flags, lists of texts, or numbers with a unit: correct the cell.',
  ],
])("%j is refused with the column", (product, column, message) => {
  expect(errorsOf(rule, product)).toMatchObject([{ code: "INVALID_PRODUCT", message, column }]);
});

test("a field that breaks the schema in several places is told once", () => {
  expect(errorsOf(rule, { images: ["a b", "c d", ""] })).toHaveLength(1);
});

test("a price is never a float", () => {
  expect(errorsOf(rule, { price: 12.5 as unknown as string, currency: "EUR" })).toHaveLength(1);
});

test("a field nobody knows is refused", () => {
  expect(errorsOf(rule, { colour: "red" } as Partial<Product>)).toMatchObject([{ code: "INVALID_PRODUCT" }]);
});

test("a sku of 500 emoji is the longest", () => {
  expect(errorsOf(rule, { sku: "🧦".repeat(500) })).toEqual([]);
  expect(errorsOf(rule, { sku: "🧦".repeat(501) })).toHaveLength(1);
});
