import type { ImportRef } from "#imports/flow.ts";
import { contentHashOf } from "#products/content-hash.ts";
import { ProductRefused, type ProductStore } from "#products/product-store.ts";
import { sourceVersionOf } from "#products/source-version.ts";
import type { Line, MappedLine } from "#records/line.ts";

/**
 * Stores what is mapped among the lines, `concurrency` writes at a time, and says of each what became of it. A product
 * that can never be stored fails alone; anything else that goes wrong is thrown, and the whole chunk is tried again:
 * what was stored by then gives the outcome it was given (promise 2).
 */
export async function storeLines(
  store: ProductStore,
  catalog: string,
  from: ImportRef,
  lines: readonly Line[],
  concurrency: number,
): Promise<Line[]> {
  const stored: Line[] = [...lines];
  let next = 0;
  async function worker(): Promise<void> {
    for (let index = next++; index < lines.length; index = next++) {
      const line = lines[index]!;
      if (line.kind === "mapped") stored[index] = await storeLine(store, catalog, from, line);
    }
  }
  const workers = Array.from({ length: concurrency }, () =>
    worker().catch((error: unknown) => {
      // The others stop at their next record instead of writing on for an answer that nobody will read.
      next = lines.length;
      throw error;
    }),
  );
  // Settled, not raced: nothing may still be writing when the Lambda answers.
  const ends = await Promise.allSettled(workers);
  const failed = ends.find((end) => end.status === "rejected");
  if (failed) throw failed.reason;
  return stored;
}

async function storeLine(store: ProductStore, catalog: string, from: ImportRef, line: MappedLine): Promise<Line> {
  const { product, ...position } = line;
  try {
    const outcome = await store.upsert({
      catalog,
      product,
      sourceVersion: line.failure?.sourceVersion ?? sourceVersionOf(from, line.record),
      contentHash: contentHashOf(product),
      importId: from.importId,
      record: line.record,
    });
    return { ...position, kind: "stored", outcome };
  } catch (error) {
    if (!(error instanceof ProductRefused)) throw error;
    return { ...position, kind: "failed", errors: [{ code: "PRODUCT_TOO_LARGE", message: error.message }] };
  }
}
