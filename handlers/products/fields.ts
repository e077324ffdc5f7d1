/** The attribute that a field like "attributes.colour" names. */
export function attributeOf(field: string): string | undefined {
  return field.startsWith("attributes.") ? field.slice("attributes.".length) : undefined;
}
