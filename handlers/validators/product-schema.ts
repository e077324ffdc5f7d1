import type { ErrorObject } from "ajv";
import { quote } from "#feeds/bad-cell.ts";
import { isNoDay } from "#feeds/dates.ts";
import type { ColumnOf } from "#feeds/mapping.ts";
import { productKind, type Field } from "#kinds/kind.ts";
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
      if (omits(field) && notes.omit(before)) Reflect.deleteProperty(product, field);
    }
    if (validate(product)) return;
    const { imagesFrom } = notes;
    const told = new Set<string>();
    for (const error of validate.errors ?? []) {
      const place = placeOf(error, product);
      const { field, of, must, image } = place;
      const from = image === undefined ? undefined : imagesFrom?.[image];
      const column = from ?? columnOf(field);
      const whole = from === undefined || omits(field);
      const cell = whole ? `${field}${of}` : `${field} ${column}`;
      if (told.has(cell)) continue;
      told.add(cell);
      const value = whole ? place.value : product.images?.[image!];
      const found = value === undefined ? "nothing" : quote(value);
      const begin = column === undefined ? `The product's ${field}` : `Column ${quote(column)}`;
      const message = `${begin}${of} gives ${found}, but ${must}: correct the cell.`;
      const before = notes.errors.length;
      notes.errors.push(broken("INVALID_PRODUCT", message, column, value));
      if (omits(field) && notes.omit(before)) place.leaveOut();
    }
  };
}

/** What a pattern cannot say of a date: whether there is such a day. A column with a date step was read by it already. */
const dateFields = [...productKind.fields.values()]
  .filter(({ type }) => type === "date")
  .map(({ name }) => name as "specialPriceFrom");

/** What an error of ajv is about. */
interface BrokenField {
  /** "price", "attributes.colour", "variants.price". */
  readonly field: string;
  /** Which of the product's variants, as a sentence goes on; "" where it is the product itself. */
  readonly of: string;
  readonly must: string;
  readonly value: string | undefined;
  /** Which of the product's images, from 0. */
  readonly image: number | undefined;
  readonly leaveOut: () => void;
}

function placeOf({ instancePath, keyword, params }: ErrorObject, product: Product): BrokenField {
  const names = instancePath
    .split("/")
    .slice(1)
    .map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"));
  const { missingProperty, additionalProperty } = params as { missingProperty?: string; additionalProperty?: string };
  const more = keyword === "additionalProperties" ? additionalProperty : missingProperty;
  let owner: Owner = product as unknown as Owner;
  let known: ReadonlyMap<string, Field> | undefined = productKind.fields;
  let [prefix, of, whose] = ["", "", "a product's "];
  const [holder, key] = names;
  const inside = holder === undefined ? undefined : productKind.fields.get(holder)?.fields;
  if (inside && key !== undefined) {
    owner = (product[holder as "variants"] as unknown as Record<string, Owner>)[key]!;
    known = inside;
    [prefix, whose] = [`${holder!}.`, holder === "variants" ? "a variant's " : "a translated "];
    of = holder === "variants" ? ` of the variant ${quote(String(owner["sku"]))}` : ` in ${key}`;
    names.splice(0, 2);
  }
  const [name = more ?? "sku", ...rest] = names;
  const [attribute] = name === "attributes" ? rest : [];
  const field = prefix + (attribute === undefined ? name : `${name}.${attribute}`);
  const own = attribute === undefined ? owner : ((owner[name] ?? {}) as Owner);
  const value = own[attribute ?? name];
  const must = known.get(name)?.must ?? "a field of a product";
  return {
    field,
    of,
    must: `${whose}${field.slice(prefix.length)} must be ${must}`,
    value: value === undefined || typeof value === "string" ? value : JSON.stringify(value),
    image: prefix === "" && name === "images" && rest.length > 0 ? Number(rest[0]) : undefined,
    leaveOut: () => {
      Reflect.deleteProperty(own, attribute ?? name);
      dropCurrency(product);
    },
  };
}

type Owner = Record<string, unknown>;

/** A currency stands beside a price. */
function dropCurrency(product: Product): void {
  const { price, specialPrice, variants = [] } = product;
  const priced = variants.some((variant) => variant.price !== undefined || variant.specialPrice !== undefined);
  if (price === undefined && specialPrice === undefined && !priced) delete product.currency;
}
