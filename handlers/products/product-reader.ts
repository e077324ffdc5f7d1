import type { Product } from "#products/product.ts";
import type { StoredOutcome } from "#records/line.ts";

/** A product as it is stored, with what the store remembers of its last write. */
export interface StoredProduct {
  readonly catalog: string;
  readonly product: Product;
  /** See `#products/source-version.ts`. */
  readonly sourceVersion: string;
  /** The import that wrote it, and the record in that import's file. */
  readonly importId: string;
  readonly record: number;
  /** The record's line, or row of a sheet; an earlier version has not kept it. */
  readonly line?: number;
  /** What that write made of it. */
  readonly outcome: StoredOutcome;
}

/** Looks at what Import has stored. What was taken away is not there. */
export interface ProductReader {
  /** The product of a key, as `cleanKey` makes it; undefined where there is none. */
  get(catalog: string, key: string): Promise<StoredProduct | undefined>;
  /**
   * The products of a catalog in no order, page by page; with `since` (ISO 8601, UTC) those whose source version begins with that
   * event time or a later one.
   */
  ofCatalog(catalog: string, since?: string): AsyncGenerator<StoredProduct>;
}
