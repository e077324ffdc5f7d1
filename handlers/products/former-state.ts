import type { Compared, MappedLine, RestoringLine } from "#records/line.ts";
import type { Product } from "#products/product.ts";
import type { StoredState } from "#products/product-store.ts";

/** What stood under a key before a record replaced it: what an undo gives back. */
export interface FormerState {
  readonly record: number;
  readonly line: number;
  readonly key: string;
  /** The source version under which the record is stored. */
  readonly version: string;
  /** What it replaces; absent where nothing was stored. */
  readonly before?: { readonly version: string; readonly product?: Product | undefined };
}

/** The former state that has to be kept of a record; undefined where the record changes nothing that could be taken back. */
export function formerState(
  at: Pick<FormerState, "record" | "line" | "key" | "version">,
  { outcome, settled }: Compared,
  now: StoredState | undefined,
): FormerState | undefined {
  if (settled || (outcome !== "created" && outcome !== "updated")) return undefined;
  return { ...at, ...(now && { before: { version: now.sourceVersion, product: now.product } }) };
}

/** Of the former states that were kept of a record, that which it replaces if what it was compared with is still there. */
export function formerOf(
  { compared }: MappedLine | RestoringLine,
  states: readonly FormerState[],
): FormerState | undefined {
  return states.find(({ before }) => before?.version === compared?.over);
}

/** Of the former states that were kept of a record, that which it has replaced: whoever keeps a later one has seen something newer. */
export function replacedOf(states: readonly FormerState[]): FormerState {
  return states.reduce((last, one) => ((one.before?.version ?? "") > (last.before?.version ?? "") ? one : last));
}
