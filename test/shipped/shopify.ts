import { cellsOf, filled, grouped, items, rowsOf, type Row, type Told } from "./rows.ts";

/** The names of columns before 2025, by those since. */
const before: Readonly<Record<string, string>> = {
  "URL handle": "Handle",
  Description: "Body (HTML)",
  "Product category": "Product Category",
  "Published on online store": "Published",
  SKU: "Variant SKU",
  Barcode: "Variant Barcode",
  "Option1 name": "Option1 Name",
  "Option1 value": "Option1 Value",
  "Option2 name": "Option2 Name",
  "Option2 value": "Option2 Value",
  "Option3 name": "Option3 Name",
  "Option3 value": "Option3 Value",
  Price: "Variant Price",
  "Compare-at price": "Variant Compare At Price",
  "Charge tax": "Variant Taxable",
  "Tax code": "Variant Tax Code",
  "Inventory tracker": "Variant Inventory Tracker",
  "Inventory quantity": "Variant Inventory Qty",
  "Continue selling when out of stock": "Variant Inventory Policy",
  "Weight value (grams)": "Variant Grams",
  "Weight unit for display": "Variant Weight Unit",
  "Requires shipping": "Variant Requires Shipping",
  "Fulfillment service": "Variant Fulfillment Service",
  "Product image URL": "Image Src",
  "Image position": "Image Position",
  "Image alt text": "Image Alt Text",
  "Variant image URL": "Variant Image",
  "Gift card": "Gift Card",
  "SEO title": "SEO Title",
  "SEO description": "SEO Description",
};

const statuses: Readonly<Record<string, string>> = {
  active: "active",
  unlisted: "active",
  draft: "inactive",
  archived: "discontinued",
};
/** What is told of products beside their fields, by the name of the attribute. */
const ofProduct = {
  type: "Type",
  status: "Status",
  giftCard: "Gift Card",
  seoTitle: "SEO Title",
  seoDescription: "SEO Description",
};
/** What is told of variants beside their fields. */
const ofVariant = {
  compareAtPrice: "Variant Compare At Price",
  costPerItem: "Cost per item",
  weightUnit: "Variant Weight Unit",
  inventoryTracker: "Variant Inventory Tracker",
  inventoryPolicy: "Variant Inventory Policy",
  fulfillmentService: "Variant Fulfillment Service",
  requiresShipping: "Variant Requires Shipping",
  taxable: "Variant Taxable",
  taxCode: "Variant Tax Code",
};
const ofVariantByName = /^(Unit price |Included \/|Compare.at.price \/|Google Shopping \/)|\(variant\./i;
const ofFields = new Set<string>([
  ..."Handle,Title,Body (HTML),Vendor,Product Category,Tags,Published,Image Src,Image Position,Image Alt Text".split(
    ",",
  ),
  ..."Variant SKU,Variant Grams,Variant Inventory Qty,Variant Price,Variant Barcode,Variant Image".split(","),
  ...[1, 2, 3].flatMap((n) => [`Option${n} Name`, `Option${n} Value`]),
  ...Object.values({ ...ofProduct, ...ofVariant }),
]);

/** The products of an export of Shopify: the rows of a handle are one. */
export function readShopify(path: string): Told[] {
  const rows = rowsOf(path).map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, cell]) => [before[name] ?? name, cell])),
  );
  return grouped(rows, (row, above) => row["Handle"] !== above["Handle"]).map(productOf);
}

function productOf(rows: [Row, ...Row[]]): Told {
  const [first] = rows;
  const { Handle: handle = "", "Product Category": category, Type: type, Published: published } = first;
  const isPlain = [undefined, "Default Title"].includes(first["Option1 Value"]);
  const attributes: Record<string, unknown> = named(first, ofProduct);
  for (const row of rows)
    for (const [name, cell] of Object.entries(row))
      if (
        !ofFields.has(name) &&
        (!ofVariantByName.test(name) || name.startsWith("Google")) &&
        !name.startsWith("Price / ")
      )
        attributes[name] ??= cell;
  if (first["Tags"] !== undefined) attributes["tags"] = items(first["Tags"], ",");
  if (published !== undefined) attributes["published"] = published.toLowerCase() === "true";
  const ofImages = (tell: (row: Row) => string | false | undefined): string[] => rows.flatMap((row) => tell(row) || []);
  const positions = ofImages((row) => row["Image Position"] && `${row["Image Position"]} ${row["Image Src"]}`);
  const texts = ofImages((row) => row["Image Alt Text"] && `${row["Image Src"]} ${row["Image Alt Text"]}`);
  const images = ofImages((row) => row["Image Src"]);
  if (isPlain && first["Variant Image"]) images.push(first["Variant Image"]);
  const product = {
    sku: handle,
    name: first["Title"],
    description: first["Body (HTML)"],
    brand: first["Vendor"],
    categories: category ? [items(category, ">")] : type ? [[type]] : undefined,
    images: [...new Set(images)],
    currency: "USD",
    status:
      statuses[first["Status"]?.toLowerCase() ?? ""] ?? (attributes["published"] === true ? "active" : "inactive"),
  };
  const told = { ...attributes, ...filled({ imagePositions: positions, imageAltTexts: texts }) };
  if (!isPlain) {
    const variants = rows.filter((row) => row["Option1 Value"]).map((row) => variantOf(row, first));
    return filled({ ...product, attributes: told, variants });
  }
  // A product without options is its own only variant.
  const { sku: _sku, options: _options, images: _images, attributes: own, ...fields } = variantOf(first, first);
  const sku = first["Variant SKU"];
  return filled({ ...product, ...fields, attributes: { ...(own as object), ...told, ...(sku && { sku }) } });
}

function variantOf(row: Row, first: Row): Told {
  const values = [1, 2, 3].map((n) => row[`Option${n} Value`]);
  const barcode = row["Variant Barcode"]?.replace(/^'/, "");
  return filled({
    sku: row["Variant SKU"]?.replace(/^'/, "") ?? [first["Handle"], ...values].filter(Boolean).join("-"),
    options: Object.fromEntries(
      values.flatMap((value, at): [string, string][] => (value ? [[first[`Option${at + 1} Name`]!, value]] : [])),
    ),
    price: row["Variant Price"],
    prices: Object.entries(row).flatMap(([column, price]) =>
      column.startsWith("Price / ") ? [{ price, currency: "USD", channel: column.slice("Price / ".length) }] : [],
    ),
    stock: row["Variant Inventory Qty"],
    barcode: /^\d+$/.test(barcode ?? "") ? barcode : undefined,
    weight: row["Variant Grams"] === undefined ? undefined : { value: row["Variant Grams"], unit: "g" },
    images: row["Variant Image"] === undefined ? undefined : [row["Variant Image"]],
    attributes: {
      ...named(row, ofVariant),
      ...cellsOf(row, (column) => ofVariantByName.test(column)),
      ...(barcode !== undefined && { barcode }),
    },
  });
}

/** Cells by the names of attributes. */
function named(row: Row, columns: Readonly<Record<string, string>>): Record<string, string> {
  return filled(Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, row[column]]))) as Record<
    string,
    string
  >;
}
