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
  const index = Buffer.allocUnsafe(countBytes + indexed.length * entryBytes);
  index.writeUInt32BE(indexed.length, 0);
  indexed.forEach(({ key, place, line }, entry) => {
    const at = countBytes + entry * entryBytes;
    const file = byFile && line.failure ? `${importIdIn(line.failure.id)}/` : "";
    hash("sha256", file + key, "buffer").copy(index, at, 0, 12);
    index.writeUInt32BE(place * 2 + (line.kind === "mapped" ? 1 : 0), at + 12);
  });
  const versions = indexed.map(({ line }) => line.failure?.sourceVersion ?? null);
  return versions.some(Boolean) ? Buffer.concat([index, Buffer.from(JSON.stringify(versions))]) : index;
}

/** The import of the file that a failure's record first stood in; anything else has no dash to be cut at. */
function importIdIn(id: string): string {
  return id.split("-", 1)[0]!;
}

/** The records of an index, in their order. Throws RangeError or SyntaxError where the bytes are none. */
export function* keysIn(index: Buffer): Generator<IndexedKey> {
  const count = index.readUInt32BE(0);
  const end = countBytes + count * entryBytes;
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
