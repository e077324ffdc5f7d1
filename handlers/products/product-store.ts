import type { StoredOutcome } from "#records/line.ts";
import type { Product } from "#products/product.ts";

/** One product to store, with the age and the origin it is stored under. */
export interface ProductWrite {
  readonly catalog: string;
  readonly sku: string;
  /** Undefined where it is taken away: what stays is a mark that keeps its version, and is gone for every reader. */
  readonly product: Product | undefined;
  /** See `#products/source-version.ts`; products only ever grow newer. */
  readonly sourceVersion: string;
  /** The source version of what it replaces; undefined where nothing is stored. */
  readonly over?: string | undefined;
  readonly contentHash: string;
  readonly importId: string;
  readonly record: number;
  /** The record's line, or row of a sheet. */
  readonly line?: number;
}

/** What is stored under a key. */
export interface StoredState {
  readonly sourceVersion: string;
  /** Undefined where it was taken away. */
  readonly product: Product | undefined;
  readonly contentHash: string;
  /** The import that wrote it, and what it made of it. */
  readonly importId: string;
  readonly outcome: StoredOutcome;
}

/**
 * The target of Import. An adapter stores the product whole, if and only if what is stored is what the write goes over and its source
 * version is smaller, and says what that made of it:
 * - `created`: there was none; `updated`: it differed; `unchanged`: only its source version advanced; `removed`: it was taken away;
 * - `superseded`: a greater source version is stored, nothing was written;
 * - an equal source version is stored: the outcome that was given when it was written;
 * - `moved`: something older is stored that the write does not go over, nothing was written.
 * It throws ProductRefused where this one product can never be stored, and an InfrastructureError for what may pass.
 */
export interface ProductStore {
  upsert(write: ProductWrite): Promise<Stored | Moved>;
  /** Why this one product can never be stored, as a sentence; undefined where it can. */
  refusal(product: Product): string | undefined;
  /** What is stored under each of the keys, or was a moment ago; with `latest` what is stored now. Keys that have nothing are missing. */
  read(catalog: string, skus: readonly string[], latest?: "latest"): Promise<ReadonlyMap<string, StoredState>>;
}

/** What a write made of a product. */
export interface Stored {
  readonly outcome: StoredOutcome;
  /** The import whose newer product is stored, where the outcome is `superseded`. */
  readonly supersededBy?: string;
}

/** Somebody has written since the product was looked at. */
export interface Moved {
  readonly outcome: "moved";
}

/** The store can hold no such product; says why in a sentence. */
export class ProductRefused extends Error {
  override readonly name = "ProductRefused";
}
