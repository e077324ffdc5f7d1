import fc from "fast-check";
import { expect, test } from "vitest";
import type { SourceSettings } from "#feeds/feed.ts";
import { faultsOf, mapRows, type TestRow } from "./map-rows.ts";

type Arithmetic = Omit<SourceSettings, "from">;

function priceOf(settings: Arithmetic, row: TestRow): string | undefined {
  return mapRows({ price: { from: "a", currency: "EUR", ...settings } }, [{ b: null, ...row }]).product.price;
}

test.each<[what: string, settings: Arithmetic, row: TestRow, price: string]>([
  ["cents", { dividedBy: "100" }, { a: "1999" }, "19.99"],
  ["what no float can say", { times: "3" }, { a: "0.1" }, "0.3"],
  ["seventeen digits and more", { plus: "0.01" }, { a: "90071992547409910000" }, "90071992547409910000.01"],
  ["a discount in percent", { percentOff: { from: "b" } }, { a: "19.90", b: "15" }, "16.915"],
  ["rounded half up", { percentOff: { from: "b" }, round: 2 }, { a: "19.90", b: "15 %" }, "16.92"],
  ["rounding fills up", { round: 2 }, { a: "5" }, "5.00"],
  ["a price with an impact", { plus: { from: "b" } }, { a: "20", b: "-2.50" }, "17.5"],
  ["a blank operand changes nothing", { plus: { from: "b" } }, { a: "20.00" }, "20"],
  ["all in their order", { times: "2", dividedBy: "4", plus: "1", percentOff: "50", round: 1 }, { a: "10" }, "3.0"],
  ["the decimal comma of the operands too", { decimal: ",", times: { from: "b" } }, { a: "2,5", b: "1,2" }, "3"],
  ["thirds, where they are rounded", { dividedBy: "3", round: 4 }, { a: "1" }, "0.3333"],
])("computes %s", (_, settings, row, price) => {
  expect(priceOf(settings, row)).toBe(price);
});

test("a price stays as it is written where nothing is computed", () => {
  expect(priceOf({}, { a: "12.50" })).toBe("12.50");
});

test("what is computed is exact", () => {
  const cents = fc.bigInt({ min: 0n, max: 10n ** 24n });
  fc.assert(
    fc.property(cents, cents, (a, b) => {
      const price = priceOf({ plus: { from: "b" }, dividedBy: "100", round: 2 }, { a: String(a), b: String(b) });
      // Divided first, then added to: the sum in hundredths.
      const sum = a + b * 100n;
      expect(price?.replace(".", "").replace(/^0+(?=\d)/, "")).toBe(String(sum));
    }),
  );
});

test.each<[TestRow, string]>([
  [
    { a: "5", b: "some" },
    'BAD_NUMBER Column "b" has "some", which is not a number to compute with: write it like 12.5.',
  ],
  [{ a: "5", b: "0" }, 'BAD_NUMBER Column "b" has "0", which is not a number to compute with: write it like 12.5.'],
])("%j cannot be divided", (row, sentence) => {
  expect(mapRows({ price: { from: "a", currency: "EUR", dividedBy: { from: "b" }, round: 2 } }, [row])).toEqual({
    product: {},
    errors: [sentence],
    warnings: [],
  });
});

test.each<[what: string, settings: Arithmetic, fault: string]>([
  [
    "a third without rounding",
    { dividedBy: "3" },
    "/mapping/price/dividedBy: the result may have no end: say with round how many decimals it has",
  ],
  [
    "a column without rounding",
    { dividedBy: { from: "b" } },
    "/mapping/price/dividedBy: the result may have no end: say with round how many decimals it has",
  ],
  ["nought", { dividedBy: "0" }, '/mapping/price/dividedBy: "0" is not a number to compute with'],
  ["a word", { times: "two" }, '/mapping/price/times: "two" is not a number to compute with'],
  ["an unknown column", { plus: { from: "z" } }, '/mapping/price/plus/from: no column "z" is declared'],
])("%s is a fault", (_, settings, fault) => {
  expect(faultsOf({ price: { from: "a", currency: "EUR", ...settings } }, ["a", "b"])).toEqual([fault]);
});

test("stock, weights and attributes are computed as well", () => {
  const mapping = {
    stock: { from: "a", plus: { from: "b" } },
    weight: { from: "a", unit: "kg", dividedBy: "1000" },
    attributes: { height: { from: "a", type: "measure", unit: "mm", times: "10" } },
  } as const;
  expect(mapRows(mapping, [{ a: "12", b: "3" }]).product).toEqual({
    stock: "15",
    weight: { value: "0.012", unit: "kg" },
    attributes: { height: { value: "120", unit: "mm" } },
  });
});
