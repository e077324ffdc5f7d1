import { cellsOf, filled, items, rowsOf, type Row, type Told } from "./rows.ts";

const ofFields = new Set(
  "id,title,description,brand,price,sale_price,product_type,image_link,additional_image_link,item_group_id".split(","),
);
const lists = ["shipping", "product_highlight", "product_detail"];

/** The products of a data file for Google Merchant Center: each row is one. */
export function readGoogleMerchant(path: string, delimiter = "\t"): Told[] {
  return rowsOf(path, delimiter).map((row) => productOf(withPlainNames(row)));
}

/** Columns may be called `image link` or `g:image_link` too. */
function withPlainNames(row: Row): Row {
  return Object.fromEntries(
    Object.entries(row).map(([name, cell]) => [name.replace(/^g:/, "").replaceAll(" ", "_"), cell.trim()]),
  );
}

function productOf(row: Row): Told {
  const [amount = "", currency = "USD"] = (row["price"] ?? "").split(" ");
  const [from, to] = (row["sale_price_effective_date"] ?? "").split("/").map(withColon);
  const [weight, unit] = (row["shipping_weight"] ?? "").split(" ");
  const attributes: Record<string, unknown> = cellsOf(row, (column) => !ofFields.has(column));
  for (const name of lists) if (row[name] !== undefined) attributes[name] = items(row[name], ",");
  const category = row["product_type"] ?? row["google_product_category"];
  return filled({
    sku: row["id"],
    name: row["title"],
    description: row["description"],
    brand: row["brand"],
    categories: category === undefined ? undefined : [items(category, ">")],
    price: amount === "" ? undefined : amount.replaceAll(",", ""),
    currency: amount === "" ? undefined : currency,
    specialPrice: row["sale_price"]?.split(" ")[0],
    specialPriceFrom: from || undefined,
    specialPriceTo: to || undefined,
    images: [...new Set([...items(row["image_link"], ","), ...items(row["additional_image_link"], ",")])],
    barcode: /^\d+$/.test(row["gtin"] ?? "") ? row["gtin"] : undefined,
    weight: unit === undefined ? undefined : { value: weight, unit },
    parentSku: row["item_group_id"],
    attributes,
  });
}

/** Zones stand without their colon: `2025-02-24T11:07+0100`. */
function withColon(text: string): string {
  return /[+-]\d{4}$/.test(text) ? `${text.slice(0, -2)}:${text.slice(-2)}` : text;
}
