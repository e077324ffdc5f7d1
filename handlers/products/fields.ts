import schema from "../../schemas/product.schema.json" with { type: "json" };

/** The fields of a product with what each must be: the end of "<field> must be ...", as the product schema has it. */
export const productFields: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(schema.properties).map(([field, { description }]) => [field, description]),
);

/** The attribute that a field like "attributes.colour" names. */
export function attributeOf(field: string): string | undefined {
  return field.startsWith("attributes.") ? field.slice("attributes.".length) : undefined;
}
