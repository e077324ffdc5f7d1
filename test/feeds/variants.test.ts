import { expect, test } from "vitest";
import type { MappingSettings, VariantsSettings } from "#feeds/feed.ts";
import { faultsOf, mapRows, type TestRow } from "./map-rows.ts";

const shop: MappingSettings = {
  name: "title",
  images: "image",
  price: { from: "price", currency: "EUR" },
  variants: {
    sku: "sku",
    options: [{ names: "option", values: "value" }],
    price: { from: "price", currency: "EUR" },
    stock: "stock",
    images: "variant image",
    attributes: { cost: "cost" },
  },
};

const blank: TestRow = {
  title: null,
  image: null,
  price: null,
  sku: null,
  option: null,
  value: null,
  stock: null,
  "variant image": null,
  cost: null,
};

function rows(...own: TestRow[]): TestRow[] {
  return own.map((row) => ({ ...blank, ...row }));
}

test("each row with a key is a variant, of its own cells; names of options are read as above", () => {
  const mapped = mapRows(
    shop,
    rows(
      { title: "Hat", image: "1.jpg", price: "12", sku: "H-S", option: "Size", value: "S", stock: "3", cost: "5" },
      { image: "2.jpg", price: "13", sku: "H-M", value: "M", "variant image": "m.jpg" },
      { image: "3.jpg" },
    ),
  );
  expect(mapped).toEqual({
    product: {
      name: "Hat",
      images: ["1.jpg", "2.jpg", "3.jpg"],
      price: "12",
      currency: "EUR",
      variants: [
        { sku: "H-S", options: { Size: "S" }, price: "12", stock: "3", attributes: { cost: "5" } },
        { sku: "H-M", options: { Size: "M" }, price: "13", images: ["m.jpg"] },
      ],
    },
    errors: [],
    warnings: [],
  });
});

test("a product without options has no variants: its one row is the product itself", () => {
  const mapped = mapRows(
    shop,
    rows({ title: "Hat", price: "12", sku: "H", stock: "3", cost: "5" }, { image: "2.jpg" }),
  );
  expect(mapped.product).toEqual({
    name: "Hat",
    images: ["2.jpg"],
    price: "12",
    currency: "EUR",
    stock: "3",
    attributes: { cost: "5" },
  });
});

test("a key rule where there is no key", () => {
  const variants: VariantsSettings = {
    ...shop.variants,
    sku: { firstOf: ["sku", { join: [{ from: "title", inherit: true }, "value"], with: "-" }] },
  };
  const { product } = mapRows(
    { ...shop, variants },
    rows({ title: "Hat", option: "Size", value: "S" }, { value: "M" }),
  );
  expect(product.variants?.map(({ sku }) => sku)).toEqual(["Hat-S", "Hat-M"]);
});

test("which rows are variants can be said", () => {
  const variants: VariantsSettings = { ...shop.variants, when: { column: "option", is: "Size" } };
  const { product } = mapRows(
    { ...shop, variants },
    rows({ sku: "H", option: "None", value: "x" }, { sku: "H-M", option: "Size", value: "M" }),
  );
  expect(product.variants?.map(({ sku }) => sku)).toEqual(["H-M"]);
});

test("variants that share a key are told, and fail where nothing tells them apart", () => {
  const shared = mapRows(
    shop,
    rows({ sku: "H", option: "Size", value: "S" }, { sku: "H", value: "M" }, { sku: "X", value: "L" }),
  );
  expect(shared.errors).toEqual([]);
  expect(shared.warnings).toEqual(["VARIANT_KEY_REPEATED H"]);
  expect(shared.product.variants).toHaveLength(3);
  const same = mapRows(
    shop,
    rows({ sku: "H", option: "Size", value: "S" }, { sku: "X", value: "L" }, { sku: "H", value: "S" }),
  );
  expect(same.errors).toEqual([
    '4: DUPLICATE_KEY Column "sku" has "H", which stands in line 2 too, with the same options: give every variant of a product a key of its own.',
  ]);
});

test("the errors of a row name its line", () => {
  const { errors } = mapRows(
    shop,
    rows({ sku: "H-S", option: "Size", value: "S" }, { sku: "H-M", value: "M", price: "cheap" }),
  );
  expect(errors.map((error) => error.split(",")[0])).toEqual([
    '3: BAD_MONEY Column "price" has "cheap"',
    '3: BAD_MONEY Column "price" has "cheap"',
  ]);
});

test("all variants in one cell", () => {
  const variants: VariantsSettings = { pairs: "v", each: "|", split: ",", between: "=", sku: "sku" };
  expect(mapRows({ variants }, [{ v: "sku=A-S,size=S,color=Red|sku=A-M,size=M,color=Red" }]).product.variants).toEqual([
    { sku: "A-S", options: { size: "S", color: "Red" } },
    { sku: "A-M", options: { size: "M", color: "Red" } },
  ]);
  expect(mapRows({ variants }, [{ v: "size=S" }]).errors).toEqual([
    '2: BAD_KEY Column "v" has "size=S", which has no "sku=…" in "size=S": give every variant its key.',
  ]);
});

test.each<[what: string, variants: VariantsSettings, fault: string]>([
  ["no key", { options: { Size: "value" } }, '/mapping/variants: "sku" is missing'],
  [
    "an unknown field",
    { sku: "sku", colour: "value" },
    '/mapping/variants: "colour" is not a setting that is known here',
  ],
  [
    "an unknown column",
    { sku: "sku", price: { from: "z", currency: "EUR" } },
    '/mapping/variants/price/from: no column "z" is declared',
  ],
])("%s is a fault", (_, variants, fault) => {
  expect(faultsOf({ variants }, Object.keys(blank))).toEqual([fault]);
});

test("lists are collected over the rows in order, any other field comes from the first row that has it", () => {
  const mapping: MappingSettings = {
    name: "title",
    categories: { from: "cat", levels: "/" },
    attributes: { tags: { from: "tag", split: "," }, colour: "colour" },
  };
  const row = { title: null, cat: null, tag: null, colour: null };
  const { product } = mapRows(mapping, [
    { ...row, cat: "A/B", tag: "x, y" },
    { ...row, title: "Hat", cat: "A/B", tag: "y,z", colour: "red" },
    { ...row, title: "Cap", cat: "C", colour: "blue" },
  ]);
  expect(product).toEqual({
    name: "Hat",
    categories: [["A", "B"], ["C"]],
    attributes: { tags: ["x", "y", "z"], colour: "red" },
  });
});
