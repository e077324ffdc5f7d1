import {
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type ListObjectsV2CommandOutput,
  type ListObjectVersionsCommandOutput,
  type ObjectVersion,
  type S3Client,
} from "@aws-sdk/client-s3";
import { readInboxKey } from "#imports/inbox-key.ts";

/** One version of a file in the inbox. A bucket without versions gives no versionId. */
export interface InboxFile {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
  /** As S3 gives it, without the quotes. */
  readonly etag: string;
  /** ISO 8601. */
  readonly lastModified: string;
}

/** What the two listings say of an object alike. */
type Listed = Pick<ObjectVersion, "Key" | "VersionId" | "IsLatest" | "ETag" | "LastModified">;

/** All versions of all files in the inbox, page by page; of a bucket that has no versions, its objects. */
export async function* inboxFiles(s3: S3Client, bucket: string, prefix: string): AsyncGenerator<InboxFile[]> {
  try {
    yield* versions(s3, bucket, prefix);
  } catch (error) {
    if (!hasNoVersions(error)) throw error;
    yield* objects(s3, bucket, prefix);
  }
}

async function* versions(s3: S3Client, Bucket: string, Prefix: string): AsyncGenerator<InboxFile[]> {
  let from: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {};
  while (from) {
    // A key may hold characters that XML cannot.
    const page: ListObjectVersionsCommandOutput = await s3.send(
      new ListObjectVersionsCommand({ Bucket, Prefix, EncodingType: "url", ...from }),
    );
    yield filesOf(Bucket, page.Versions, page.EncodingType);
    const { NextKeyMarker: KeyMarker, NextVersionIdMarker: VersionIdMarker } = page;
    from =
      page.IsTruncated && KeyMarker
        ? { KeyMarker: decoded(KeyMarker, page.EncodingType), ...(VersionIdMarker && { VersionIdMarker }) }
        : undefined;
  }
}

async function* objects(s3: S3Client, Bucket: string, Prefix: string): AsyncGenerator<InboxFile[]> {
  let from: string | undefined;
  do {
    const page: ListObjectsV2CommandOutput = await s3.send(
      new ListObjectsV2Command({ Bucket, Prefix, EncodingType: "url", ...(from && { ContinuationToken: from }) }),
    );
    yield filesOf(Bucket, page.Contents, page.EncodingType);
    from = page.NextContinuationToken;
  } while (from);
}

function filesOf(bucket: string, listed: readonly Listed[] = [], encoding: string | undefined): InboxFile[] {
  return listed.flatMap(({ Key = "", VersionId, IsLatest = true, ETag = "", LastModified = new Date(0) }) => {
    const key = decoded(Key, encoding);
    // What was stored before there were versions is called "null"; it can be asked for only while it is the latest.
    const versionId = VersionId === "null" ? undefined : VersionId;
    if (readInboxKey(key).folderMarker || (VersionId === "null" && !IsLatest)) return [];
    const seconds = Math.floor(LastModified.getTime() / 1000);
    return {
      ...{ bucket, key, ...(versionId && { versionId }), etag: ETag.replaceAll('"', "") },
      // A header, from which Receive takes it, has whole seconds; a listing may have more.
      lastModified: new Date(seconds * 1000).toISOString(),
    };
  });
}

function decoded(key: string, encoding: string | undefined): string {
  return encoding === "url" ? decodeURIComponent(key.replaceAll("+", " ")) : key;
}

function hasNoVersions(error: unknown): boolean {
  return error instanceof Error && ["MethodNotAllowed", "NotImplemented"].includes(error.name);
}
