import { pointer } from "#feeds/invalid-feed.ts";
import { productKind } from "#kinds/kind.ts";
import { attributeOf } from "#products/fields.ts";
import { broken, called, calledIn, fieldOfPart, type Part, type Validator } from "./rule.ts";

/**
 * Demands product fields, or attributes as "attributes.colour". Blank text is absent, and so is an empty list. What a product lacks
 * each of its variants may have.
 */
export const required: Validator<string[]> = (fields, { columnOf, isFilled, fault }) => {
  const demands = fields.map((field, index) => {
    const path = pointer("validators", "required", index);
    const attribute = attributeOf(field);
    if (attribute === undefined && !productKind.fields.has(field)) {
      fault(path, `a product has no field "${field}"; attributes are called attributes.<name>`);
    } else if (!isFilled(field)) {
      fault(path, `the mapping fills no "${field}", so every record would fail`);
    }
    const column = columnOf(field) ?? columnOf(`variants.${field}`);
    const what = `${called(field, columnOf)} is empty, and every product needs its ${attribute ?? field}`;
    const todo = column === undefined ? "fill in what it is made of" : "fill in the column";
    const error = broken("MISSING_ATTRIBUTE", `${what}: ${todo}.`, column, undefined);
    const lacks = (part: Part): boolean =>
      isAbsent(attribute === undefined ? part[field as keyof Part] : part.attributes?.[attribute]);
    return { name: attribute ?? field, field, lacks, error };
  });
  return (product, { errors }) => {
    for (const { name, field, lacks, error } of demands) {
      if (!lacks(product)) continue;
      const without = product.variants?.filter(lacks) ?? [];
      if (product.variants === undefined || without.length === product.variants.length) {
        errors.push(error);
        continue;
      }
      for (const variant of without) {
        const message = `${calledIn(field, variant, columnOf)} is empty, and every variant needs its ${name}: fill it in.`;
        errors.push(broken("MISSING_ATTRIBUTE", message, columnOf(fieldOfPart(field, variant)), undefined));
      }
    }
  };
};

function isAbsent(value: unknown): boolean {
  if (typeof value === "string") return value.trim() === "";
  return value === undefined || (Array.isArray(value) && value.length === 0);
}
