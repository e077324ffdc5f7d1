import { filled, items, rowsOf, type Row, type Told } from "./rows.ts";

const own = { locale: "en_US", currency: "EUR" };
const units: Readonly<Record<string, string>> = { GRAM: "g", KILOGRAM: "kg", OUNCE: "oz", POUND: "lb" };
const texts: Readonly<Record<string, string>> = {
  name: "name",
  description: "description",
  short_description: "shortDescription",
};
const images = ["image", /^image_\d+$/, "picture", /^picture_\d+$/, /^.+_image$/, "side_view", "top_view"];
const lists = /^groups$|^.+-(groups|products|product_models|product_uuids)$/;
const ofFields = ["sku", "code", "identifier", "categories", "enabled", "parent", "brand", ...Object.keys(texts)];

/** What the end of a column's name says: `description-en_US-ecommerce`, `price-ecommerce-EUR`, `color`. */
interface Name {
  readonly attribute: string;
  readonly locale?: string | undefined;
  readonly channel?: string | undefined;
  readonly currency?: string | undefined;
}

function nameOf(column: string): Name {
  const parts = column.split("-");
  const [attribute = "", ...scope] = parts;
  const locale = scope.find((part) => /^[a-z]{2}_[A-Z]{2}$/.test(part));
  const currency = scope.find((part) => /^[A-Z]{3}$/.test(part));
  const channel = scope.find((part) => part !== locale && part !== currency);
  return locale === undefined && currency === undefined
    ? { attribute: column }
    : { attribute, locale, channel, currency };
}

/** The products of an export of Akeneo, products or product models: each row is one. */
export function readAkeneo(path: string): Told[] {
  return rowsOf(path, ";").map(productOf);
}

function productOf(row: Row): Told {
  const unit = units[row["weight-unit"] ?? ""];
  const attributes: Record<string, unknown> = {};
  const translations: Record<string, Record<string, unknown> & { attributes?: Record<string, unknown> }> = {};
  const fields: Record<string, unknown> = {};
  const prices: Record<string, string>[] = [];
  for (const [text, field] of Object.entries(texts)) if (row[text] !== undefined) fields[field] = row[text];

  const localised = Object.entries(row).flatMap(([column, cell]) => {
    const { locale, ...name } = nameOf(column);
    return locale === undefined ? [] : [{ ...name, locale, cell }];
  });
  // What is localised alone comes before what is of a channel too.
  for (const { attribute, channel, locale, cell } of [
    ...localised.filter((one) => one.channel === undefined),
    ...localised.filter((one) => one.channel !== undefined),
  ]) {
    const field = texts[attribute];
    const translation = (translations[locale] ??= {});
    if (field !== undefined) {
      if (locale === own.locale) fields[field] ??= cell;
      else translation[field] ??= cell;
      if (channel === undefined) continue;
    }
    const name = channel === undefined ? attribute : `${attribute}-${channel}`;
    if (locale === own.locale) attributes[name] = cell;
    else (translation.attributes ??= {})[name] = cell;
  }
  for (const [column, cell] of Object.entries(row)) {
    const { attribute, locale, channel, currency } = nameOf(column);
    if (locale !== undefined) continue;
    if (currency !== undefined && attribute === "price") {
      if (currency === own.currency && channel === undefined) Object.assign(fields, { price: cell, currency });
      else prices.push({ price: cell, currency, ...(channel !== undefined && { channel }) });
    } else if (
      ofFields.includes(column) ||
      isImage(column) ||
      (unit !== undefined && /^weight(-unit)?$/.test(column))
    ) {
      continue;
    } else if (column === "weight-unit") {
      attributes["weight"] = `${row["weight"]!} ${cell}`;
    } else {
      attributes[column] = lists.test(column) ? items(cell, ",") : cell;
    }
  }
  return filled({
    sku: row["sku"] ?? row["code"] ?? row["uuid"],
    ...fields,
    brand: row["brand"],
    categories: items(row["categories"], ",").map((category) => [category]),
    images: images.flatMap((image) =>
      Object.entries(row).flatMap(([column, cell]) => (fits(image, column) ? [cell] : [])),
    ),
    barcode: /^\d+$/.test(row["ean"] ?? "") ? row["ean"] : undefined,
    weight: unit === undefined ? undefined : { value: row["weight"], unit },
    status: row["enabled"] === undefined ? undefined : row["enabled"] === "1" ? "active" : "inactive",
    parentSku: row["parent"],
    prices,
    translations: filled(translations),
    attributes,
  });
}

function isImage(column: string): boolean {
  return images.some((image) => fits(image, column));
}

function fits(name: string | RegExp, column: string): boolean {
  return typeof name === "string" ? name === column : name.test(column);
}
