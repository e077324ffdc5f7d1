import fc from "fast-check";
import { expect, test } from "vitest";
import { readMoney } from "#feeds/money.ts";

test.each([
  ["12.50", "EUR", ".", "12.50", "EUR"],
  ["1,234.50", "USD", ".", "1234.50", "USD"],
  ["1.234.567,5", "EUR", ",", "1234567.5", "EUR"],
  ["1 234,50", "EUR", ",", "1234.50", "EUR"],
  ["1'234.50", "CHF", ".", "1234.50", "CHF"],
  ["007", "EUR", ".", "7", "EUR"],
  ["€ 12,50", undefined, ",", "12.50", "EUR"],
  ["12.50 €", undefined, ".", "12.50", "EUR"],
  ["12.50eur", undefined, ".", "12.50", "EUR"],
  ["PLN 12.50", undefined, ".", "12.50", "PLN"],
  ["12,50 zł", undefined, ",", "12.50", "PLN"],
  ["$12.50", "CAD", ".", "12.50", "CAD"],
  ["US$ 1", undefined, ".", "1", "USD"],
  ["99999999999999999999.01", "JPY", ".", "99999999999999999999.01", "JPY"],
] as const)("%j with the currency %s and the decimal sign %s is %s %s", (text, said, sign, amount, currency) => {
  expect(readMoney(text, said, sign)).toEqual({ amount, currency });
});

test.each([
  ["1E5", "EUR", "which is not an amount that can be charged: write it like 1234.50."],
  ["1,50", "EUR", "which is not an amount that can be charged: write it like 1234.50."],
  ["1,2345", "EUR", "which is not an amount that can be charged: write it like 1234.50."],
  ["1.", "EUR", "which is not an amount that can be charged: write it like 1234.50."],
  ["-5", "EUR", "which is not an amount that can be charged: write it like 1234.50."],
  ["free", "EUR", "which is not an amount that can be charged: write it like 1234.50."],
  ["€ 5 EUR", "EUR", "which is not an amount that can be charged: write it like 1234.50."],
  ["5", undefined, "which has no currency: write it like 12.50 EUR."],
  ["5 dubloons", undefined, 'whose currency "dubloons" is not known: use a code like EUR.'],
  [
    "$5",
    undefined,
    'whose "$" may be USD, CAD, AUD, NZD, SGD, HKD, MXN: use the code, or declare the currency in the feed.',
  ],
  ["€5", "USD", "which is not in USD: write the amount in USD."],
] as const)("%j with the currency %s is refused: %s", (text, said, problem) => {
  expect(readMoney(text, said, ".")).toEqual({ problem });
});

test("an amount keeps its value in every way of writing it", () => {
  const signs = fc.constantFrom(["." as const, ","], ["," as const, "."], ["," as const, " "], ["." as const, "'"]);
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 20n }), fc.nat(99), signs, (whole, cents, [decimal, thousands]) => {
      const grouped = String(whole).replace(/\B(?=(\d{3})+$)/g, thousands);
      const fraction = String(cents).padStart(2, "0");
      const money = readMoney(`${grouped}${decimal}${fraction} €`, undefined, decimal);
      expect(money).toEqual({ amount: `${whole}.${fraction}`, currency: "EUR" });
    }),
  );
});
