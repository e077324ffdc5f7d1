import { expect, test } from "vitest";
import { columnPattern } from "#feeds/column-pattern.ts";

test.each([
  ["description-{locale}", "description-de_DE", { locale: "de_DE" }],
  ["description-{locale}", "description-zh_Hans_CN", { locale: "zh_Hans_CN" }],
  ["name-{locale}-{channel}", "name-en_US-ecommerce", { locale: "en_US", channel: "ecommerce" }],
  ["Attribute {n} value(s)", "Attribute 12 value(s)", { n: "12" }],
  ["price-{currency}", "price-EUR", { currency: "EUR" }],
  ["{nutrient}_100g", "saturated-fat_100g", { nutrient: "saturated-fat" }],
  ["{a}-{a}", "x-x", { a: "x" }],
])("%s fits %s", (name, column, words) => {
  expect({ ...columnPattern(name)?.match(column) }).toEqual(words);
});

test.each([
  ["description-{locale}", "description-html"],
  ["Attribute {n} value(s)", "Attribute one value(s)"],
  ["Attribute {n} name", "Attribute 1 name "],
  ["price-{currency}", "price-eur"],
  ["{nutrient}_100g", "_100g"],
  ["{a}-{a}", "x-y"],
])("%s does not fit %s", (name, column) => {
  expect(columnPattern(name)?.match(column)).toBeUndefined();
});

test("a name without placeholders is no pattern", () => {
  expect(columnPattern("Attribute 1 name")).toBeUndefined();
});
