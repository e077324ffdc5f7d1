import { expect, test } from "vitest";
import type { PriceSettings } from "#feeds/feed.ts";
import type { Price } from "#products/product.ts";
import { faultsOf, mapRows, type TestRow } from "./map-rows.ts";

test.each<[what: string, settings: PriceSettings[], row: TestRow, prices: Price[] | undefined]>([
  [
    "columns by currency",
    [{ from: "price-{currency}" }],
    { "price-{currency}": { "price-EUR": "12.50", "price-USD": "14" } },
    [
      { price: "12.50", currency: "EUR" },
      { price: "14", currency: "USD" },
    ],
  ],
  [
    "columns by channel and currency",
    [{ from: "price-{channel}-{currency}" }],
    { "price-{channel}-{currency}": { "price-web-EUR": "12.50" } },
    [{ price: "12.50", currency: "EUR", channel: "web" }],
  ],
  [
    "one cell, several forms, in cents",
    [
      {
        from: "p",
        split: ";",
        form: ["{channel}-{currency} {price}", "{currency} {price}"],
        dividedBy: "100",
        round: 2,
      },
    ],
    { p: "EUR 18750;US-USD 18750; " },
    [
      { price: "187.50", currency: "EUR" },
      { price: "187.50", currency: "USD", channel: "US" },
    ],
  ],
  [
    "a column for a group of customers",
    [{ from: "p", currency: "EUR", customerGroup: "trade" }],
    { p: "9" },
    [{ price: "9", currency: "EUR", customerGroup: "trade" }],
  ],
  [
    "none where the condition does not hold",
    [{ from: "p", currency: "EUR", when: { column: "q" } }],
    { p: "9", q: null },
    undefined,
  ],
  ["none of a blank cell", [{ from: "p", currency: "EUR" }], { p: null }, undefined],
])("%s", (_, prices, row, expected) => {
  const { product, errors } = mapRows({ prices }, [row]);
  expect(errors).toEqual([]);
  expect(product).toEqual(expected === undefined ? {} : { prices: expected });
});

test.each<[settings: PriceSettings, row: TestRow, sentence: string]>([
  [
    { from: "p", form: "{currency} {price}" },
    { p: "18750" },
    'BAD_MONEY Column "p" has "18750", which is not written like {currency} {price}: correct the price.',
  ],
  [
    { from: "price-{currency}" },
    { "price-{currency}": { "price-XXQ": "5" } },
    'BAD_MONEY Column "price-XXQ" has "XXQ", which is not a currency: use a code of ISO 4217, like EUR.',
  ],
  [{ from: "p" }, { p: "5" }, 'BAD_MONEY Column "p" has "5", which has no currency: write it like 5 EUR.'],
])("%j of %j is told", (settings, row, sentence) => {
  const { errors } = mapRows({ prices: [settings] }, [row]);
  expect(errors[0]?.split(":")[0]).toBe(sentence.split(":")[0]);
  expect(errors).toHaveLength(1);
});

test.each<[settings: PriceSettings, fault: string]>([
  [
    { from: "p", form: "{currency}" },
    "/mapping/prices/0/form: must hold {price}, and beside it only {currency}, {channel} and {customerGroup}",
  ],
  [
    { from: "p", form: ["{price}", "{price} {shop}"] },
    "/mapping/prices/0/form/1: must hold {price}, and beside it only {currency}, {channel} and {customerGroup}",
  ],
  [
    { from: "p", currency: "EUR", currencyFrom: "q" },
    "/mapping/prices/0: give the currency or the column that names it, not both",
  ],
  [{ from: "z" }, '/mapping/prices/0/from: no column "z" is declared'],
])("%j is a fault", (settings, fault) => {
  expect(faultsOf({ prices: [settings] }, ["p", "q"])).toEqual([fault]);
});
