import { placeInSheet, rowOf } from "#csv/sheet-place.ts";
import { quoted } from "#imports/ops-command.ts";
import type { ImportEntry } from "#imports/import-entry.ts";
import { cleanKey } from "#products/key.ts";
import type { StoredProduct } from "#products/product-reader.ts";
import type { Product } from "#products/product.ts";
import { sourceOf, type Source } from "#products/source-version.ts";
import { NothingMatched } from "../cli/endings.ts";
import type { Project } from "./project.ts";

/** A product as the list gives it. */
export interface ListedProduct {
  readonly catalog: string;
  readonly key: string;
  readonly name?: string;
  readonly price?: string;
  readonly currency?: string;
  /** When upstream dropped the file that its record first stood in: its age. */
  readonly eventTime: string;
  readonly importId: string;
  readonly record: number;
  readonly sourceVersion: string;
}

/** A stored product whole, with what wrote it. */
export interface ShownProduct {
  readonly catalog: string;
  readonly key: string;
  readonly product: Product;
  readonly outcome: StoredProduct["outcome"];
  readonly importId: string;
  /** What is known of that import; absent where its entry is gone. */
  readonly import?: Pick<ImportEntry, "feed" | "startedAt" | "status">;
  readonly file?: { readonly address: string; readonly versionId?: string };
  readonly record: number;
  readonly line?: number;
  /** The row of a workbook as a spreadsheet calls it. */
  readonly place?: string;
  readonly sourceVersion: string;
  /** The import and the record whose age it has, where another one wrote it: it was reprocessed. */
  readonly ageOf?: Pick<Source, "eventTime" | "importId" | "record">;
}

/** A stored product as the list shows it. */
export function listedProduct({ catalog, product, sourceVersion, importId, record }: StoredProduct): ListedProduct {
  const { sku, name, price, currency } = product;
  const { eventTime } = sourceOf(sourceVersion);
  const shown = { ...(name !== undefined && { name }), ...(price !== undefined && { price }) };
  return {
    ...{ catalog, key: sku, ...shown, ...(currency !== undefined && { currency }) },
    ...{ eventTime, importId, record, sourceVersion },
  };
}

/** The products of a catalog. Throws NothingMatched where no feed fills such a catalog. */
export function productsOf(project: Project, catalog: string, since?: string): AsyncGenerator<StoredProduct> {
  checkCatalog(project, catalog);
  return project.products.ofCatalog(catalog, since);
}

/** The product of a key, with the import, the file and the record that wrote it. Throws NothingMatched. */
export async function productOf(project: Project, catalog: string, key: string): Promise<ShownProduct> {
  const { products, imports, command } = project;
  const found = await products.get(catalog, cleanKey(key));
  if (!found) {
    checkCatalog(project, catalog);
    throw new NothingMatched(
      `Catalog ${catalog} has no product ${key}: "${command(`products list ${catalog}`)}" lists those that it has, "${command(`failures --sku=${quoted(key)}`)}" what failed.`,
    );
  }
  const { product, outcome, importId, record, line, sourceVersion } = found;
  const entry = await imports.get(importId);
  const source = sourceOf(sourceVersion);
  return {
    ...{ catalog, key: product.sku, product, outcome, importId },
    ...(entry && originOf(entry, record)),
    ...{ record, ...(line !== undefined && { line }), sourceVersion },
    ...(source.importId !== importId && {
      ageOf: { eventTime: source.eventTime, importId: source.importId, record: source.record },
    }),
  };
}

function originOf(entry: ImportEntry, record: number): Pick<ShownProduct, "import" | "file" | "place"> {
  const { feed, startedAt, status, file, table } = entry;
  const { bucket, key, versionId } = file;
  return {
    import: { feed, startedAt, status },
    file: { address: `s3://${bucket}/${key}`, ...(versionId && { versionId }) },
    ...(table?.sheet && { place: placeInSheet(table.sheet.name, rowOf(table.sheet, record)) }),
  };
}

function checkCatalog({ feeds }: Project, catalog: string): void {
  const catalogs = new Set([...feeds.values()].map((feed) => feed.catalog));
  if (catalogs.has(catalog)) return;
  throw new NothingMatched(`No feed fills a catalog ${catalog}; there are ${[...catalogs].sort().join(", ")}.`);
}
