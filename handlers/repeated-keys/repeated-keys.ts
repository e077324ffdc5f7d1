import type { IndexedKey } from "#repeated-keys/key-index.ts";

/** One record whose key others of its file have too. */
export interface Repetition {
  readonly record: number;
  /** The record that wins: the last, or, where records have ages of their own, the newest. */
  readonly last: number;
  /** The first few of the other records that have the key. */
  readonly others: readonly number[];
  /** How many records have the key. */
  readonly count: number;
}

/** What a file's repeated keys add up to. */
export interface RepeatedKeysSum {
  /** Keys that more than one record has. */
  readonly keys: number;
  /** Records that have one of these keys. */
  readonly records: number;
}

const mostOthers = 3;

// Beside the last one, so that each record can be told of so many others.
const mostFirst = mostOthers + 1;

/**
 * Finds the keys that several records of a file have, from those of its chunks, in three passes over them in any order:
 * `collect` all, then `group` all, then `repetitionsIn` each. What it finds is the same in any order. Memory is 8 bytes a record
 * for the first pass, and then 44 a key that is repeated: arrays of numbers, for millions of objects would not fit into a Lambda.
 */
export class RepeatedKeys {
  readonly #liveOnly: boolean;
  /** In the first pass the high halves of all keys, from then on those of repeated ones, sorted. */
  #halves: Float64Array;
  #collected = 0;
  // What is known of each repeated key, by its slot: the place of its high half.
  #lows = new Float64Array();
  #counts = new Uint32Array();
  #lasts = new Uint32Array();
  /** The first records of each slot, rising. */
  #firsts = new Uint32Array();
  readonly #versions = new Map<number, string>();
  /** Slots of keys whose high half is that of another repeated key. */
  readonly #further = new Map<string, number>();

  /** `most` is the number of records that can come; `liveOnly` says whether those that have failed already do not count. */
  constructor(most: number, liveOnly: boolean) {
    this.#halves = new Float64Array(most);
    this.#liveOnly = liveOnly;
  }

  /** Takes the keys of a chunk. Throws RangeError where more records come than were announced. */
  collect(keys: Iterable<IndexedKey>): void {
    for (const key of this.#counted(keys)) {
      if (this.#collected === this.#halves.length) throw new RangeError("There are more keys than records.");
      this.#halves[this.#collected++] = key.high;
    }
  }

  /** Says that no chunk is left to collect; true where a key may be repeated, so that it is worth going on. */
  collected(): boolean {
    const all = this.#halves.subarray(0, this.#collected).sort();
    let repeated = 0;
    for (let at = 1; at < all.length; at++) {
      // The first of two goes to the front, over what has been looked at.
      if (all[at] === all[at - 1] && (repeated === 0 || all[repeated - 1] !== all[at])) all[repeated++] = all[at]!;
    }
    this.#halves = all.slice(0, repeated);
    this.#resize(repeated);
    return repeated > 0;
  }

  /** Takes the keys of a chunk again, with the number of its first record. */
  group(keys: Iterable<IndexedKey>, firstRecord: number): void {
    for (const key of this.#counted(keys)) {
      const slot = this.#slotOf(key, true);
      if (slot >= 0) this.#add(slot, firstRecord + key.place, key.version);
    }
  }

  /** The records of a chunk whose keys are repeated, in their order, once all chunks are grouped. */
  repetitionsIn(keys: Iterable<IndexedKey>, firstRecord: number): Repetition[] {
    const found: Repetition[] = [];
    for (const key of this.#counted(keys)) {
      const slot = this.#slotOf(key, false);
      if (slot < 0 || this.#counts[slot]! < 2) continue;
      const record = firstRecord + key.place;
      const count = this.#counts[slot]!;
      const first = this.#firsts.subarray(slot * mostFirst, slot * mostFirst + Math.min(count, mostFirst));
      const others = [...first].filter((other) => other !== record).slice(0, mostOthers);
      found.push({ record, last: this.#lasts[slot]!, others, count });
    }
    return found;
  }

  /** What all chunks that were grouped add up to. */
  sum(): RepeatedKeysSum {
    const counts = this.#counts.filter((count) => count > 1);
    return { keys: counts.length, records: counts.reduce((sum, count) => sum + count, 0) };
  }

  *#counted(keys: Iterable<IndexedKey>): Generator<IndexedKey> {
    for (const key of keys) if (key.live || !this.#liveOnly) yield key;
  }

  /** The slot of a key; -1 where it has none. */
  #slotOf({ high, low }: IndexedKey, claim: boolean): number {
    const slot = indexIn(this.#halves, high);
    if (slot < 0) return slot;
    if (claim && this.#counts[slot] === 0) this.#lows[slot] = low;
    if (this.#lows[slot] === low) return slot;
    const name = `${high}/${low}`;
    const further = this.#further.get(name);
    if (further !== undefined || !claim) return further ?? -1;
    const next = this.#halves.length + this.#further.size;
    if (next >= this.#counts.length) this.#resize(next * 2);
    this.#further.set(name, next);
    return next;
  }

  #add(slot: number, record: number, version: string | undefined): void {
    const count = this.#counts[slot]!++;
    // Chunks come in any order; the records that are named are the first ones all the same.
    const firsts = this.#firsts.subarray(slot * mostFirst, (slot + 1) * mostFirst);
    let at = Math.min(count, mostFirst);
    for (; at > 0 && firsts[at - 1]! > record; at--) if (at < mostFirst) firsts[at] = firsts[at - 1]!;
    if (at < mostFirst) firsts[at] = record;
    if (count === 0 || this.#isNewer(record, version, slot)) {
      this.#lasts[slot] = record;
      if (version !== undefined) this.#versions.set(slot, version);
    }
  }

  /** By source version where the records have their own, else by number, which is the order of their source versions. */
  #isNewer(record: number, version: string | undefined, slot: number): boolean {
    const last = this.#versions.get(slot);
    if (version !== undefined && last !== undefined && version !== last) return version > last;
    return record > this.#lasts[slot]!;
  }

  #resize(slots: number): void {
    this.#lows = copied(this.#lows, new Float64Array(slots));
    this.#counts = copied(this.#counts, new Uint32Array(slots));
    this.#lasts = copied(this.#lasts, new Uint32Array(slots));
    this.#firsts = copied(this.#firsts, new Uint32Array(slots * mostFirst));
  }
}

function copied<Numbers extends Float64Array | Uint32Array>(from: Numbers, to: Numbers): Numbers {
  to.set(from);
  return to;
}

/** The place of a value in rising values; -1 where it is not there. */
function indexIn(values: Float64Array, value: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! < value) low = middle + 1;
    else if (values[middle]! > value) high = middle - 1;
    else return middle;
  }
  return -1;
}
