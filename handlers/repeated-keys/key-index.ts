import { hash } from "node:crypto";
import type { Line } from "#records/line.ts";

/**
 * Which records of a chunk have which keys, as bytes: the number of entries (4 bytes), then 16 bytes a record that has a key:
 * 12 of the SHA-256 of its key, 4 of its place in the chunk and whether it is live (big-endian). Behind them, where the records
 * were given ages of their own, their source versions in JSON. 96 bits tell the keys of ten million records apart: two that differ are
 * taken for one with a chance of 10^-15.
 */
const entryBytes = 16;
const countBytes = 4;

/** One record of an index. Its key is told by two whole numbers of 48 bits. */
export interface IndexedKey {
  readonly high: number;
  readonly low: number;
  /** Counted from 0, in its chunk. */
  readonly place: number;
  /** Whether it would be stored: it has not failed, nor been stopped. */
  readonly live: boolean;
  /** The source version, where it is not that of its file and its number. */
  readonly version: string | undefined;
}

/**
 * The index of a chunk's lines, the first of which stands at place 0. Where `byFile`, records that came back from several files are
 * told apart by the file that each first stood in: a key that two files have once each is not repeated.
 */
export function keyIndexOf(lines: readonly Line[], byFile = false): Buffer {
  const indexed = lines.flatMap((line, place) => {
    if (line.kind !== "mapped" && line.kind !== "failed" && line.kind !== "restructured") return [];
    return line.key === undefined ? [] : [{ key: line.key, place, line }];
  });
  const index = entriesOf(
    indexed.map(({ key, place, line }) => ({
      key: byFile ? keyInFile(key, line.failure?.id) : key,
      place,
      live: line.kind === "mapped",
    })),
  );
  const versions = indexed.map(({ line }) => line.failure?.sourceVersion ?? null);
  return versions.some(Boolean) ? Buffer.concat([index, Buffer.from(JSON.stringify(versions))]) : index;
}

/** A key, told apart from that of another file where its record is a failure on its way back in. */
export function keyInFile(key: string, failure: string | undefined): string {
  // The import of the file that the record first stood in; what is no identity has no dash to be cut at.
  return failure === undefined ? key : `${failure.split("-", 1)[0]!}/${key}`;
}

/** An index without source versions. */
export function entriesOf(
  keys: readonly { readonly key: string; readonly place: number; readonly live: boolean }[],
): Buffer {
  const index = Buffer.allocUnsafe(countBytes + keys.length * entryBytes);
  index.writeUInt32BE(keys.length, 0);
  keys.forEach(({ key, place, live }, entry) => {
    const at = countBytes + entry * entryBytes;
    hash("sha256", key, "buffer").copy(index, at, 0, 12);
    index.writeUInt32BE(place * 2 + (live ? 1 : 0), at + 12);
  });
  return index;
}

/** Where the entries of an index end. Throws RangeError where the bytes are none. */
export function endOfEntries(index: Buffer): number {
  return countBytes + index.readUInt32BE(0) * entryBytes;
}

/** The records of an index, in their order. Throws RangeError or SyntaxError where the bytes are none. */
export function* keysIn(index: Buffer): Generator<IndexedKey> {
  const count = index.readUInt32BE(0);
  const end = endOfEntries(index);
  const versions = index.length > end ? (JSON.parse(index.toString("utf8", end)) as (string | null)[]) : [];
  for (let entry = 0; entry < count; entry++) {
    const at = countBytes + entry * entryBytes;
    const place = index.readUInt32BE(at + 12);
    yield {
      high: index.readUIntBE(at, 6),
      low: index.readUIntBE(at + 6, 6),
      place: place >>> 1,
      live: (place & 1) === 1,
      version: versions[entry] ?? undefined,
    };
  }
}
