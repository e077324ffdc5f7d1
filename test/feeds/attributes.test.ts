import { expect, test } from "vitest";
import type { AttributesSettings } from "#feeds/feed.ts";
import type { Attributes } from "#products/product.ts";
import { faultsOf, mapRows, type TestRow } from "./map-rows.ts";

test.each<[what: string, settings: AttributesSettings, row: TestRow, attributes: Attributes | undefined]>([
  ["names in columns of their own", [{ names: "n", values: "v" }], { n: "Colour", v: "red" }, { Colour: "red" }],
  [
    "a value without a name is called as its column",
    [{ names: "n", values: "v" }],
    { n: null, v: "red" },
    { v: "red" },
  ],
  [
    "names and values by pattern, paired by their place",
    [{ names: "Attribute {n} name", values: "Attribute {n} value(s)", split: "," }],
    {
      "Attribute {n} name": { "Attribute 2 name": "Size", "Attribute 1 name": "Colour" },
      "Attribute {n} value(s)": { "Attribute 1 value(s)": "red, blue", "Attribute 2 value(s)": "M" },
    },
    { Colour: ["red", "blue"], Size: ["M"] },
  ],
  [
    "each column of a pattern",
    [{ columns: "{nutrient}_100g" }],
    { "{nutrient}_100g": { fat_100g: "3.5", salt_100g: "0.1" } },
    { fat_100g: "3.5", salt_100g: "0.1" },
  ],
  [
    "each column of a pattern, named by its placeholder",
    [{ columns: "{nutrient}_100g", named: "{nutrient} per 100 g" }],
    { "{nutrient}_100g": { fat_100g: "3.5" } },
    { "fat per 100 g": "3.5" },
  ],
  ["pairs", [{ pairs: "v", split: ",", between: "=" }], { v: "size=XS,color=Black" }, { size: "XS", color: "Black" }],
  [
    "pairs whose value holds the separator",
    [{ pairs: "v", split: ",", between: "=" }],
    { v: "care=wash, cold,color=Black" },
    { care: "wash, cold", color: "Black" },
  ],
  [
    "pairs of several items",
    [{ pairs: "v", split: ",", between: "=", items: "|" }],
    { v: "material=wool|silk,color=Black" },
    { material: ["wool", "silk"], color: "Black" },
  ],
  [
    "none of them, where a condition does not hold",
    [{ names: "n", values: "v", when: { column: "v", isNot: "Default Title" } }],
    { n: "Title", v: "Default Title" },
    undefined,
  ],
  [
    "of two of one name the first",
    [{ Size: "n" }, { pairs: "v", split: ",", between: "=" }],
    { n: "M", v: "Size=L,Fit=slim" },
    { Size: "M", Fit: "slim" },
  ],
  [
    "a number with a unit",
    { battery: { from: "v", type: "measure" } },
    { v: "5000 mAh" },
    { battery: { value: "5000", unit: "mAh" } },
  ],
  [
    "a number with its unit beside it",
    { width: { from: "v", type: "measure", unitFrom: "n" } },
    { v: "12.5", n: "cm" },
    { width: { value: "12.5", unit: "cm" } },
  ],
  ["a decimal number", { rating: { from: "v", type: "decimal", decimal: "," } }, { v: "4,5" }, { rating: "4.5" }],
  ["a list of several columns", { tags: { from: ["n", "v"] } }, { n: "a", v: "b" }, { tags: ["a", "b"] }],
  ["a list of one cell", { tags: { from: "v", split: ";" } }, { v: "a; b;" }, { tags: ["a", "b"] }],
  [
    "a list of a pattern's columns",
    { tags: "Tag {n}" },
    { "Tag {n}": { "Tag 1": "a", "Tag 3": "b" } },
    { tags: ["a", "b"] },
  ],
  [
    "a list of a column and a pattern's",
    { tags: { from: ["v", "Tag {n}"] } },
    { v: "x", "Tag {n}": { "Tag 1": "a" } },
    { tags: ["x", "a"] },
  ],
])("%s", (_, settings, row, attributes) => {
  const { product, errors } = mapRows({ attributes: settings }, [row]);
  expect(errors).toEqual([]);
  expect(product.attributes).toEqual(attributes);
});

test("a cell that holds no pairs is told", () => {
  const settings = [{ pairs: "v", split: ",", between: "=" }];
  expect(mapRows({ attributes: settings }, [{ v: "black" }]).errors).toEqual([
    'INVALID_PRODUCT Column "v" has "black", which does not begin with a name, then "=" and its value: write it like colour=Black.',
  ]);
});

test("a number that cannot be read is told", () => {
  const settings: AttributesSettings = { width: { from: "v", type: "measure", unitFrom: "n" } };
  expect(mapRows({ attributes: settings }, [{ v: "12,5", n: "cm" }]).errors).toEqual([
    'BAD_MEASURE Column "v" has "12,5", which is not a number with a unit: write it like 1.2, or 1.2 cm.',
  ]);
});

test.each<[what: string, settings: AttributesSettings, fault: string]>([
  [
    "a pattern that is none",
    [{ columns: "v" }],
    '/mapping/attributes/0/columns: "v" is no declared column with {placeholders}',
  ],
  [
    "an unknown column of names",
    [{ names: "z", values: "v" }],
    '/mapping/attributes/0/names: no column "z" is declared',
  ],
  [
    "a flag without its words",
    { on: { from: "v", type: "flag" } },
    "/mapping/attributes/on: attributes.on is a flag and its column holds text: give it the cleansing step boolean",
  ],
  [
    "an unknown type",
    { on: { from: "v", type: "colour" as "text" } },
    '/mapping/attributes/on/type: must be one of "text", "flag", "list", "decimal", "date", "measure"',
  ],
])("%s is a fault", (_, settings, fault) => {
  expect(faultsOf({ attributes: settings }, ["n", "v"])).toContain(fault);
});

test("a first level of categories is left out", () => {
  const categories = { from: "c", paths: ",", levels: "/", root: "Default Category" };
  expect(mapRows({ categories }, [{ c: "Default Category/Gear/Bags,Default Category,Sale" }]).product).toEqual({
    categories: [["Gear", "Bags"], ["Sale"]],
  });
});

test("images of a column and of a pattern's, each noted with its own", () => {
  const images = { from: ["main", "image_{n}"] };
  const row: TestRow = { main: "1.jpg", "image_{n}": { image_1: "2.jpg", image_2: "3.jpg" } };
  expect(mapRows({ images }, [row]).product.images).toEqual(["1.jpg", "2.jpg", "3.jpg"]);
});
