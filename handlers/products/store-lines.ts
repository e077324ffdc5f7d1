import type { ImportRef } from "#imports/flow.ts";
import type { FormerState } from "#products/former-state.ts";
import { ProductRefused, type ProductStore, type StoredState } from "#products/product-store.ts";
import { Unfinished } from "#errors/infrastructure.ts";
import { forEachAtOnce } from "#records/concurrently.ts";
import { Interrupted } from "#records/interrupted.ts";
import type { FailedLine, Line, MappedLine, RestoringLine, StoredLine } from "#records/line.ts";
import { compare, versionOf } from "#stages/compare.ts";

/** Keeps what records replace, before any of them is stored. */
export type KeepFormer = (former: readonly FormerState[]) => Promise<void>;

/** How lines are stored. */
export interface Storing {
  /** Writes at a time. */
  readonly concurrency: number;
  readonly keep: KeepFormer;
  /** Whether there is time for another write; as long as it takes, where nothing says so. */
  readonly goesOn?: () => boolean;
}

/**
 * Stores what is mapped among the lines, `concurrency` writes at a time, and says of each what became of it. Each goes over what Compare
 * saw; where somebody has written since, it is compared again, with what is kept for an undo. A product that can never be stored fails
 * alone. Throws Interrupted where anything else goes wrong, or the time is up: with the lines as far as they are stored, from which another
 * attempt goes on. One that begins anew all the same is given the outcomes that it was given before (promise 2).
 */
export async function storeLines(
  store: ProductStore,
  catalog: string,
  from: ImportRef,
  lines: readonly Line[],
  { concurrency, keep, goesOn = () => true }: Storing,
): Promise<Line[]> {
  const stored: Line[] = [...lines];
  try {
    await storeDue(store, catalog, from, stored, { concurrency, keep, goesOn });
  } catch (error) {
    throw new Interrupted(stored, error as Error);
  }
  return stored;
}

async function storeDue(
  store: ProductStore,
  catalog: string,
  from: ImportRef,
  stored: Line[],
  { concurrency, keep, goesOn }: Required<Storing>,
): Promise<void> {
  let due = [...stored.keys()].filter((index) => isDue(stored[index]!));
  // A product that grows newer each time would soon be newer than the record: there are few rounds.
  while (due.length > 0) {
    const moved: number[] = [];
    await forEachAtOnce(due, concurrency, async (index) => {
      if (!goesOn()) throw new Unfinished("The time is up; the next attempt goes on.");
      const line = stored[index] as MappedLine | RestoringLine;
      const end = await storeLine(store, catalog, from, line);
      if (end) stored[index] = end;
      else moved.push(index);
    });
    await compareAgain(store, catalog, from, stored, moved, keep);
    due = moved;
  }
}

function isDue(line: Line): boolean {
  return line.kind === "mapped" || line.kind === "restoring";
}

async function compareAgain(
  store: ProductStore,
  catalog: string,
  from: ImportRef,
  lines: Line[],
  moved: readonly number[],
  keep: KeepFormer,
): Promise<void> {
  const keys = moved.map((index) => (lines[index] as MappedLine | RestoringLine).key);
  const now = await store.read(catalog, keys, "latest");
  const former: FormerState[] = [];
  for (const index of moved) {
    const line = lines[index] as MappedLine | RestoringLine;
    if (line.kind === "restoring") {
      lines[index] = leftAlone(line, now.get(line.key));
      continue;
    }
    const again = compare(from, line, now.get(line.key));
    lines[index] = again.line;
    if (again.former) former.push(again.former);
  }
  await keep(former);
}

/** A product that somebody has written since is theirs. */
function leftAlone({ version, compared, ...line }: RestoringLine, now: StoredState | undefined): RestoringLine {
  const settled = { outcome: "superseded", hash: compared.hash, settled: true } as const;
  return { ...line, version, compared: { ...settled, ...(now && { supersededBy: now.importId }) } };
}

/** What became of a line; undefined where somebody has written since it was compared. */
async function storeLine(
  store: ProductStore,
  catalog: string,
  from: ImportRef,
  line: MappedLine | RestoringLine,
): Promise<StoredLine | FailedLine | undefined> {
  const { product, compared } = line;
  const { key, record, line: place, at, failure, warnings } = line;
  const position = { key, record, line: place, at, ...(failure && { failure }), ...(warnings && { warnings }) };
  if (!compared) throw new TypeError(`Record ${line.record} was never compared with what is stored.`);
  const { outcome, supersededBy, changed, settled } = compared;
  if (settled) return { ...position, kind: "stored", outcome, ...(supersededBy && { supersededBy }) };
  try {
    const stored = await store.upsert({
      ...{ catalog, sku: key, product, over: compared.over, contentHash: compared.hash },
      sourceVersion: line.kind === "restoring" ? line.version : versionOf(from, line),
      ...{ importId: from.importId, record: line.record, line: line.line },
    });
    if (stored.outcome === "moved") return undefined;
    const updated = stored.outcome === "updated" && changed && { changed };
    return { ...position, kind: "stored", ...stored, ...updated };
  } catch (error) {
    if (!(error instanceof ProductRefused)) throw error;
    return { ...position, kind: "failed", errors: [{ code: "PRODUCT_TOO_LARGE", message: error.message }] };
  }
}
