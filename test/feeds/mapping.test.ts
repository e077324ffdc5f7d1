import { expect, test } from "vitest";
import type { MappingSettings } from "#feeds/feed.ts";
import type { Product } from "#products/product.ts";
import { productOf, sentencesOf, smallFeed } from "../stages/run-stages.ts";

const columns = {
  a: {},
  b: {},
  list: { cleanse: [{ list: "," }] },
  flag: { cleanse: [{ boolean: { yes: ["y"], no: ["n"] } }] },
};

/** The product of one record "7,<a>,<b>,<list>,<flag>" under that mapping. */
function map(mapping: MappingSettings, a: string, b = "", list = "", flag = ""): Product {
  return productOf(smallFeed({ columns, mapping }), csvOf(a, b, list, flag));
}

function refuse(mapping: MappingSettings, a: string, b = ""): string[] {
  return sentencesOf(smallFeed({ columns, mapping }), csvOf(a, b, "", ""));
}

function csvOf(...cells: string[]): string {
  return `id,a,b,list,flag\n7,${cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(",")}\n`;
}

test.each<[string, MappingSettings, string[], Omit<Product, "sku">]>([
  ["a column's name copies it", { name: "a" }, [" Beanie ☃ "], { name: " Beanie ☃ " }],
  ["from copies it too", { name: { from: "a" } }, ["Beanie"], { name: "Beanie" }],
  ["an empty cell leaves the field out", { name: "a" }, [""], {}],
  ["a constant needs no column", { brand: { constant: "Acme" } }, [""], { brand: "Acme" }],
  ["join leaves absent cells out", { name: { join: ["a", "b"] } }, ["Acme", ""], { name: "Acme" }],
  [
    "join puts its text between",
    { name: { join: ["a", "b"], with: " - " } },
    ["Acme", "Sock"],
    { name: "Acme - Sock" },
  ],
  ["join of nothing is nothing", { name: { join: ["a", "b"] } }, ["", ""], {}],
  ["split takes a part", { stock: { from: "a", split: "=", part: 2 } }, ["default=100"], { stock: "100" }],
  ["split counts from the end", { brand: { from: "a", split: "/", part: -1 } }, ["x/y/ z "], { brand: "z" }],
  ["split takes a line", { stock: { from: "a", split: "\n", part: 2 } }, ["shop\r\n100"], { stock: "100" }],
  [
    "categories are split at line breaks",
    { categories: { from: "a", paths: "\n", levels: "\r\n" } },
    ["Men\rHats"],
    { categories: [["Men"], ["Hats"]] },
  ],
  [
    "a separator behind a backslash belongs to the name",
    { categories: { from: "a", paths: ",", levels: "/" } },
    ["Men/Tops \\/ Shirts,Salt\\, Pepper/Mills/,\\/"],
    { categories: [["Men", "Tops / Shirts"], ["Salt, Pepper", "Mills"], ["/"]] },
  ],
  [
    "images are split at line breaks",
    { images: { from: "a", split: "\n" } },
    ["x.jpg\r\ny.jpg"],
    { images: ["x.jpg", "y.jpg"] },
  ],
  ["a part that is not there is absent", { brand: { from: "a", split: "/", part: 3 } }, ["x/y"], {}],
  [
    "words are looked up",
    { status: { from: "a", words: { "1": "active", "0": "inactive" } } },
    ["0"],
    { status: "inactive" },
  ],
  [
    "any other word can have a meaning",
    { status: { from: "a", words: { x: "inactive" }, otherwise: "active" } },
    ["?"],
    { status: "active" },
  ],
  [
    "words of a flag are true and false",
    { status: { from: "flag", words: { true: "active", false: "discontinued" } } },
    ["", "", "", "n"],
    { status: "discontinued" },
  ],
  [
    "money takes its currency from the feed",
    { price: { from: "a", currency: "EUR", decimal: "," } },
    ["1.234,50"],
    { price: "1234.50", currency: "EUR" },
  ],
  [
    "money takes its currency from a column",
    { price: { from: "a", currencyFrom: "b" } },
    ["12.50", " usd "],
    { price: "12.50", currency: "USD" },
  ],
  ["money takes its currency from the cell", { price: { from: "a" } }, ["£9.99"], { price: "9.99", currency: "GBP" }],
  ["no amount, no currency", { price: { from: "a", currency: "EUR" } }, [""], {}],
  [
    "a special price alone brings the currency",
    { specialPrice: { from: "a", currency: "EUR" } },
    ["5"],
    { specialPrice: "5", currency: "EUR" },
  ],
  ["one category of one level", { categories: "a" }, ["Men/Winter"], { categories: [["Men/Winter"]] }],
  [
    "categories split into paths and levels",
    { categories: { from: "a", paths: ",", levels: "/" } },
    ["Men / Winter Wear, Sale,"],
    { categories: [["Men", "Winter Wear"], ["Sale"]] },
  ],
  [
    "categories of a list",
    { categories: { from: "list", levels: ">" } },
    ["", "", "A > B,C"],
    { categories: [["A", "B"], ["C"]] },
  ],
  ["separators alone are no category", { categories: { from: "a", paths: ",", levels: "/" } }, [" / , "], {}],
  [
    "an image that stands twice is one",
    { images: { from: ["a", "b"], split: "|" } },
    ["1.webp|2.webp|1.webp", "3.webp|2.webp"],
    { images: ["1.webp", "2.webp", "3.webp"] },
  ],
  [
    "a zone of ISO 8601 without its colon gets it",
    { specialPriceFrom: { from: "a", split: "/", part: 1 }, specialPriceTo: { from: "a", split: "/", part: 2 } },
    ["2026-02-24T13:00-0800/2026-03-01T15:30:10.5+0100"],
    { specialPriceFrom: "2026-02-24T13:00-08:00", specialPriceTo: "2026-03-01T15:30:10.5+01:00" },
  ],
  [
    "images of several columns",
    { images: { from: ["a", "b"] } },
    ["1.webp", "2.webp"],
    { images: ["1.webp", "2.webp"] },
  ],
  [
    "images split in a cell",
    { images: { from: "a", split: "|" } },
    ["1.webp| 2.webp|"],
    { images: ["1.webp", "2.webp"] },
  ],
  [
    "a prefix goes before what is no URL",
    { images: { from: "a", split: "|", prefix: "https://img.example/" } },
    ["1.webp|https://x.example/2.webp"],
    { images: ["https://img.example/1.webp", "https://x.example/2.webp"] },
  ],
  ["weight with its unit in the cell", { weight: { from: "a" } }, ["1.2 kg"], { weight: { value: "1.2", unit: "kg" } }],
  [
    "weight with the feed's unit",
    { weight: { from: "a", unit: "g" } },
    ["1,200"],
    { weight: { value: "1200", unit: "g" } },
  ],
  [
    "a unit in the cell wins",
    { weight: { from: "a", unit: "kg", decimal: "," } },
    ["0,5 Lbs."],
    { weight: { value: "0.5", unit: "lb" } },
  ],
  [
    "weight with a unit's column",
    { weight: { from: "a", unitFrom: "b" } },
    ["3", "Ounces"],
    { weight: { value: "3", unit: "oz" } },
  ],
  [
    "attributes keep texts, lists and flags",
    { attributes: { colour: "a", tags: "list", new: "flag", source: { constant: true } } },
    ["red", "", "x,y", "y"],
    { attributes: { colour: "red", tags: ["x", "y"], new: true, source: true } },
  ],
  ["identifiers stay text", { barcode: "a", parentSku: "b" }, ["0017", "1E5"], { barcode: "0017", parentSku: "1E5" }],
])("%s", (_, mapping, cells, expected) => {
  const [a = "", b, list, flag] = cells;
  expect(map(mapping, a, b, list, flag)).toEqual({ sku: "7", ...expected });
});

