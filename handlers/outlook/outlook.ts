import type { Tripped } from "#guards/guards.ts";
import { ratioOf } from "#guards/price-factor.ts";
import { mostChanged, type ChangedFields } from "#imports/changed-fields.ts";
import type { FailuresByCode } from "#imports/import-entry.ts";
import { changesBetween, type Change } from "#products/changes.ts";
import type { FormerState } from "#products/former-state.ts";
import type { Product } from "#products/product.ts";
import type { ClosedLine } from "#imports/close-lines.ts";
import { addOutcomes, noOutcomes, type MappedLine, type Outcomes, type RestoringLine } from "#records/line.ts";

/** What an import would do of which nothing is stored yet. */
export interface Outlook {
  /** The guards that hold it; none where it is a preview. */
  readonly guards: readonly Tripped[];
  /** What the records would end as. */
  readonly outcomes: Outcomes;
  readonly failuresByCode: FailuresByCode;
  /** In how many of the products that would be updated each field changes, the most frequent first, a hundred at most. */
  readonly changedFields: ChangedFields;
  /** The largest changes of a price, by how many times it becomes larger or smaller. */
  readonly priceChanges: readonly PriceChange[];
  /** Paths that no product of the file has had, and paths that none of them would have any more; fifty of each at most. */
  readonly newCategories: readonly string[];
  readonly vanishedCategories: readonly string[];
}

export interface PriceChange {
  readonly key: string;
  /** Of which variant it is the price. */
  readonly of?: string;
  readonly before: string;
  readonly after: string;
  readonly currency: string;
}

/** A prepared record: failed, blank or left out as it will end; or mapped and compared with what is stored. */
export type PreparedLine = ClosedLine | MappedLine | RestoringLine;

/** A field that a record would change. */
export interface RecordChange extends Change {
  readonly record: number;
  readonly line: number;
  readonly key: string;
}

const mostPriceChanges = 20;
// So many are kept before the small ones are left.
const manyPriceChanges = 1000;
const mostCategories = 50;
// Of a feed that makes a category of every product: what is told is as good with so many.
const mostKnown = 100_000;

/** Adds up what the chunks of an import would do; its memory does not grow with their number. */
export class OutlookSum {
  readonly #outcomes = noOutcomes();
  readonly #codes = new Map<string, number>();
  readonly #changed = new Map<string, number>();
  #prices: RatedChange[] = [];
  readonly #before = new Set<string>();
  readonly #after = new Set<string>();

  /** Adds a record; `former` is what it would replace, where it changes that. Gives the fields that it would change. */
  add(line: PreparedLine, former: FormerState | undefined): readonly RecordChange[] {
    if (line.kind !== "mapped" && line.kind !== "restoring") {
      this.#outcomes[line.kind === "stored" ? line.outcome : line.kind] += 1;
      if (line.kind === "failed") increase(this.#codes, line.errors[0].code);
      return [];
    }
    const { compared, product, record, line: place, key } = line;
    const { outcome } = compared!;
    this.#outcomes[outcome] += 1;
    const before = former?.before?.product;
    if (outcome !== "superseded") this.#noteCategories(outcome === "unchanged" ? product : before, product);
    if (outcome !== "updated" || before === undefined || product === undefined) return [];
    const changes = changesBetween(before, product);
    for (const field of new Set(changes.map((change) => change.field))) increase(this.#changed, field);
    this.#notePrices(key, changes, before, product);
    return changes.map((change) => ({ record, line: place, key, ...change }));
  }

  /** Adds records of a chunk that was stopped: all of them would fail. */
  addFailed(records: number, code: string): void {
    this.#outcomes.failed += records;
    increase(this.#codes, code, records);
  }

  outlook(guards: readonly Tripped[]): Outlook {
    const only = (paths: ReadonlySet<string>, others: ReadonlySet<string>): string[] =>
      [...paths]
        .filter((path) => !others.has(path))
        .sort()
        .slice(0, mostCategories);
    return {
      guards,
      outcomes: addOutcomes([this.#outcomes]),
      failuresByCode: Object.fromEntries(this.#codes),
      changedFields: mostChanged(this.#changed),
      priceChanges: largest(this.#prices).map(({ ratio: _order, ...change }) => change),
      newCategories: only(this.#after, this.#before),
      vanishedCategories: only(this.#before, this.#after),
    };
  }

  #noteCategories(before: Product | undefined, after: Product | undefined): void {
    for (const [product, known] of [
      [before, this.#before],
      [after, this.#after],
    ] as const)
      for (const path of product?.categories ?? []) if (known.size < mostKnown) known.add(path.join(" > "));
  }

  #notePrices(key: string, changes: readonly Change[], { currency: old }: Product, { currency = "" }: Product): void {
    if (old !== currency) return;
    for (const { field, of, before, after } of changes) {
      if ((field !== "price" && field !== "variants.price") || before === undefined || after === undefined) continue;
      const change = { key, ...(of !== undefined && { of }), before, after, currency, ratio: ratioOf(before, after) };
      this.#prices.push(change);
    }
    if (this.#prices.length > manyPriceChanges) this.#prices = largest(this.#prices);
  }
}

/** How many times the price becomes larger or smaller; that of nothing infinitely often. */
type RatedChange = PriceChange & { readonly ratio: number };

function largest(changes: readonly RatedChange[]): RatedChange[] {
  const byRatio = (a: RatedChange, b: RatedChange): number => (a.ratio === b.ratio ? 0 : b.ratio - a.ratio);
  return changes.toSorted(byRatio).slice(0, mostPriceChanges);
}

function increase(counts: Map<string, number>, name: string, by = 1): void {
  counts.set(name, (counts.get(name) ?? 0) + by);
}
