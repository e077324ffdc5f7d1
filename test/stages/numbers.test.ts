import { describe, expect, test } from "vitest";
import type { ColumnSettings, MappingSettings } from "#feeds/feed.ts";
import { runStages, sentencesOf, smallFeed } from "./run-stages.ts";

/** What becomes of one cell: the product's field, what was told, the errors. */
function store(text: string, mapping: MappingSettings, column: ColumnSettings = {}): object {
  const [line] = runStages(smallFeed({ columns: { n: column }, mapping }), `id;n\n7;"${text}"\n`, undefined, ";");
  if (line?.kind !== "mapped") return { failed: line?.kind === "failed" && line.errors.map(({ code }) => code) };
  const { price, stock, weight } = line.product;
  const told = line.warnings?.map(({ code, column, value, became }) => [code, column, value, became].join(" "));
  return { value: price ?? stock ?? weight?.value, ...(told && { told }) };
}

const price = (decimal: "." | ","): MappingSettings => ({ price: { from: "n", currency: "EUR", decimal } });
const weight = (decimal: "." | ","): MappingSettings => ({ weight: { from: "n", unit: "kg", decimal } });

describe("a price under a decimal comma", () => {
  test.each(["0.125", "0.99", "0.990", "00.500", "012.345", "12.50.", "1.2.3", "1234.50", "1,234.50", "1.23,45"])(
    "%s is refused",
    (text) => {
      expect(store(text, price(","))).toEqual({ failed: ["BAD_MONEY"] });
      expect(store(text, weight(","))).toEqual({ failed: ["BAD_MEASURE"] });
    },
  );

  test.each([
    ["1 234,50", "1234.50"],
    ["1\u00a0234,50", "1234.50"],
    ["1\u202f234,50", "1234.50"],
    ["1.234,50", "1234.50"],
    ["12,50 €", "12.50"],
    ["1'234,50", "1234.50"],
    ["12,5", "12.5"],
    ["1.234.567,89", "1234567.89"],
    ["1.234.567", "1234567"],
    ["0,125", "0.125"],
  ])("%s is %s, with nothing to tell", (text, value) => {
    expect(store(text, price(","))).toEqual({ value });
  });

  test.each([
    ["1.234", "1234"],
    ["1.000", "1000"],
    ["€ 1.299", "1299"],
  ])("%s is %s, and told", (text, value) => {
    expect(store(text, price(","))).toEqual({ value, told: [`NUMBER_GROUPED n ${text} ${value}`] });
  });
});

test("under a decimal point 1,299 is 1299 and told, 1,299.00 is not told, and 0,125 is refused", () => {
  expect(store("1,299", price("."))).toEqual({ value: "1299", told: ["NUMBER_GROUPED n 1,299 1299"] });
  expect(store("1,299.00", price("."))).toEqual({ value: "1299.00" });
  expect(store("1.299", price("."))).toEqual({ value: "1.299" });
  expect(store("0,125", price("."))).toEqual({ failed: ["BAD_MONEY"] });
});

test("a weight tells it too", () => {
  expect(store("1,250 kg", weight("."))).toEqual({ value: "1250", told: ["NUMBER_GROUPED n 1,250 kg 1250"] });
  expect(store("1,250", weight("."))).toEqual({ value: "1250", told: ["NUMBER_GROUPED n 1,250 1250"] });
});

test("and so does the step decimalComma", () => {
  const column: ColumnSettings = { cleanse: ["decimalComma"] };
  expect(store("-1.250", { stock: "n" }, column)).toEqual({ value: "-1250", told: ["NUMBER_GROUPED n -1.250 -1250"] });
  expect(store("0.250", { stock: "n" }, column)).toEqual({ failed: ["BAD_NUMBER"] });
});

test("the sentence shows how to write it", () => {
  const feed = smallFeed({ columns: { n: {} }, mapping: price(",") });
  expect(sentencesOf(feed, "id,n\n7,0.125\n")).toEqual([
    'BAD_MONEY Column "n" has "0.125", which is not an amount that can be charged: write it like 1234,50.',
  ]);
});
