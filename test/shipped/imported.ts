import { join } from "node:path";
import { loadFeeds } from "#feeds/load.ts";
import type { Product } from "#products/product.ts";
import { tryFile } from "../../scripts/feeds/try.ts";

const root = join(import.meta.dirname, "../..");

/** The place of a file of the project. */
export function fileOf(path: string): string {
  return join(root, path);
}

/** What a feed makes of a whole file. */
export interface Imported {
  readonly products: readonly Product[];
  /** Of records that are no products, and of the file itself: each as "CODE message". */
  readonly failures: readonly string[];
  /** Each as "CODE column value". */
  readonly warnings: readonly string[];
  /** Columns that nothing is made of. */
  readonly unread: readonly string[];
}

/** Imports a file of the project by a feed of the project, the way an import does. */
export async function imported(feedName: string, path: string, folder = "schemas/feeds"): Promise<Imported> {
  const feed = loadFeeds(fileOf(folder)).get(feedName)!;
  const { shown, unread, rejection } = await tryFile(fileOf(path), feed, Infinity);
  if (rejection) throw new Error(`${path}: ${rejection.message}`);
  return {
    products: shown.flatMap(({ product }) => (product ? [product] : [])),
    failures: shown.flatMap(({ errors }) => errors.map(({ code, message }) => `${code} ${message}`)),
    warnings: shown.flatMap((record) =>
      record.warnings.map(({ code, column, value }) => `${code} ${column ?? ""} ${value ?? ""}`),
    ),
    unread,
  };
}
