import fc from "fast-check";
import { expect, test } from "vitest";
import { compareDecimals, isGroupedOnce, readDecimal } from "#products/decimal.ts";

test.each([
  ["0", ".", "0"],
  ["00.10", ".", "0.10"],
  ["1234567", ",", "1234567"],
  ["1.234", ",", "1234"],
  ["1.234", ".", "1.234"],
  ["1,299", ".", "1299"],
  ["1.234,50", ",", "1234.50"],
  ["1 234,50", ",", "1234.50"],
  ["999.999.999", ",", "999999999"],
  [".5000", ".", "0.5000"],
  [",5", ",", "0.5"],
] as const)("%s with the decimal sign %s is %s", (text, sign, decimal) => {
  expect(readDecimal(text, sign)).toBe(decimal);
});

test.each([
  "",
  " 1",
  "1 ",
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

test.each([
  "0.125",
  "0.990",
  "00.500",
  "012.345",
  "0 125",
  "0.125.000",
  "1.2345",
  "1234.567",
  "12.34",
  "1.234.56",
  "12,50,",
  "1,2,3",
])("%j is no number with a decimal comma", (text) => {
  expect(readDecimal(text, ",")).toBeUndefined();
});

test("a number that is written with the other decimal sign is never another number, except in whole thousands", () => {
  const number = fc.tuple(
    fc.nat(999_999),
    fc.string({ unit: fc.constantFrom("0", "1", "2", "5", "9"), minLength: 1, maxLength: 6 }),
  );
  fc.assert(
    fc.property(number, ([whole, fraction]) => {
      const read = readDecimal(`${whole}.${fraction}`, ",");
      const groups = whole > 0 && whole < 1000 && fraction.length === 3;
      expect(read).toBe(groups ? `${whole}${fraction}` : undefined);
      if (groups) expect(isGroupedOnce(`${whole}.${fraction}`, ",")).toBe(true);
    }),
  );
});

test.each([
  ["1,299", ".", true],
  ["€ 1,299", ".", true],
  ["1.299", ",", true],
  ["1.299 kg", ",", true],
  ["1,299.00", ".", false],
  ["1,234,567", ".", false],
  ["1.299", ".", false],
  ["1299", ".", false],
  ["1 299", ",", false],
] as const)("that %j with the decimal sign %s can be read two ways is %j", (text, sign, twoWays) => {
  expect(isGroupedOnce(text, sign)).toBe(twoWays);
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
  const signed = fc.record({ cents: fc.integer(), zeros: fc.nat(3) });
  const written = ({ cents, zeros }: { cents: number; zeros: number }): string =>
    `${cents < 0 ? "-" : ""}${"0".repeat(zeros)}${Math.floor(Math.abs(cents) / 100)}.${String(Math.abs(cents) % 100).padStart(2, "0")}`;
  fc.assert(
    fc.property(signed, signed, (a, b) => {
      expect(Math.sign(compareDecimals(written(a), written(b)))).toBe(Math.sign(a.cents - b.cents));
    }),
  );
  expect(compareDecimals("-0", "0.00")).toBe(0);
  expect(compareDecimals("-0", "-1")).toBeGreaterThan(0);
  expect(compareDecimals("5", "5.00")).toBe(0);
  expect(compareDecimals("5.01", "5")).toBeGreaterThan(0);
  expect(compareDecimals("0.30000000000000001", "0.3")).toBeGreaterThan(0);
});
