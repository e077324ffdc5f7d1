import type { Product } from "#products/product.ts";

/** A field of a product as text; a list is one value an item. */
export interface FieldValue {
  readonly field: string;
  readonly value: string;
}

/** The fields of a product, attributes each by its name, in the product's order. */
export function fieldValues({ currency, ...product }: Product): FieldValue[] {
  return Object.entries(product).flatMap(([field, value]: [string, unknown]): FieldValue[] => {
    const money = (field === "price" || field === "specialPrice") && currency !== undefined;
    if (money) return [{ field, value: `${String(value)} ${currency}` }];
    if (field === "attributes") return valuesOf(value, field, true);
    return valuesOf(value, field, false);
  });
}

function valuesOf(value: unknown, field: string, byName: boolean): FieldValue[] {
  if (value === undefined || value === null) return [];
  if (!byName && Array.isArray(value) && value.every((item) => Array.isArray(item)))
    return value.map((path: string[]) => ({ field, value: path.join(" > ") }));
  if (Array.isArray(value))
    return value.flatMap((item: unknown, index) =>
      valuesOf(item, typeof item === "object" ? `${field}[${index + 1}]` : field, true),
    );
  if (typeof value === "string") return [{ field, value }];
  if (typeof value !== "object") return [{ field, value: JSON.stringify(value) }];
  const entries = Object.entries(value as Record<string, unknown>);
  if (isMeasure(value)) return [{ field, value: `${value.value} ${value.unit}` }];
  return entries.flatMap(([name, one]) => valuesOf(one, `${field}.${name}`, true));
}

function isMeasure(value: object): value is { value: string; unit: string } {
  return "value" in value && "unit" in value && Object.keys(value).length === 2;
}
