import { createHash } from "node:crypto";

/** What identifies one version of one file. A bucket without versions gives no versionId. */
export interface FileVersion {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
  readonly etag: string;
  /** ISO 8601; S3 keeps whole seconds. */
  readonly lastModified: string;
}

/**
 * The importId of a file version: 32 hex digits, the same for every event that speaks of it (promise 2), never from the clock.
 * Without a version id, etag and last modified stand in for it.
 */
export function importIdOf(file: FileVersion): string {
  const version = file.versionId ?? `${file.etag}@${file.lastModified}`;
  return createHash("sha256").update([file.bucket, file.key, version].join("\n")).digest("hex").slice(0, 32);
}
