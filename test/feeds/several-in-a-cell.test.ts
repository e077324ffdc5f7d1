import { expect, test } from "vitest";
import type { MappingSettings } from "#feeds/feed.ts";
import type { Product } from "#products/product.ts";
import { productOf, smallFeed } from "../stages/run-stages.ts";

/** The product of one record "7,<a>,<b>" under that mapping. */
function map(mapping: MappingSettings, a: string, b = ""): Product {
  return productOf(smallFeed({ columns: { a: {}, b: {} }, mapping }), `id,a,b\n7,${a},${b}\n`);
}

const options: MappingSettings = { variants: { sku: "id", options: [{ names: "a", values: "b", split: "|" }] } };

test.each([
  ["size|colour", "S|red", { size: "S", colour: "red" }],
  ["size", "S", { size: "S" }],
  ["size|colour", "S", { "size|colour": "S" }],
  ["size", "S|M", { size: "S, M" }],
  ["", "S|M", { b: "S, M" }],
])("of the names %j the options %j are %j", (names, values, expected) => {
  expect(map(options, names, values).variants).toEqual([{ sku: "7", options: expected }]);
});

test("names of attributes are not split: there are several items of one", () => {
  expect(map({ attributes: [{ names: "a", values: "b", split: "|" }] }, "x|y", "1|2").attributes).toEqual({
    "x|y": ["1", "2"],
  });
});

test.each([
  ["facet:shirts|brand:Acme|facet:blue", { facet: ["shirts", "blue"], brand: "Acme" }],
  ["facet:shirts", { facet: "shirts" }],
  ['"a:""x|y: z""|b:""say """"hi"""" ""|c:"""""', { a: "x|y: z", b: 'say "hi" ' }],
  ['"width:5""|b:6"', { width: '5"', b: "6" }],
])("the pairs %j are %j", (pairs, expected) => {
  expect(map({ attributes: [{ pairs: "a", split: "|", between: ":" }] }, pairs).attributes).toEqual(expected);
});

test("items of a pair's value may be in quotes each", () => {
  expect(
    map(
      { attributes: [{ pairs: "a", split: ",", between: "=", items: "|" }] },
      '"m=""Nylon, strong""|""Wool"",c=""Red"""',
    ).attributes,
  ).toEqual({ m: ["Nylon, strong", "Wool"], c: "Red" });
});

test("a bar in quotes belongs to the item", () => {
  const attributes = [{ pairs: "a", split: ",", between: "=", items: "|" }];
  expect(map({ attributes }, '"t=""a, b|"",m=""Opt|1""|""Opt 2"""').attributes).toEqual({
    t: "a, b|",
    m: ["Opt|1", "Opt 2"],
  });
});

test("prices are for a country, a channel and a group, as their forms say", () => {
  const form = [
    "{country}-{currency} {price}#{channel}",
    "{country}-{currency} {price}",
    "{currency} {price} {customerGroup}",
  ];
  const { prices } = map(
    {
      prices: [
        { from: "a", split: ";", form, dividedBy: "100" },
        { from: "b", currency: "CHF", country: "CH" },
      ],
    },
    "DE-EUR 1500;DE-EUR 1450#berlin;USD 1250 b2b",
    "17",
  );
  expect(prices).toEqual([
    { price: "15", currency: "EUR", country: "DE" },
    { price: "14.5", currency: "EUR", country: "DE", channel: "berlin" },
    { price: "12.5", currency: "USD", customerGroup: "b2b" },
    { price: "17", currency: "CHF", country: "CH" },
  ]);
});
