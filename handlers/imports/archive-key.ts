/**
 * Bytes of a folder's or file's name in the archive: S3 takes keys of 1024 bytes in all, and a file system, which stands for S3
 * on one machine, names of 255; the name of a normalised twin and the store's own endings come on top.
 */
const longestName = 200;

/** The key of an import's original in the archive. A name that is too long is cut from the left: its suffix stays. */
export function archiveKey(feed: string, eventTime: string, importId: string, name: string): string {
  return `files/${cut(feed)}/${eventTime.slice(0, 10)}/${importId}/${cut(name)}`;
}

/** The key of its twin in plain UTF-8 CSV. */
export function twinKey(archived: string): string {
  return `${archived}.normalised.csv`;
}

function cut(name: string): string {
  const bytes = Buffer.from(name);
  let from = Math.max(0, bytes.length - longestName);
  // Not through the middle of a character.
  while (from < bytes.length && (bytes[from]! & 0xc0) === 0x80) from++;
  return bytes.toString("utf8", from);
}