test.each<[MappingSettings, string, string, string]>([
  [
    { price: { from: "a", currency: "EUR" } },
    "1E5",
    "",
    'BAD_MONEY Column "a" has "1E5", which is not an amount that can be charged: write it like 1234.50.',
  ],
  [
    { price: { from: "a", currency: "EUR" } },
    "$5",
    "",
    'BAD_MONEY Column "a" has "$5", which is not in EUR: write the amount in EUR.',
  ],
  [
    { price: { from: "a", currencyFrom: "b" } },
    "5",
    "",
    'BAD_MONEY Column "a" has "5", which has no currency: fill in the column "b".',
  ],
  [
    { price: { from: "a", currencyFrom: "b" } },
    "5",
    "Taler",
    'BAD_MONEY Column "b" has "Taler", which is not a currency: use a code of ISO 4217, like EUR.',
  ],
  [
    { price: { from: "a", currency: "EUR" }, specialPrice: { from: "b" } },
    "5",
    "£4",
    'BAD_MONEY Column "b" has "£4", which is in GBP where the price is in EUR: use one currency for both.',
  ],
  [
    { weight: { from: "a", unit: "kg" } },
    "heavy",
    "",
    'BAD_MEASURE Column "a" has "heavy", which is not a weight in g, kg, oz or lb: write it like 1.2, or 1.2 kg.',
  ],
  [
    { weight: { from: "a" } },
    "5",
    "",
    'BAD_MEASURE Column "a" has "5", which is not a weight in g, kg, oz or lb: write it like 1.2 kg.',
  ],
  [
    { weight: { from: "a", unitFrom: "b" } },
    "5",
    "stone",
    'BAD_MEASURE Column "b" has "stone", which is no unit of weight: use g, kg, oz or lb.',
  ],
  [
    { status: { from: "a", words: { "1": "active", "0": "inactive" } } },
    "2",
    "",
    'INVALID_PRODUCT Column "a" has "2", which is none of the feed\'s words ("0", "1"): use one of these.',
  ],
])("%j refuses %j, %j: %s", (mapping, a, b, sentence) => {
  expect(refuse(mapping, a, b)).toEqual([sentence]);
});

test("a record with several cells that cannot be mapped is told all of them", () => {
  const mapping: MappingSettings = { price: { from: "a", currency: "EUR" }, weight: { from: "b", unit: "kg" } };
  expect(refuse(mapping, "cheap", "light").map((sentence) => sentence.split(" ")[0])).toEqual([
    "BAD_MONEY",
    "BAD_MEASURE",
  ]);
});

test("columns that are not declared become attributes where the feed says so, and never replace mapped ones", () => {
  const feed = smallFeed({ unknownColumns: "attributes", columns, mapping: { attributes: { colour: "a" } } });
  const product = productOf(feed, "id,a,colour,Care label ☃,empty,_code\n7,red,blue, 30° ,,X\n");
  expect(product.attributes).toEqual({ colour: "red", "Care label ☃": " 30° " });
});
