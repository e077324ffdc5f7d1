import type { AttributeValue, Price, Product, Translation, Variant } from "#products/product.ts";

/** What two states of a product have differently: a field, its value before and after as text, absent where there is none. */
export interface Change {
  /** As reports count it: `price`, `attributes.colour`, `translations.de_DE.name`, `variants.price`. */
  readonly field: string;
  /** Which of several it is: the key of a variant, the currency and the country of a price. */
  readonly of?: string;
  readonly before?: string;
  readonly after?: string;
}

/** The fields that differ, in the order of the state after, then those that it lacks. */
export function changesBetween(before: Product, after: Product): Change[] {
  const [old, young] = [valuesOf(before), valuesOf(after)];
  const changes: Change[] = [];
  for (const [place, { field, of, value }] of young) {
    const was = old.get(place)?.value;
    if (was !== value) changes.push({ field, ...of, ...(was !== undefined && { before: was }), after: value });
  }
  for (const [place, { field, of, value }] of old) {
    if (!young.has(place)) changes.push({ field, ...of, before: value });
  }
  return changes;
}

interface Value {
  readonly field: string;
  readonly of?: { readonly of: string };
  readonly value: string;
}

function valuesOf(product: Product): ReadonlyMap<string, Value> {
  const values = new Map<string, Value>();
  const put = (field: string, value: string, of?: string): void => {
    values.set(JSON.stringify([field, of]), { field, value, ...(of !== undefined && { of: { of } }) });
  };
  const { sku: _same, translations, variants, prices, ...own } = product;
  putFields(own, (field, value) => {
    put(field, value);
  });
  for (const [locale, translation] of Object.entries(translations ?? {}))
    putFields(translation, (field, value) => {
      put(`translations.${locale}.${field}`, value);
    });
  putPrices(prices, put);
  if (variants) put("variants", variants.map(({ sku }) => sku).join(" | "));
  for (const { sku, prices: further, options, ...variant } of variants ?? []) {
    if (options) put("variants.options", named(options), sku);
    putFields(variant, (field, value) => {
      put(`variants.${field}`, value, sku);
    });
    putPrices(further, (field, value, of) => {
      put(`variants.${field}`, value, `${sku} ${of}`);
    });
  }
  return values;
}

type Fields = Omit<Product, "sku" | "translations" | "variants" | "prices"> | Translation | Omit<Variant, "sku">;

function putFields(fields: Fields, put: (field: string, value: string) => void): void {
  const { attributes, ...others } = fields;
  for (const [field, value] of Object.entries(others)) put(field, textOf(value as AttributeValue | string[][]));
  for (const [name, value] of Object.entries(attributes ?? {})) put(`attributes.${name}`, textOf(value));
}

function putPrices(
  prices: readonly Price[] | undefined,
  put: (field: string, value: string, of: string) => void,
): void {
  for (const { price, currency, country, channel, customerGroup } of prices ?? [])
    put("prices", price, [currency, country, channel, customerGroup].filter((part) => part !== undefined).join(" "));
}

function named(options: Readonly<Record<string, string>>): string {
  return Object.entries(options)
    .map(([name, value]) => `${name}: ${value}`)
    .join(", ");
}

/** A value as a person reads it: lists with bars, paths with angles, a measure with its unit. */
function textOf(value: AttributeValue | readonly (readonly string[])[]): string {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return value ? "yes" : "no";
  if ("unit" in value) return `${value.value} ${value.unit}`;
  return value.map((item) => (typeof item === "string" ? item : item.join(" > "))).join(" | ");
}
