import { quote } from "#feeds/bad-cell.ts";
import type { ValidatorSettings } from "#feeds/feed.ts";
import { pointer } from "#feeds/invalid-feed.ts";
import { compareDecimals } from "#products/decimal.ts";
import { attributeOf } from "#products/fields.ts";
import type { AttributeValue } from "#products/product.ts";
import { broken, calledIn, fieldOfPart, forEachPart, type Part, type Validator } from "./rule.ts";

/** Fields that hold a decimal number, besides attributes that do. */
const numbers: Readonly<Record<string, (part: Part) => string | undefined>> = {
  price: ({ price }) => price,
  specialPrice: ({ specialPrice }) => specialPrice,
  stock: ({ stock }) => stock,
  "weight.value": ({ weight }) => weight?.value,
};

/** Holds numbers of a product and of its variants to limits, by the name of their field ("stock", "weight.value", "attributes.rating"). Both ends are allowed. */
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
    const numberOf = attribute === undefined ? numbers[field] : ({ attributes }: Part) => attributes?.[attribute];
    return { min, max, numberOf, ofAttribute: attribute !== undefined, whole };
  });

  return (product, { errors }) => {
    for (const { min, max, numberOf, ofAttribute, whole } of limits) {
      forEachPart(product, (part, variant) => {
        const number = numberOf?.(part);
        if (number === undefined) return;
        const text = textOf(number);
        const isNumber = decimal.test(text);
        // A field of the product that is no number breaks the product schema already.
        if (!isNumber && !ofAttribute) return;
        const problem = !isNumber
          ? `which is no decimal number, where ${limitsText(min, max)} is allowed`
          : min !== undefined && compareDecimals(text, min) < 0
            ? `less than ${min}, the limit`
            : max !== undefined && compareDecimals(text, max) > 0
              ? `more than ${max}, the limit`
              : undefined;
        if (problem === undefined) return;
        const begin = calledIn(whole, variant, columnOf);
        const message = `${begin} gives ${quote(text)}, ${problem}: correct the number, or have the limit changed.`;
        errors.push(broken("OUT_OF_RANGE", message, columnOf(fieldOfPart(whole, variant)), text));
      });
    }
  };
};

/** The number of an attribute that has a unit is that number. */
function textOf(number: AttributeValue): string {
  if (typeof number === "string") return number;
  return typeof number === "object" && "value" in number ? number.value : JSON.stringify(number);
}

const decimal = /^-?\d+(?:\.\d+)?$/;

function limitsText(min: string | undefined, max: string | undefined): string {
  if (max === undefined) return `${min!} or more`;
  return min === undefined ? `${max} or less` : `${min} to ${max}`;
}
