import { cellsOf, filled, grouped, items, rowsOf, type Row, type Told } from "./rows.ts";

const lists = ["product_websites", "related_skus", "crosssell_skus", "upsell_skus", "associated_skus"];
const pictures = ["base_image", "additional_images", "small_image", "thumbnail_image", "swatch_image"];
const ofFields = new Set(
  "sku,name,description,short_description,categories,price,special_price,special_price_from_date,special_price_to_date,product_online,weight,base_image,additional_images,additional_attributes,configurable_variations".split(
    ",",
  ),
);
/** What a store view says beside texts, as the file writes it. */
const ofStoreView = new Set(
  "url_key,meta_title,meta_keywords,meta_description,price,special_price,product_online,visibility,base_image_label,small_image_label,thumbnail_image_label,additional_image_labels,categories,weight,qty,is_qty_decimal,base_image,small_image,thumbnail_image,swatch_image,configurable_variations".split(
    ",",
  ),
);
const datesOfStoreView = ["special_price_from_date", "special_price_to_date"];
const listsOfStoreView = ["additional_images", "related_skus", "crosssell_skus", "upsell_skus", "associated_skus"];

/** The products of an export of Magento: the row without a store view is the product, the others are its texts there. */
export function readMagento(path: string): Told[] {
  return grouped(rowsOf(path), (row, above) => row["sku"] !== above["sku"]).map(([row, ...views]) =>
    productOf(row, views),
  );
}

function productOf(row: Row, views: readonly Row[]): Told {
  const isDecimal = row["is_qty_decimal"] === "1";
  const attributes: Record<string, unknown> = {
    ...pairs(row["additional_attributes"]),
    ...cellsOf(row, (column) => !ofFields.has(column) && (column !== "qty" || isDecimal)),
  };
  for (const name of lists) if (row[name] !== undefined) attributes[name] = items(row[name], ",");
  const images = pictures.flatMap((column) => items(row[column], ",")).filter((image) => image !== "no_selection");
  return filled({
    sku: row["sku"],
    name: row["name"],
    description: row["description"],
    shortDescription: row["short_description"],
    categories: items(row["categories"], ",").flatMap((path) => {
      const [root, ...levels] = path.split(/(?<!\\)\//).map((level) => level.replace("\\/", "/"));
      const all = root === "Default Category" ? levels : [root, ...levels];
      return all.length > 0 ? [all] : [];
    }),
    price: row["price"],
    specialPrice: row["special_price"],
    currency: row["price"] === undefined ? undefined : "USD",
    specialPriceFrom: day(row["special_price_from_date"]),
    specialPriceTo: day(row["special_price_to_date"]),
    stock: isDecimal ? undefined : row["qty"]?.replace(/\.0*$/, ""),
    weight: row["weight"] === undefined ? undefined : { value: row["weight"].replace(/^\./, "0."), unit: "lb" },
    images: [...new Set(images)],
    status: row["product_online"] && (row["product_online"] === "1" ? "active" : "inactive"),
    attributes,
    variants: items(row["configurable_variations"], "|").map((variation) => {
      const { sku, ...options } = Object.fromEntries(
        items(variation, ",").map((pair) => pair.split("=") as [string, string]),
      );
      return { sku, options };
    }),
    translations: Object.fromEntries(
      views.map((view) => [
        view["store_view_code"]!,
        filled({
          name: view["name"],
          description: view["description"],
          shortDescription: view["short_description"]?.trim() || undefined,
          attributes: {
            ...pairs(view["additional_attributes"]),
            ...cellsOf(view, (column) => ofStoreView.has(column)),
            ...filled(Object.fromEntries(datesOfStoreView.map((column) => [column, day(view[column])]))),
            ...filled(Object.fromEntries(listsOfStoreView.map((column) => [column, items(view[column], ",")]))),
          },
        }),
      ]),
    ),
  });
}

/** Pairs of name and value; a comma without a pair behind it belongs to the value, a bar separates several. */
function pairs(cell = ""): Record<string, string | string[]> {
  const found = cell.split(/,(?=\w+=)/).filter((pair) => pair !== "");
  return Object.fromEntries(
    found.map((pair) => {
      const at = pair.indexOf("=");
      const values = items(pair.slice(at + 1), "|");
      return [pair.slice(0, at), values.length > 1 ? values : values[0]!];
    }),
  );
}

/** A day, `3/1/25`, or a time of it, `3/1/25, 2:10 PM`. */
function day(text: string | undefined): string | undefined {
  const [whole, month, date, year, hours, minutes, half] =
    /^(\d+)\/(\d+)\/(\d\d)(?:, (\d+):(\d\d) (AM|PM))?$/.exec(text ?? "") ?? [];
  if (whole === undefined) return undefined;
  const ofDay = `20${year!}-${month!.padStart(2, "0")}-${date!.padStart(2, "0")}`;
  if (hours === undefined) return ofDay;
  const hour = (Number(hours) % 12) + (half === "PM" ? 12 : 0);
  return `${ofDay}T${String(hour).padStart(2, "0")}:${minutes!}:00`;
}
