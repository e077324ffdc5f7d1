import type { ImportRef } from "#imports/flow.ts";
import { contentHashOf } from "#products/content-hash.ts";
import { ProductRefused, type ProductStore } from "#products/product-store.ts";
import { sourceVersionOf } from "#products/source-version.ts";
import { forEachAtOnce } from "#records/concurrently.ts";
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
  await forEachAtOnce(lines, concurrency, async (line, index) => {
    if (line.kind === "mapped") stored[index] = await storeLine(store, catalog, from, line);
  });
  return stored;
}

async function storeLine(store: ProductStore, catalog: string, from: ImportRef, line: MappedLine): Promise<Line> {
  const { product, ...position } = line;
  try {
    const stored = await store.upsert({
      catalog,
      product,
      sourceVersion: line.failure?.sourceVersion ?? sourceVersionOf(from, line.record),
      contentHash: contentHashOf(product),
      importId: from.importId,
      record: line.record,
      line: line.line,
    });
    return { ...position, kind: "stored", ...stored };
  } catch (error) {
    if (!(error instanceof ProductRefused)) throw error;
    return { ...position, kind: "failed", errors: [{ code: "PRODUCT_TOO_LARGE", message: error.message }] };
  }
}
