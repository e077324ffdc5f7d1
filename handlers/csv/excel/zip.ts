import { constants, inflateRawSync } from "node:zlib";

/** A file in a zip archive, still packed. */
export interface ZipEntry {
  readonly packed: Buffer;
  readonly deflated: boolean;
}

const endOfDirectory = 0x06054b50;
const directoryEntry = 0x02014b50;
const inZip64 = 0xffffffff;

/**
 * The files of a zip archive by name (see `entryName`), as its central directory lists them. Throws RangeError or Error for what
 * is no archive.
 */
export function zipEntries(archive: Buffer): Map<string, ZipEntry> {
  const end = archive.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end === -1 || archive.readUInt32LE(end) !== endOfDirectory) throw new Error("The archive has no directory");
  const count = archive.readUInt16LE(end + 10);
  const entries = new Map<string, ZipEntry>();
  let at = archive.readUInt32LE(end + 16);
  for (let i = 0; i < count; i++) {
    if (archive.readUInt32LE(at) !== directoryEntry) throw new Error("The archive's directory is damaged");
    const method = archive.readUInt16LE(at + 10);
    const nameLength = archive.readUInt16LE(at + 28);
    const extraLength = archive.readUInt16LE(at + 30);
    const name = archive.toString("utf8", at + 46, at + 46 + nameLength);
    const extra = archive.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength);
    const { size, offset } = placeOf(archive, at, extra);
    if (method === 0 || method === 8) {
      // The local header's own extra field need not be as long as the directory's.
      const start = offset + 30 + archive.readUInt16LE(offset + 26) + archive.readUInt16LE(offset + 28);
      if (start + size > archive.length) throw new Error("The archive is cut off");
      entries.set(entryName(name), { packed: archive.subarray(start, start + size), deflated: method === 8 });
    }
    at += 46 + nameLength + extraLength + archive.readUInt16LE(at + 32);
  }
  return entries;
}

/** A file's name to look it up by: some writers part folders by backslashes, and a workbook's parts are named in any case. */
export function entryName(name: string): string {
  return name.replaceAll("\\", "/").replace(/^\//, "").toLowerCase();
}

/** The file's bytes; throws RangeError with code ERR_BUFFER_TOO_LARGE where they are more than `maxBytes`, whatever its header claims. */
export function unpack({ packed, deflated }: ZipEntry, maxBytes: number): Buffer {
  return deflated ? inflateRawSync(packed, { maxOutputLength: maxBytes }) : packed;
}

/** Some of the file's first bytes; none where they cannot be unpacked. */
export function startOf({ packed, deflated }: ZipEntry): Buffer {
  const start = packed.subarray(0, 4 * 1024);
  if (!deflated) return start;
  try {
    return inflateRawSync(start, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return Buffer.alloc(0);
  }
}

/** Packed size and offset of the local header; some writers put them into the Zip64 field whatever the size. */
function placeOf(archive: Buffer, at: number, extra: Buffer): { size: number; offset: number } {
  let size = archive.readUInt32LE(at + 20);
  let offset = archive.readUInt32LE(at + 42);
  for (let field = 0; field + 4 <= extra.length; field += 4 + extra.readUInt16LE(field + 2)) {
    if (extra.readUInt16LE(field) !== 1) continue;
    let value = field + 4;
    const next = (): number => Number(extra.readBigUInt64LE((value += 8) - 8));
    if (archive.readUInt32LE(at + 24) === inZip64) next();
    if (size === inZip64) size = next();
    if (offset === inZip64) offset = next();
  }
  return { size, offset };
}
