import { pointer } from "#feeds/invalid-feed.ts";
import type { Product } from "#products/product.ts";
import { productKind } from "#kinds/kind.ts";
import { attributeOf } from "#products/fields.ts";
import { broken, called, type Validator } from "./rule.ts";

/** Demands product fields, or attributes as "attributes.colour". Blank text is absent, and so is an empty list. */
export const required: Validator<string[]> = (fields, { columnOf, isFilled, fault }) => {
  const demands = fields.map((field, index) => {
    const path = pointer("validators", "required", index);
    const attribute = attributeOf(field);
    if (attribute === undefined && !productKind.fields.has(field)) {
      fault(path, `a product has no field "${field}"; attributes are called attributes.<name>`);
    } else if (!isFilled(field)) {
      fault(path, `the mapping fills no "${field}", so every record would fail`);
    }
    const column = columnOf(field);
    const what = `${called(field, columnOf)} is empty, and every product needs its ${attribute ?? field}`;
    const todo = column === undefined ? "fill in what it is made of" : "fill in the column";
    const error = broken("MISSING_ATTRIBUTE", `${what}: ${todo}.`, column, undefined);
    return { field: field as keyof Product, attribute, error };
  });
  return (product, { errors }) => {
    for (const { field, attribute, error } of demands) {
      if (isAbsent(attribute === undefined ? product[field] : product.attributes?.[attribute])) errors.push(error);
    }
  };
};

function isAbsent(value: unknown): boolean {
  if (typeof value === "string") return value.trim() === "";
  return value === undefined || (Array.isArray(value) && value.length === 0);
}
