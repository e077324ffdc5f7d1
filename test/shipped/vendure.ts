import { parse } from "csv-parse/sync";
import { readFileSync } from "node:fs";
import { filled, grouped, items, type Row, type Told } from "./rows.ts";

/** The products of a file of Vendure: rows without a name are further variants of the product above. */
export function readVendure(path: string): Told[] {
  return productsOf(path, "");
}

/** The same of a file with columns in several languages, of which one is the catalog's. */
export function readVendureLanguages(path: string): Told[] {
  return productsOf(path, "en");
}

function productsOf(path: string, own: string): Told[] {
  const rows = parse<Row>(readFileSync(path), { columns: true, trim: true, skip_empty_lines: true });
  const name = own === "" ? "name" : `name:${own}`;
  return grouped(rows, (row) => row[name] !== "").map(([first, ...more]) => productOf(first, [first, ...more], own));
}

function productOf(row: Row, rows: readonly Row[], own: string): Told {
  const text = (one: Row, column: string): string | undefined =>
    one[own === "" ? column : `${column}:${own}`] || undefined;
  const names = items(row["optionGroups"], "|");
  const variants = rows.map((one) => {
    const values = items(text(one, "optionValues"), "|");
    return filled({
      sku: one["sku"],
      options: Object.fromEntries(names.map((name, at) => [name, values[at]])),
      price: one["price"],
      stock: one["stockOnHand"] || undefined,
      images: items(one["variantAssets"], "|"),
      attributes: filled({
        sku: one["sku"],
        taxCategory: one["taxCategory"],
        trackInventory: one["trackInventory"] ? one["trackInventory"] === "true" : undefined,
        ...facets(text(one, "variantFacets")),
        ...cells(one, /^variant:.+|^(variantFacets|optionValues):(?!en$).+/),
      }),
    });
  });
  const product = {
    sku: text(row, "slug") ?? text(row, "name"),
    name: text(row, "name"),
    description: text(row, "description"),
    currency: "USD",
    images: items(row["assets"], "|"),
    attributes: filled({
      slug: text(row, "slug"),
      ...facets(text(row, "facets")),
      ...cells(row, /^product:[^:]+$/),
    }),
    translations: own === "" ? undefined : translationsOf(row, own),
  };
  if (names.length > 0) return filled({ ...product, variants });
  const { sku: _sku, attributes, ...only } = variants[0]!;
  return filled({ ...only, ...product, attributes: { ...attributes, ...product.attributes } });
}

/** What the columns of languages say; those of the catalog's own fill the product itself, but for custom fields. */
function translationsOf(row: Row, own: string): Record<string, object> {
  const found: Record<string, { [field: string]: unknown; attributes?: Record<string, string> }> = {};
  for (const [column, cell] of Object.entries(row)) {
    const [, field = "", locale = ""] = /^(name|slug|description|facets|product:[^:]+):(.+)$/.exec(column) ?? [];
    if (cell === "" || field === "" || (locale === own && !field.startsWith("product:"))) continue;
    const translation = (found[locale] ??= {});
    if (field === "name" || field === "description") translation[field] = cell;
    else (translation.attributes ??= {})[field] = cell;
  }
  return found;
}

function cells(row: Row, wanted: RegExp): Row {
  return Object.fromEntries(Object.entries(row).filter(([column, cell]) => cell !== "" && wanted.test(column)));
}

function facets(cell: string | undefined): Record<string, string | string[]> {
  const found: Record<string, string[]> = {};
  for (const facet of items(cell, "|")) {
    const [name = "", value = ""] = facet.split(":");
    (found[name] ??= []).push(value);
  }
  return Object.fromEntries(
    Object.entries(found).map(([name, values]) => [name, values.length > 1 ? values : values[0]!]),
  );
}
