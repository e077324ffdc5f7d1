import { pointer } from "#feeds/invalid-feed.ts";
import type { Product } from "#products/product.ts";
import { productFields } from "#products/fields.ts";
import { broken, called, type Validator } from "./rule.ts";

const prefix = "attributes.";

/** Demands product fields, or attributes as "attributes.colour". Text of white space alone is absent, and so is an empty list. */
export const required: Validator<string[]> = (fields, { columnOf, fault }) => {
  const demands = fields.map((field, index) => {
    const attribute = field.startsWith(prefix) ? field.slice(prefix.length) : undefined;
    if (attribute === undefined && !Object.hasOwn(productFields, field)) {
      fault(
        pointer("validators", "required", index),
        `a product has no field "${field}"; attributes are called attributes.<name>`,
      );
    }
    const column = columnOf(field);
    const todo = column === undefined ? "declare in the feed where it comes from." : "fill in the column.";
    const error = broken(
      "MISSING_ATTRIBUTE",
      `${called(field, columnOf)} is empty, and every product needs its ${attribute ?? field}: ${todo}`,
      column,
      undefined,
    );
    return { field: field as keyof Product, attribute, error };
  });
  return (product, errors) => {
    for (const { field, attribute, error } of demands) {
      if (isAbsent(attribute === undefined ? product[field] : product.attributes?.[attribute])) errors.push(error);
    }
  };
};

function isAbsent(value: unknown): boolean {
  if (typeof value === "string") return value.trim() === "";
  return value === undefined || (Array.isArray(value) && value.length === 0);
}
