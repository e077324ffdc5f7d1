import type { ImportRef } from "#imports/flow.ts";
import { isRepriced } from "#guards/price-factor.ts";
import { changesBetween, type Change } from "#products/changes.ts";
import { contentHashOf } from "#products/content-hash.ts";
import { formerState, type FormerState } from "#products/former-state.ts";
import type { ProductStore, StoredState } from "#products/product-store.ts";
import { sourceVersionOf } from "#products/source-version.ts";
import { failLine } from "#stages/fail-line.ts";
import type { Compared, Line, MappedLine } from "#records/line.ts";

/** A record beside what is stored under its key. */
export interface ComparedLine {
  readonly line: MappedLine & { readonly compared: Compared };
  /** What has to be kept before it is stored, so that it can be taken back. */
  readonly former?: FormerState | undefined;
}

/** The source version of a record: that of its dead letter, where it comes back. */
export function versionOf(from: ImportRef, { failure, record }: MappedLine): string {
  return failure?.sourceVersion ?? sourceVersionOf(from, record);
}

/**
 * Says of a record what will become of it, if what is stored under its key stays as it is. A price counts as changed for the guards from
 * `priceFactor` on.
 */
export function compare(
  from: ImportRef,
  line: MappedLine,
  now: StoredState | undefined,
  priceFactor = Infinity,
): ComparedLine {
  const version = versionOf(from, line);
  const compared = comparedWith(line, version, now, priceFactor);
  const { record, line: place, key } = line;
  return { line: { ...line, compared }, former: formerState({ record, line: place, key, version }, compared, now) };
}

function comparedWith(
  { product, compared }: MappedLine,
  version: string,
  now: StoredState | undefined,
  priceFactor: number,
): Compared {
  const hash = compared?.hash ?? contentHashOf(product);
  if (now === undefined) return { outcome: "created", hash };
  const { sourceVersion: over, importId, outcome, contentHash } = now;
  if (over === version) return { outcome, hash, settled: true };
  if (over > version) return { outcome: "superseded", hash, settled: true, supersededBy: importId };
  // What was taken away is created anew, over the mark that it has left.
  if (now.product === undefined) return { outcome: "created", hash, over };
  if (contentHash === hash) return { outcome: "unchanged", hash, over };
  const changes = changesBetween(now.product, product);
  const changed = [...new Set(changes.map(({ field }) => field))];
  const repriced = isRepriced(now.product, product, priceFactor) && { repriced: true as const };
  const losing = changes.some(isLoss) && { losing: true as const };
  return { outcome: "updated", hash, over, changed, ...repriced, ...losing };
}

/** Special prices end by themselves, and a variant that is gone takes its fields along. */
function isLoss({ field, of, after }: Change): boolean {
  return after === undefined && of === undefined && !field.startsWith("specialPrice");
}

/** Compares all that is mapped among the lines with what is stored. */
export async function compareLines(
  store: ProductStore,
  catalog: string,
  from: ImportRef,
  lines: readonly Line[],
  priceFactor?: number,
): Promise<{ readonly compared: readonly Line[]; readonly former: readonly FormerState[] }> {
  const keys = lines.flatMap((line) => (line.kind === "mapped" ? [line.key] : []));
  const now = await store.read(catalog, keys);
  const former: FormerState[] = [];
  const compared = lines.map((line) => {
    if (line.kind !== "mapped") return line;
    const refusal = store.refusal(line.product);
    if (refusal !== undefined) return failLine(line, line.key, [{ code: "PRODUCT_TOO_LARGE", message: refusal }]);
    const one = compare(from, line, now.get(line.key), priceFactor);
    if (one.former) former.push(one.former);
    return one.line;
  });
  return { compared, former };
}
