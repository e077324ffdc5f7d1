import { cellsOf, filled, items, rowsOf, type Row, type Told } from "./rows.ts";

/** The German names of columns, by the English ones. */
const german: Readonly<Record<string, string>> = {
  Typ: "Type",
  Artikelnummer: "SKU",
  "GTIN, UPC, EAN oder ISBN": "GTIN, UPC, EAN, or ISBN",
  Veröffentlicht: "Published",
  Kurzbeschreibung: "Short description",
  Beschreibung: "Description",
  "Datum, an dem Angebotspreis beginnt": "Date sale price starts",
  "Datum, an dem Angebotspreis endet": "Date sale price ends",
  "Vorrätig?": "In stock?",
  Bestand: "Stock",
  "Gewicht (kg)": "Weight (kg)",
  Angebotspreis: "Sale price",
  "Regulärer Preis": "Regular price",
  Kategorien: "Categories",
  Schlagwörter: "Tags",
  Bilder: "Images",
  "Übergeordnetes Produkt": "Parent",
  Marken: "Brands",
};
const texts = { id: "ID", inStock: "In stock?", gtin: "GTIN, UPC, EAN, or ISBN" };
const lists = {
  type: "Type",
  tags: "Tags",
  groupedProducts: "Grouped products",
  upsells: "Upsells",
  crossSells: "Cross-sells",
};
const marked = { published: "Published", stock: "Stock" };
const known = new Set<string>([
  ...Object.values({ ...texts, ...lists, ...marked }),
  ..."SKU,Name,Short description,Description,Date sale price starts,Date sale price ends,Sale price,Regular price".split(
    ",",
  ),
  ..."Categories,Brands,Images,Parent".split(","),
]);
const ofAttribute = /^Attribute? (\d+) (name|value\(s\)|Name|Wert\(e\))$/;

/** The products of an export of WooCommerce: each row is one, variations too. */
export function readWooCommerce(path: string): Told[] {
  return rowsOf(path).map((row) =>
    productOf(Object.fromEntries(Object.entries(row).map(([name, cell]) => [german[name] ?? name, cell]))),
  );
}

function productOf(row: Row): Told {
  const attributes: Record<string, unknown> = cellsOf(
    row,
    (name) => !known.has(name) && !/^Weight |value\(s\)|Wert\(e\)/.test(name),
  );
  for (const [name, column] of Object.entries(texts)) if (row[column]) attributes[name] = row[column];
  for (const [name, column] of Object.entries(lists)) if (row[column]) attributes[name] = items(row[column], ",");
  for (const [name, column] of Object.entries(marked)) if (row[column]) attributes[name] = plain(row[column]);
  for (const [column, name] of Object.entries(row)) {
    const [, n, part] = ofAttribute.exec(column) ?? [];
    if (part?.toLowerCase() !== "name") continue;
    const values = row[`Attribute ${n} value(s)`] ?? row[`Attribut ${n} Wert(e)`];
    if (values !== undefined) attributes[name] = unescaped(values);
  }
  const { Stock: stock = "", Published: published = "" } = row;
  const [price, specialPrice] = [amountOf(row["Regular price"]), amountOf(row["Sale price"])];
  const [, unit = ""] = Object.keys(row).flatMap((name) => /^Weight \((.+)\)$/.exec(name) ?? []);
  const weight = amountOf(row[`Weight (${unit})`]);
  const categories = unescaped(row["Categories"] ?? "").map((path) => items(path, ">"));
  return filled({
    sku: row["SKU"] ?? `id:${row["ID"]}`,
    name: row["Name"],
    description: row["Description"],
    shortDescription: row["Short description"],
    brand: row["Brands"],
    categories,
    price,
    specialPrice,
    currency: price === undefined && specialPrice === undefined ? undefined : "USD",
    specialPriceFrom: row["Date sale price starts"]?.replace(" ", "T"),
    specialPriceTo: row["Date sale price ends"]?.replace(" ", "T"),
    stock: /\d/.test(stock) ? plain(stock) : undefined,
    images: items(row["Images"], ","),
    barcode: row["GTIN, UPC, EAN, or ISBN"],
    weight: weight === undefined ? undefined : { value: weight.replace(/^\./, "0."), unit: unit.replace("lbs", "lb") },
    status: plain(published) === "1" ? "active" : "inactive",
    parentSku: row["Parent"],
    attributes,
  });
}

/** Before a minus the export puts an apostrophe, so that no spreadsheet computes with the cell. */
function plain(cell: string): string {
  return cell.replace(/^'/, "");
}

/** Amounts have the shop's decimal sign. */
function amountOf(cell: string | undefined): string | undefined {
  return cell?.replace(",", ".");
}

/** The items of a list in which a backslash stands before a comma that separates nothing. */
function unescaped(cell: string): string[] {
  return cell
    .split(/(?<!\\),/)
    .map((item) => item.replaceAll("\\,", ",").trim())
    .filter((item) => item !== "");
}
