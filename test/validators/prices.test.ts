import { expect, test } from "vitest";
import { prices } from "../../handlers/validators/prices.ts";
import { errorsOf, setting } from "./rules.ts";

const rule = prices(
  [
    { currency: "EUR", min: "0.01", max: "1000" },
    { currency: "EUR", category: "Men/Socks", max: "20" },
    { currency: "USD", min: "5" },
  ],
  setting,
);

test.each(["0.01", "1000", "1000.00", "0999.99", "20.01"])("%s EUR is within the limits", (price) => {
  expect(errorsOf(rule, { price, currency: "EUR" })).toEqual([]);
});

test.each([
  ["0", "less than 0.01 EUR, the limit"],
  ["0.009999999999999999999", "less than 0.01 EUR, the limit"],
  ["1000.0000000000000000001", "more than 1000 EUR, the limit"],
  ["10000000000000000000000", "more than 1000 EUR, the limit"],
])("%s EUR is %s", (price, limit) => {
  expect(errorsOf(rule, { price, currency: "EUR" })).toEqual([
    {
      code: "PRICE_OUT_OF_RANGE",
      message: `Column "PRICE" gives the price ${price} EUR, ${limit}: correct the price, or have the limit changed.`,
      column: "PRICE",
      value: price,
    },
  ]);
});

test("a limit of a category holds in it and below it", () => {
  const sock = { price: "21", currency: "EUR", categories: [["Men", "Socks", "Wool"]] };
  expect(errorsOf(rule, sock).map(({ message }) => message)).toEqual([
    'Column "PRICE" gives the price 21 EUR, more than 20 EUR, the limit in the category "Men/Socks": correct the price, or have the limit changed.',
  ]);
  expect(errorsOf(rule, { ...sock, categories: [["Women", "Socks"]] })).toEqual([]);
  expect(errorsOf(rule, { ...sock, price: "2000" })).toHaveLength(2);
});

test("other currencies have their own limits, or none", () => {
  expect(errorsOf(rule, { price: "4.99", currency: "USD" })).toHaveLength(1);
  expect(errorsOf(rule, { price: "4.99", currency: "JPY" })).toEqual([]);
});

test("special prices are held to the limits too, and products without price to none", () => {
  expect(errorsOf(rule, { price: "10", specialPrice: "0", currency: "EUR" })).toMatchObject([
    { column: "SPECIALPRICE" },
  ]);
  expect(errorsOf(rule, {})).toEqual([]);
});
