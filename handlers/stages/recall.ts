import type { Chunk } from "#imports/flow.ts";
import { contentHashOf } from "#products/content-hash.ts";
import { replacedOf, type FormerState } from "#products/former-state.ts";
import type { StoredState } from "#products/product-store.ts";
import { undoneVersionOf } from "#products/source-version.ts";
import type { Line, RestoringLine, StoredLine } from "#records/line.ts";

/** What taking back the records of a chunk comes to, and what has to be kept so that this can be taken back in turn. */
export interface Recalled {
  readonly lines: readonly Line[];
  readonly former: readonly FormerState[];
}

/**
 * Gives each record of a chunk that an import has stored the state that its product had before, where it is still as that import left it.
 * Nothing is to be done of those that it has not stored, and what somebody has written since is left alone. `ours` are the import and what
 * takes it back: a record whose key a later one of the import has is that one's matter.
 */
export function recall(
  { records }: Pick<Chunk, "records">,
  ours: readonly string[],
  kept: ReadonlyMap<number, readonly FormerState[]>,
  now: ReadonlyMap<string, StoredState>,
): Recalled {
  const former: FormerState[] = [];
  const lines = [...kept.values()].map((states): Line => {
    const replaced = replacedOf(states);
    const { record, line, key, version } = replaced;
    const stored = now.get(key);
    const at = { record, line, key };
    if (!stored || stored.sourceVersion < version) return ended(at, "unchanged");
    const undone = undoneVersionOf(version);
    if (stored.sourceVersion === undone) return ended(at, stored.outcome);
    if (stored.sourceVersion !== version)
      return ours.includes(stored.importId) ? ended(at, "unchanged") : ended(at, "superseded", stored.importId);
    former.push({ ...at, version: undone, before: { version, product: stored.product } });
    return restoring(at, undone, replaced, stored);
  });
  // Of the others nothing was kept, for the import has changed nothing: which they are is nobody's question.
  const others = Array.from({ length: records - lines.length }, () => ended(nobody, "unchanged"));
  return { lines: [...lines, ...others], former };
}

/** The keys of the products that the records of a chunk would be given back. */
export function keysOf(kept: ReadonlyMap<number, readonly FormerState[]>): string[] {
  return [...kept.values()].flatMap(([state]) => (state ? [state.key] : []));
}

const nobody: At = { record: 0, line: 0, key: "" };

interface At {
  readonly record: number;
  readonly line: number;
  readonly key: string;
}

// Where the record stands in its file is nobody's question here: it is not read again.
const nowhere = [0, 0] as const;

function ended(at: At, outcome: StoredLine["outcome"], supersededBy?: string): StoredLine {
  return { ...at, kind: "stored", at: nowhere, outcome, ...(supersededBy !== undefined && { supersededBy }) };
}

function restoring(at: At, version: string, { before }: FormerState, now: StoredState): RestoringLine {
  const product = before?.product;
  const over = now.sourceVersion;
  const outcome = !product ? "removed" : now.product ? "updated" : "created";
  const hash = product ? contentHashOf(product) : "";
  return {
    ...at,
    kind: "restoring",
    at: nowhere,
    ...(product && { product }),
    version,
    compared: { outcome, hash, over },
  };
}
