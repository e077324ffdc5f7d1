import type { StoredOutcome } from "#records/line.ts";
import type { Product } from "#products/product.ts";

/** One product to store, with the age and the origin it is stored under. */
export interface ProductWrite {
  readonly catalog: string;
  readonly product: Product;
  /** See `#products/source-version.ts`; products only ever grow newer. */
  readonly sourceVersion: string;
  readonly contentHash: string;
  readonly importId: string;
  readonly record: number;
  /** The record's line, or row of a sheet. */
  readonly line?: number;
}

/**
 * The target of Import. An adapter stores the product whole, replacing what was there, if and only if the stored source
 * version is smaller, and says what that made of it:
 * - `created`: there was none; `updated`: it differed; `unchanged`: only its source version advanced;
 * - `superseded`: a greater source version is stored, nothing was written;
 * - an equal source version is stored: the outcome that was given when it was written.
 * It throws ProductRefused where this one product can never be stored, and an InfrastructureError for what may pass.
 */
export interface ProductStore {
  upsert(write: ProductWrite): Promise<Stored>;
}

/** What a write made of a product. */
export interface Stored {
  readonly outcome: StoredOutcome;
  /** The import whose newer product is stored, where the outcome is `superseded`. */
  readonly supersededBy?: string;
}

/** The store can hold no such product; says why in a sentence. */
export class ProductRefused extends Error {
  override readonly name = "ProductRefused";
}
