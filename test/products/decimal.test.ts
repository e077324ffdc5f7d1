import fc from "fast-check";
import { expect, test } from "vitest";
import { compareDecimals, readDecimal } from "#products/decimal.ts";

test.each([
  ["0", ".", "0"],
  ["00.10", ".", "0.10"],
  ["1234567", ",", "1234567"],
  ["1.234", ",", "1234"],
  ["1.234", ".", "1.234"],
] as const)("%s with the decimal sign %s is %s", (text, sign, decimal) => {
  expect(readDecimal(text, sign)).toBe(decimal);
});

test.each([
  "",
  " 1",
  "1 ",
  ".5",
  "5.",
  "1..2",
  "1.2.3",
  "1,2",
  "12,34,567.00",
  "1,234 567",
  "１２",
  "0x10",
  "1e3",
  "+1",
  "NaN",
])("%j is no decimal number", (text) => {
  expect(readDecimal(text, ".")).toBeUndefined();
});

test("comparing decimals orders them as their values, whatever zeros they carry", () => {
  const decimals = fc.record({ units: fc.nat(), cents: fc.nat(99), zeros: fc.nat(3), more: fc.nat(3) });
  const text = ({ units, cents, zeros, more }: { units: number; cents: number; zeros: number; more: number }): string =>
    `${"0".repeat(zeros)}${units}.${String(cents).padStart(2, "0")}${"0".repeat(more)}`;
  fc.assert(
    fc.property(decimals, decimals, (a, b) => {
      const expected = Math.sign(a.units * 100 + a.cents - (b.units * 100 + b.cents));
      expect(Math.sign(compareDecimals(text(a), text(b)))).toBe(expected);
    }),
  );
  expect(compareDecimals("5", "5.00")).toBe(0);
  expect(compareDecimals("5.01", "5")).toBeGreaterThan(0);
  expect(compareDecimals("0.30000000000000001", "0.3")).toBeGreaterThan(0);
});
