import { describe, expect, test } from "vitest";
import { range } from "../../handlers/validators/range.ts";
import { compileFeed } from "#feeds/compile.ts";
import type { Product } from "#products/product.ts";
import { errorsOf as errorsOfCsv, smallFeed } from "../stages/run-stages.ts";
import { errorsOf, setting } from "./rules.ts";

const limits = { stock: { min: "0" }, "weight.value": { max: "30" }, "attributes.rating": { min: "-1.5", max: "5" } };
const rule = range(limits, setting);

test.each<Partial<Product>>([
  {},
  { stock: "0" },
  { stock: "-0" },
  { stock: "99999999999999999999" },
  { weight: { value: "30.00", unit: "kg" } },
  { attributes: { rating: "-1.50" } },
  { attributes: { rating: "5", other: "9" } },
])("%j is within the limits", (product) => {
  expect(errorsOf(rule, product)).toEqual([]);
});

test.each<[Partial<Product>, string, string]>([
  [
    { stock: "-1" },
    "STOCK",
    'Column "STOCK" gives "-1", less than 0, the limit: correct the number, or have the limit changed.',
  ],
  [
    { weight: { value: "30.01", unit: "g" } },
    "WEIGHT",
    'Column "WEIGHT" gives "30.01", more than 30, the limit: correct the number, or have the limit changed.',
  ],
  [
    { attributes: { rating: "-1.51" } },
    "ATTRIBUTES.RATING",
    'Column "ATTRIBUTES.RATING" gives "-1.51", less than -1.5, the limit: correct the number, or have the limit changed.',
  ],
  [
    { attributes: { rating: "good" } },
    "ATTRIBUTES.RATING",
    'Column "ATTRIBUTES.RATING" gives "good", which is no decimal number, where -1.5 to 5 is allowed: correct the number, or have the limit changed.',
  ],
])("%j is not", (product, column, message) => {
  expect(errorsOf(rule, product)).toMatchObject([{ code: "OUT_OF_RANGE", column, message }]);
});

test("stock may be required not to be negative", () => {
  const parts = { columns: { stock: {} }, mapping: { stock: "stock" } };
  const strict = smallFeed({ ...parts, validators: { range: { stock: { min: "0" } } } });
  expect(errorsOfCsv(strict, "id,stock\n7,-3\n")).toMatchObject([
    { code: "OUT_OF_RANGE", column: "stock", value: "-3" },
  ]);
  expect(errorsOfCsv(smallFeed(parts), "id,stock\n7,-3\n")).toEqual([]);
});

test("what breaks the product schema is told once", () => {
  const parts = { columns: { stock: {} }, mapping: { stock: "stock" } };
  const feed = smallFeed({ ...parts, validators: { range: { stock: { min: "0" } } } });
  expect(errorsOfCsv(feed, "id,stock\n7,many\n").map(({ code }) => code)).toEqual(["INVALID_PRODUCT"]);
});

describe("a limit that cannot hold is a fault of the feed", () => {
  test.each([
    [
      { name: { min: "0" } },
      '/validators/range/name: a product has no number "name": use price, specialPrice, stock, weight.value, or attributes.<name>',
    ],
    [{ price: { min: "0" } }, '/validators/range/price: the mapping fills no "price"'],
    [{ stock: {} }, "/validators/range/stock: give min, max or both"],
    [{ stock: { min: "1", max: "-1" } }, "/validators/range/stock: min is greater than max"],
    [{ stock: { min: "1,5" } }, '/validators/range/stock/min: must be decimal text, like "-12.50"'],
  ])("%j", (range, fault) => {
    const json = {
      catalog: "c",
      key: "id",
      columns: { id: {}, s: {} },
      mapping: { stock: "s" },
      validators: { range },
    };
    expect(() => compileFeed("f", json)).toThrow(`feeds/f.json: ${fault}`);
  });
});
