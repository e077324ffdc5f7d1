import type { ErrorObject } from "ajv";
import { quote } from "#feeds/bad-cell.ts";
import { isNoDay } from "#feeds/dates.ts";
import type { ColumnOf } from "#feeds/mapping.ts";
import { productKind } from "#kinds/kind.ts";
import { attributeOf } from "#products/fields.ts";
import type { Product } from "#products/product.ts";
import validate from "#validators/kinds/product.js";
import { broken, called, type Rule } from "./rule.ts";

/**
 * The rule that every product keeps: the product schema. One error for each field that breaks it, with the column's name. A field
 * that the feed omits where it cannot be read is left out instead.
 */
export function productSchema(columnOf: ColumnOf, omits: (field: string) => boolean = () => false): Rule {
  return (product, notes) => {
    for (const field of dateFields) {
      const value = product[field];
      if (value === undefined || !isNoDay(value)) continue;
      const message = `${called(field, columnOf)} gives ${quote(value)}, which is no day of the calendar: correct the cell.`;
      const before = notes.errors.length;
      notes.errors.push(broken("INVALID_PRODUCT", message, columnOf(field), value));
      if (omits(field) && notes.omit(before)) leaveOut(product, field);
    }
    if (validate(product)) return;
    const { images } = product;
    const { imagesFrom } = notes;
    const told = new Set<string>();
    for (const error of validate.errors ?? []) {
      const field = fieldOf(error);
      const image = imagesFrom && imageOf(error);
      const column = image === undefined ? columnOf(field) : imagesFrom![image];
      const whole = image === undefined || omits(field);
      const cell = whole ? field : `${field} ${column}`;
      if (told.has(cell)) continue;
      told.add(cell);
      const value = whole ? valueOf(product, field) : images?.[image];
      const must = productKind.fields.get(field.replace(/\..*$/, ""))?.must ?? "a field of a product";
      const found = value === undefined ? "nothing" : quote(value);
      const message = `${called(field, () => column)} gives ${found}, but a product's ${field} must be ${must}: correct the cell.`;
      const before = notes.errors.length;
      notes.errors.push(broken("INVALID_PRODUCT", message, column, value));
      if (omits(field) && notes.omit(before)) leaveOut(product, field);
    }
  };
}

/** What a pattern cannot say of a date: whether there is such a day. A column with a date step was read by it already. */
const dateFields = [...productKind.fields.values()]
  .filter(({ type }) => type === "date")
  .map(({ name }) => name as "specialPriceFrom");

/** The field that an error of ajv is about: "price", or "attributes.colour". */
function fieldOf({ instancePath, keyword, params }: ErrorObject): string {
  const names = instancePath
    .split("/")
    .slice(1)
    .map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"));
  const { missingProperty, additionalProperty } = params as { missingProperty?: string; additionalProperty?: string };
  if (names.length === 0) return (keyword === "additionalProperties" ? additionalProperty : missingProperty) ?? "sku";
  return names[0] === "attributes" && names.length > 1 ? names.slice(0, 2).join(".") : names[0]!;
}

function leaveOut(product: Product, field: string): void {
  const attribute = attributeOf(field);
  if (attribute === undefined) Reflect.deleteProperty(product, field);
  else Reflect.deleteProperty(product.attributes ?? {}, attribute);
  if (product.price === undefined && product.specialPrice === undefined) delete product.currency;
}

/** Which of the images an error of ajv is about, from 0; undefined where it is about something else. */
function imageOf({ instancePath }: ErrorObject): number | undefined {
  const [, image] = /^\/images\/(\d+)$/.exec(instancePath) ?? [];
  return image === undefined ? undefined : Number(image);
}

function valueOf(product: Product, field: string): string | undefined {
  const value: unknown = field.startsWith("attributes.")
    ? product.attributes?.[field.slice("attributes.".length)]
    : product[field as keyof Product];
  return value === undefined || typeof value === "string" ? value : JSON.stringify(value);
}
