import { quote } from "#feeds/bad-cell.ts";
import type { ValidatorSettings } from "#feeds/feed.ts";
import { pointer } from "#feeds/invalid-feed.ts";
import { compareDecimals } from "#products/decimal.ts";
import { attributeOf } from "#products/fields.ts";
import type { Product } from "#products/product.ts";
import { broken, called, type Validator } from "./rule.ts";

/** Fields that hold a decimal number, besides attributes that do. */
const numbers: Readonly<Record<string, (product: Product) => string | undefined>> = {
  price: ({ price }) => price,
  specialPrice: ({ specialPrice }) => specialPrice,
  stock: ({ stock }) => stock,
  "weight.value": ({ weight }) => weight?.value,
};

/** Holds numbers to limits, by the name of their field ("stock", "weight.value", "attributes.rating"). Both ends are allowed. */
export const range: Validator<NonNullable<ValidatorSettings["range"]>> = (settings, { columnOf, isFilled, fault }) => {
  const limits = Object.entries(settings).map(([field, { min, max }]) => {
    const path = pointer("validators", "range", field);
    const attribute = attributeOf(field);
    const whole = field === "weight.value" ? "weight" : field;
    if (attribute === undefined && !Object.hasOwn(numbers, field)) {
      const known = Object.keys(numbers).join(", ");
      fault(path, `a product has no number "${field}": use ${known}, or attributes.<name>`);
    } else if (!isFilled(whole)) {
      fault(path, `the mapping fills no "${whole}"`);
    }
    if (min === undefined && max === undefined) fault(path, "give min, max or both");
    if (min !== undefined && max !== undefined && compareDecimals(min, max) > 0) fault(path, "min is greater than max");
    const numberOf = attribute === undefined ? numbers[field] : ({ attributes }: Product) => attributes?.[attribute];
    return {
      min,
      max,
      numberOf,
      ofAttribute: attribute !== undefined,
      begin: called(whole, columnOf),
      column: columnOf(whole),
    };
  });

  return (product, { errors }) => {
    for (const { min, max, numberOf, ofAttribute, begin, column } of limits) {
      const number = numberOf?.(product);
      if (number === undefined) continue;
      const text = typeof number === "string" ? number : JSON.stringify(number);
      const isNumber = decimal.test(text);
      // A field of the product that is no number breaks the product schema already.
      if (!isNumber && !ofAttribute) continue;
      const problem = !isNumber
        ? `which is no decimal number, where ${limitsText(min, max)} is allowed`
        : min !== undefined && compareDecimals(text, min) < 0
          ? `less than ${min}, the limit`
          : max !== undefined && compareDecimals(text, max) > 0
            ? `more than ${max}, the limit`
            : undefined;
      if (problem === undefined) continue;
      const message = `${begin} gives ${quote(text)}, ${problem}: correct the number, or have the limit changed.`;
      errors.push(broken("OUT_OF_RANGE", message, column, text));
    }
  };
};

const decimal = /^-?\d+(?:\.\d+)?$/;

function limitsText(min: string | undefined, max: string | undefined): string {
  if (max === undefined) return `${min!} or more`;
  return min === undefined ? `${max} or less` : `${min} to ${max}`;
}
