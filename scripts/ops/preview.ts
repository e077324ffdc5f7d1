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
  const version = put.VersionId !== undefined && put.VersionId !== "null" && { VersionId: put.VersionId };
  const { ETag = "", LastModified = new Date(0) } = await s3.send(new HeadObjectCommand({ ...target, ...version }));
  const importId = importIdOf({
    ...{ bucket: target.Bucket, key: target.Key, etag: ETag.replaceAll('"', "") },
    ...(version && { versionId: version.VersionId }),
    lastModified: LastModified.toISOString(),
  });
  for (;;) {
    progress(await importWords(imports, importId));
    const entry = await imports.get(importId);
    if (entry && entry.status !== "RUNNING") return entry;
    await sleep(pollMilliseconds);
  }
}
