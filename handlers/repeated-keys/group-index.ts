import { endOfEntries, entriesOf, keyInFile, keysIn, type IndexedKey } from "#repeated-keys/key-index.ts";

/**
 * Which records of a chunk are which groups, as bytes: an index of the values of their group, see `key-index.ts`, and behind it 4
 * bytes a record: the line on which it begins (big-endian).
 */
const lineBytes = 4;

/** A record that is a group of rows. */
export interface GroupedRecord {
  /** Counted from 0, in its chunk. */
  readonly place: number;
  readonly line: number;
  /** What stands in the column of the groups. */
  readonly value: string;
  /** The failure that it reprocesses: groups of two files that came back in one are two groups. */
  readonly failure?: string | undefined;
}

/** A record of an index, with the line on which it begins. */
export interface IndexedGroup extends IndexedKey {
  readonly line: number;
}

/** The index of the records of a chunk. */
export function groupIndexOf(records: readonly GroupedRecord[]): Buffer {
  const entries = records.map(({ place, value, failure }) => ({ key: keyInFile(value, failure), place, live: true }));
  const lines = Buffer.allocUnsafe(records.length * lineBytes);
  records.forEach(({ line }, at) => lines.writeUInt32BE(line, at * lineBytes));
  return Buffer.concat([entriesOf(entries), lines]);
}

/** The records of an index, in their order. Throws RangeError where the bytes are none. */
export function* groupsIn(index: Buffer): Generator<IndexedGroup> {
  const end = endOfEntries(index);
  let at = end;
  for (const key of keysIn(index.subarray(0, end))) {
    yield { ...key, line: index.readUInt32BE(at) };
    at += lineBytes;
  }
}
