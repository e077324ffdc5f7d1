import { groupsIn, type IndexedGroup } from "#repeated-keys/group-index.ts";
import type { IndexedKey } from "#repeated-keys/key-index.ts";
import { RepeatedKeys } from "#repeated-keys/repeated-keys.ts";

/** One record whose group stands in other records of its file too. */
export interface ScatteredGroup {
  readonly record: number;
  /** The lines on which the first few of the others begin. */
  readonly lines: readonly number[];
  /** In how many records the group stands. */
  readonly count: number;
}

/**
 * Finds the groups whose rows do not stand together, from the indexes of a file's chunks, in three passes over them in any order, as
 * RepeatedKeys does. Whatever else is wrong with a record, it counts.
 */
export class ScatteredGroups {
  // It is told lines for records: these are what a person is to look at.
  readonly #lines: RepeatedKeys;

  /** `most` is the number of records that can come. */
  constructor(most: number) {
    this.#lines = new RepeatedKeys(most, false);
  }

  /** Takes the index of a chunk. Throws RangeError where more records come than were announced. */
  collect(index: Buffer): void {
    this.#lines.collect(byLine(index));
  }

  /** Says that no index is left to collect; true where a group may be scattered, so that it is worth going on. */
  collected(): boolean {
    return this.#lines.collected();
  }

  /** Takes the index of a chunk again. */
  group(index: Buffer): void {
    this.#lines.group(byLine(index), 0);
  }

  /** The records of a chunk whose groups are scattered, once all chunks are grouped. */
  scatteredIn(index: Buffer, firstRecord: number): ScatteredGroup[] {
    const scattered = this.#lines.repetitionsIn(byLine(index), 0);
    if (scattered.length === 0) return [];
    const records = new Map([...groupsIn(index)].map(({ line, place }) => [line, firstRecord + place]));
    return scattered.map(({ record: line, others, count }) => ({ record: records.get(line)!, lines: others, count }));
  }
}

function* byLine(index: Buffer): Generator<IndexedKey> {
  for (const group of groupsIn(index)) yield atLine(group);
}

function atLine({ line, ...key }: IndexedGroup): IndexedKey {
  return { ...key, place: line };
}
