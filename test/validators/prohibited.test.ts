import { expect, test } from "vitest";
import { prohibited } from "../../handlers/validators/prohibited.ts";
import { errorsOf, setting } from "./rules.ts";

const rule = prohibited(
  { categories: ["Men/Weapons"], keywords: ["ivory", "real  fur", "C++", "Tüte"], skus: ["0017"] },
  setting,
);

test("a sku on the list is prohibited, one that only looks like it is not", () => {
  expect(errorsOf(rule, { sku: "0017" })).toEqual([
    {
      code: "PROHIBITED_PRODUCT",
      message: 'The sku "0017" is prohibited: remove the product from the file, or have the rule changed.',
      column: "SKU",
      value: "0017",
    },
  ]);
  expect(errorsOf(rule, { sku: "17" })).toEqual([]);
});

test("a category is prohibited with all below it", () => {
  expect(errorsOf(rule, { categories: [["Sale"], ["men", "WEAPONS", "Knives"]] })).toEqual([
    {
      code: "PROHIBITED_PRODUCT",
      message:
        'Column "CATEGORIES" puts the product into the prohibited category "Men/Weapons": remove the product from the file, or have the rule changed.',
      column: "CATEGORIES",
      value: "Sale, men/WEAPONS/Knives",
    },
  ]);
  expect(errorsOf(rule, { categories: [["Men"], ["Weapons"], ["Toys", "Men", "Weapons"]] })).toEqual([]);
});

test.each([
  ["name", "Ring of Ivory", "Ivory"],
  ["description", "trimmed with REAL\nfur.", "REAL\nfur"],
  ["shortDescription", "Learn C++!", "C++"],
  ["name", "Plastik-tüte", "tüte"],
] as const)("the %s %j has a prohibited word", (field, text, word) => {
  expect(errorsOf(rule, { [field]: text })).toEqual([
    {
      code: "PROHIBITED_PRODUCT",
      message: `Column "${field.toUpperCase()}" has the prohibited word "${word}": remove the product from the file, or have the rule changed.`,
      column: field.toUpperCase(),
      value: text,
    },
  ]);
});

test.each(["ivoryish", "Éivory", "unreal fur", "Tüten", "C++1", "ivory2"])(
  "%j only contains the letters of one",
  (name) => {
    expect(errorsOf(rule, { name })).toEqual([]);
  },
);

test("a product that is prohibited in several ways is told each", () => {
  expect(errorsOf(rule, { sku: "0017", name: "ivory", categories: [["Men", "Weapons"]] })).toHaveLength(3);
});
