import { readDecimal } from "#products/decimal.ts";
import type { Product } from "#products/product.ts";

export type Weight = NonNullable<Product["weight"]>;

/** Words for each unit, as they stand in files, in small letters. */
const units: Readonly<Record<string, Weight["unit"]>> = {
  g: "g",
  gr: "g",
  gram: "g",
  grams: "g",
  kg: "kg",
  kgs: "kg",
  kilogram: "kg",
  kilograms: "kg",
  oz: "oz",
  ounce: "oz",
  ounces: "oz",
  lb: "lb",
  lbs: "lb",
  pound: "lb",
  pounds: "lb",
};

const longestUnit = "kilograms.".length;

/** The unit that the word means; undefined where it means none. */
export function unitOf(word: string): Weight["unit"] | undefined {
  const name = word.trim().replace(/\.$/, "").toLowerCase();
  return Object.hasOwn(units, name) ? units[name] : undefined;
}

/** Reads "1.2 kg", or a bare number where the unit is given. A unit in the text wins. Undefined where it is no weight. */
export function readWeight(text: string, unit: Weight["unit"] | undefined, decimal: "." | ","): Weight | undefined {
  const bare = unit === undefined ? undefined : readDecimal(text, decimal);
  if (bare !== undefined) return { value: bare, unit: unit! };
  const trimmed = text.trim();
  const name = /[a-zA-Z]*\.?$/.exec(trimmed.slice(-longestUnit))![0];
  const value = readDecimal(trimmed.slice(0, trimmed.length - name.length).trim(), decimal);
  const named = name === "" ? unit : unitOf(name);
  return value === undefined || named === undefined ? undefined : { value, unit: named };
}
