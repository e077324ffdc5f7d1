import { filled, items, rowsOf, type Row, type Told } from "./rows.ts";

const texts: Readonly<Record<string, string>> = {
  locale: "locale",
  attribute_family_code: "family",
  type: "type",
  length: "length",
  width: "width",
  height: "height",
  tax_category_name: "taxCategory",
  cost: "cost",
  url_key: "urlKey",
  meta_title: "metaTitle",
  meta_description: "metaDescription",
};
const flags: Readonly<Record<string, string>> = {
  visible_individually: "visibleIndividually",
  new: "new",
  featured: "featured",
  guest_checkout: "guestCheckout",
  manage_stock: "manageStock",
};
const lists: Readonly<Record<string, [name: string, separator: string]>> = {
  customer_group_prices: ["customerGroupPrices", "|"],
  meta_keywords: ["metaKeywords", ","],
  inventories: ["inventories", ","],
  related_skus: ["relatedSkus", ","],
  cross_sell_skus: ["crossSellSkus", ","],
  up_sell_skus: ["upSellSkus", ","],
  configurable_variants: ["configurableVariants", "|"],
  bundle_options: ["bundleOptions", "|"],
  associated_skus: ["associatedSkus", ","],
  booking_options: ["bookingOptions", "|"],
};

/** The products of an export of Bagisto: each row is one. */
export function readBagisto(path: string): Told[] {
  return rowsOf(path).map(productOf);
}

function productOf(row: Row): Told {
  const attributes: Record<string, unknown> = {};
  for (const [column, name] of Object.entries(texts)) if (row[column] !== undefined) attributes[name] = row[column];
  for (const [column, name] of Object.entries(flags))
    if (row[column] !== undefined) attributes[name] = row[column] === "1";
  for (const [column, [name, separator]] of Object.entries(lists))
    if (row[column] !== undefined) attributes[name] = items(row[column], separator);
  const currency = row["price"] ?? row["special_price"];
  return filled({
    sku: row["sku"],
    name: row["name"]?.trim().replace(/\s+/g, " "),
    description: plain(row["description"]),
    shortDescription: plain(row["short_description"]),
    categories: items(row["categories"], ",").map((path) => items(path, "/")),
    price: row["price"],
    specialPrice: row["special_price"],
    currency: currency === undefined ? undefined : "USD",
    specialPriceFrom: row["special_price_from"],
    specialPriceTo: row["special_price_to"],
    stock: row["inventories"]?.split(",")[0]!.split("=")[1],
    images: items(row["images"], ","),
    weight: row["weight"] === undefined ? undefined : { value: row["weight"], unit: "kg" },
    status: row["status"] === "1" ? "active" : "inactive",
    parentSku: row["parent_sku"],
    attributes,
    variants: items(row["configurable_variants"], "|").map(variantOf),
  });
}

/** `sku=SP-101,color=Yellow,size=M` */
function variantOf(text: string): Told {
  const { sku = "", ...options } = Object.fromEntries(
    items(text, ",").map((pair) => pair.split("=") as [string, string]),
  );
  return { sku, options };
}

function plain(text: string | undefined): string | undefined {
  return text
    ?.replace(/<[^>]+>/g, "")
    .replaceAll("&amp;", "&")
    .trim();
}
