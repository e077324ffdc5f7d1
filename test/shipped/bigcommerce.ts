import { filled, grouped, items, rowsOf, type Row, type Told } from "./rows.ts";

/** The names of columns in the legacy export, by those of the present one. */
const legacy: Readonly<Record<string, string>> = {
  Item: "Item Type",
  ID: "Product ID",
  Name: "Product Name",
  SKU: "Product Code/SKU",
  Type: "Product Type",
  Description: "Product Description",
  Categories: "Category",
  "Current Stock": "Current Stock Level",
  "Low Stock": "Low Stock Level",
  "Is Visible": "Product Visible?",
  Weight: "Product Weight",
  Width: "Product Width",
  Height: "Product Height",
  Depth: "Product Depth",
  "UPC/EAN": "Product UPC/EAN",
  "GPS Global Trade Item Number": "Global Trade Number",
  "GPS Manufacturer Part Number": "Manufacturer Part Number",
  "Product Custom Fields": "Custom Fields",
};

/** What is told of products and of variants beside their fields, by the name of the attribute. */
const ofBoth = {
  id: "Product ID",
  weight: "Product Weight",
  width: "Product Width",
  height: "Product Height",
  depth: "Product Depth",
  upcEan: "Product UPC/EAN",
  globalTradeNumber: "Global Trade Number",
  manufacturerPartNumber: "Manufacturer Part Number",
  binPickingNumber: "Bin Picking Number",
  costPrice: "Cost Price",
  retailPrice: "Retail Price",
  lowStock: "Low Stock Level",
  allowPurchases: "Allow Purchases?",
  freeShipping: "Free Shipping",
  fixedShippingCost: "Fixed Shipping Cost",
};
const ofFields = new Set<string>([
  ...Object.values(ofBoth),
  ..."Item Type,Product Name,Product Code/SKU,Options,Brand Name,Product Description,Price,Sale Price,Category".split(
    ",",
  ),
  ..."Current Stock Level,Product Visible?,Variant Image URL,Custom Fields,Product Type,Product URL".split(","),
]);
const ofImages = /^(Internal Image URL|Image |YouTube |Video |Product Image File)/;

/** The products of an export of BigCommerce, of either kind: what stands below a product belongs to it. */
export function readBigCommerce(path: string): Told[] {
  const rows = rowsOf(path).map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, cell]) => [legacy[name] ?? name, cell.trim()])),
  );
  return grouped(rows, (row) => row["Item Type"] === "Product").map(productOf);
}

function productOf([product, ...others]: [Row, ...Row[]]): Told {
  const below = (...types: string[]): Row[] => others.filter((row) => types.includes(row["Item Type"]!));
  const joined = (row: Row, ...names: string[]): string => names.flatMap((name) => row[name] ?? []).join(" | ");
  const images = below("Image").map((row) => ({
    url: row["Image URL (Import)"] ?? row["Internal Image URL (Export)"],
    text: row["Image Description"],
    place: row["Image Sort Order"],
    isThumbnail: row["Image is Thumbnail"] === "TRUE",
  }));
  const attributes: Record<string, unknown> = {};
  for (const row of [product, ...others])
    for (const [name, cell] of Object.entries(row))
      if (!ofFields.has(name) && !ofImages.test(name)) attributes[name] ??= cell;
  Object.assign(attributes, pairs(product["Custom Fields"]), named(product));
  const lists = filled({
    type: product["Product Type"],
    url: product["Product URL"],
    rules: below("Rule").map((row) =>
      joined(row, "Product Code/SKU", "Product Name", "Price", "Product Weight", "Allow Purchases?"),
    ),
    imageDescriptions: images.flatMap(({ url, text }) => (text ? [`${url} ${text}`] : [])),
    imageSortOrders: images.flatMap(({ url, place }) => (place ? [`${place} ${url}`] : [])),
    thumbnail: images.find(({ isThumbnail }) => isThumbnail)?.url,
    videos: below("Video").map((row) =>
      joined(row, "YouTube ID", "Video Title", "Video Description", "Video Sort Order"),
    ),
  });
  const files = [product, ...others].flatMap((row) =>
    Object.entries(row).flatMap(([column, cell]) => (/^Product Image File - \d+$/.test(column) ? [cell] : [])),
  );
  const visible = product["Product Visible?"];
  return filled({
    sku: product["Product Code/SKU"] ?? `id:${product["Product ID"]}`,
    name: product["Product Name"],
    description: product["Product Description"],
    brand: product["Brand Name"],
    categories: items(product["Category"], ";").map((path) => items(path, "/")),
    ...moneyOf(product),
    currency: "USD",
    stock: product["Current Stock Level"],
    images: [...files, ...images.map(({ url }) => url)],
    barcode: product["Product UPC/EAN"],
    status: visible === undefined ? undefined : /^(Y|TRUE)$/.test(visible) ? "active" : "inactive",
    attributes: { ...attributes, ...lists },
    variants: below("SKU", "Variant").map((row) =>
      filled({
        sku: row["Product Code/SKU"]!,
        options: optionsOf(row),
        ...moneyOf(row),
        stock: row["Current Stock Level"],
        barcode: row["Product UPC/EAN"],
        images: items(row["Variant Image URL"], ","),
        attributes: named(row),
      }),
    ),
  });
}

function named(row: Row): Record<string, string> {
  return Object.fromEntries(
    Object.entries(ofBoth).flatMap(([name, column]) => (row[column] ? [[name, row[column]]] : [])),
  );
}

function moneyOf({ Price: price, "Sale Price": sale }: Row): Record<string, string | undefined> {
  return { price, specialPrice: sale === undefined || Number(sale) === 0 ? undefined : sale };
}

/** `Type=Rectangle|Name=Size|Value=S`, or `[S]Size=S,[CS]Color=Red:#ff0000`, one behind the other. */
function optionsOf(row: Row): Record<string, string> {
  const found = row["Options"]
    ? [...row["Options"].matchAll(/Name=(.*?)\|Value=(.*?)(?=\|?Type=|$)/g)]
    : [...(row["Product Name"] ?? "").matchAll(/\[\w+\](.*?)=(.*?)(?=,\[|$)/g)];
  return Object.fromEntries(found.map(([, name, value]) => [name!.trim(), value!.trim()]));
}

/** Pairs of name and value; a semicolon without a pair behind it belongs to the value. */
function pairs(cell = ""): Record<string, string> {
  return Object.fromEntries(items(cell, ";").map((pair) => pair.split("=") as [string, string]));
}
