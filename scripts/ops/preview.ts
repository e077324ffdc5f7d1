import { createReadStream, statSync } from "node:fs";
import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import type { ImportEntry } from "#imports/import-entry.ts";
import { importIdOf } from "#imports/import-id.ts";
import { importWords } from "./follow.ts";
import type { Project } from "./project.ts";

/** Puts a file where it is only looked at, and gives the entry of its import once that is over. */
export async function preview(
  { s3, names, imports, pollMilliseconds }: Project,
  file: string,
  feed: string,
  progress: (words: string) => void,
): Promise<ImportEntry> {
  const target = { Bucket: names.inboxBucket, Key: `preview/${feed}/${basename(file)}` };
  const ContentLength = statSync(file).size;
  progress("uploading");
  const put = await s3.send(new PutObjectCommand({ ...target, ContentLength, Body: createReadStream(file) }));
  // A bucket without versions, as that of the engine, is asked what became of it.
  const {
    ETag = "",
    LastModified = new Date(0),
    VersionId,
  } = isVersion(put.VersionId) ? { ...put, LastModified: undefined } : await s3.send(new HeadObjectCommand(target));
  const importId = importIdOf({
    ...{ bucket: target.Bucket, key: target.Key, etag: ETag.replaceAll('"', "") },
    ...(isVersion(VersionId) && { versionId: VersionId }),
    lastModified: LastModified.toISOString(),
  });
  for (;;) {
    const entry = await imports.get(importId);
    progress(await importWords(imports, importId));
    if (entry && entry.status !== "RUNNING") return entry;
    await sleep(pollMilliseconds);
  }
}

/** A bucket whose versioning is suspended calls its only version "null". */
function isVersion(id: string | undefined): id is string {
  return id !== undefined && id !== "null";
}
