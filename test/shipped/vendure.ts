import { parse } from "csv-parse/sync";
import { readFileSync } from "node:fs";
import { filled, grouped, items, type Row, type Told } from "./rows.ts";

/** The products of a file of Vendure: rows without a name are further variants of the product above. */
export function readVendure(path: string): Told[] {
  const rows = parse<Row>(readFileSync(path), { columns: true, trim: true, skip_empty_lines: true });
  return grouped(rows, (row) => row["name"] !== "").map(([first, ...more]) => productOf(first, [first, ...more]));
}

function productOf(row: Row, rows: readonly Row[]): Told {
  const names = items(row["optionGroups"], "|");
  const variants = rows.map((own) => {
    const values = items(own["optionValues"], "|");
    return filled({
      sku: own["sku"],
      options: Object.fromEntries(names.map((name, at) => [name, values[at]])),
      price: own["price"],
      stock: own["stockOnHand"] || undefined,
      images: items(own["variantAssets"], "|"),
      attributes: filled({
        sku: own["sku"],
        taxCategory: own["taxCategory"],
        trackInventory: own["trackInventory"] ? own["trackInventory"] === "true" : undefined,
        ...facets(own["variantFacets"]),
      }),
    });
  });
  const product = {
    sku: row["slug"] || row["name"],
    name: row["name"],
    description: row["description"] || undefined,
    currency: "USD",
    images: items(row["assets"], "|"),
    attributes: filled({ slug: row["slug"] || undefined, ...facets(row["facets"]) }),
  };
  if (names.length > 0) return filled({ ...product, variants });
  const { sku: _sku, attributes, ...own } = variants[0]!;
  return filled({ ...own, ...product, attributes: { ...attributes, ...product.attributes } });
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
