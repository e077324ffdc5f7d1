import { expect, test } from "vitest";
import { changesBetween } from "#products/changes.ts";
import type { Product } from "#products/product.ts";

const before: Product = {
  sku: "A",
  name: "Hat",
  price: "10",
  currency: "EUR",
  stock: "4",
  categories: [["Men", "Hats"]],
  weight: { value: "1", unit: "kg" },
  attributes: { colour: "red", sizes: ["S", "M"], new: true, screen: { value: "5", unit: "in" } },
  translations: { de_DE: { name: "Hut", attributes: { care: "kalt" } } },
  prices: [{ price: "12", currency: "USD", country: "US" }],
  variants: [
    { sku: "A-S", options: { Size: "S" }, price: "10", attributes: { ean: "1" } },
    { sku: "A-M", price: "11", prices: [{ price: "13", currency: "USD" }] },
  ],
};

test("a product is the same as itself", () => {
  expect(changesBetween(before, structuredClone(before))).toEqual([]);
});

test.each<[string, Partial<Product>, object[]]>([
  ["a field that differs", { price: "100" }, [{ field: "price", before: "10", after: "100" }]],
  ["one that is new", { brand: "Acme" }, [{ field: "brand", after: "Acme" }]],
  ["a list", { categories: [["Men"]] }, [{ field: "categories", before: "Men > Hats", after: "Men" }]],
  ["a measure", { weight: { value: "2", unit: "kg" } }, [{ field: "weight", before: "1 kg", after: "2 kg" }]],
  [
    "attributes",
    { attributes: { colour: "blue", sizes: ["S"], new: true } },
    [
      { field: "attributes.colour", before: "red", after: "blue" },
      { field: "attributes.sizes", before: "S | M", after: "S" },
      { field: "attributes.screen", before: "5 in" },
    ],
  ],
  [
    "a translation",
    { translations: { de_DE: { name: "Mütze", attributes: { care: "kalt" } } } },
    [{ field: "translations.de_DE.name", before: "Hut", after: "Mütze" }],
  ],
  [
    "further prices",
    { prices: [{ price: "14", currency: "USD", country: "US" }] },
    [{ field: "prices", of: "USD US", before: "12", after: "14" }],
  ],
  [
    "variants",
    { variants: [{ sku: "A-S", options: { Size: "XS" }, price: "9", attributes: { ean: "1" } }] },
    [
      { field: "variants", before: "A-S | A-M", after: "A-S" },
      { field: "variants.options", of: "A-S", before: "Size: S", after: "Size: XS" },
      { field: "variants.price", of: "A-S", before: "10", after: "9" },
      { field: "variants.price", of: "A-M", before: "11" },
      { field: "variants.prices", of: "A-M USD", before: "13" },
    ],
  ],
])("%s", (_what, parts, changes) => {
  expect(changesBetween(before, { ...before, ...parts })).toEqual(changes);
});

test("a field that is gone", () => {
  const { stock: _gone, ...after } = before;
  expect(changesBetween(before, after)).toEqual([{ field: "stock", before: "4" }]);
});
