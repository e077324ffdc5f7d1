import { ListObjectVersionsCommand, type ListObjectVersionsCommandOutput, type S3Client } from "@aws-sdk/client-s3";
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

/** All versions of all files under some prefixes of the inbox, page by page. */
export async function* inboxFiles(
  s3: S3Client,
  bucket: string,
  ...prefixes: readonly string[]
): AsyncGenerator<InboxFile[]> {
  for (const prefix of prefixes) yield* filesUnder(s3, bucket, prefix);
}

async function* filesUnder(s3: S3Client, bucket: string, prefix: string): AsyncGenerator<InboxFile[]> {
  let from: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {};
  while (from) {
    const page: ListObjectVersionsCommandOutput = await s3.send(
      new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix, ...from }),
    );
    yield filesOf(bucket, page);
    const { IsTruncated, NextKeyMarker: KeyMarker, NextVersionIdMarker: VersionIdMarker } = page;
    from = IsTruncated && KeyMarker ? { KeyMarker, ...(VersionIdMarker && { VersionIdMarker }) } : undefined;
  }
}

function filesOf(bucket: string, { Versions = [] }: ListObjectVersionsCommandOutput): InboxFile[] {
  return Versions.flatMap(({ Key: key = "", VersionId, IsLatest, ETag = "", LastModified = new Date(0) }) => {
    // What was stored before there were versions is called "null"; it can be had only while it is the latest.
    const versionId = VersionId === "null" ? undefined : VersionId;
    if (readInboxKey(key).folderMarker || (!versionId && IsLatest === false)) return [];
    const seconds = Math.floor(LastModified.getTime() / 1000);
    return {
      ...{ bucket, key, ...(versionId && { versionId }), etag: ETag.replaceAll('"', "") },
      // Receive takes it from a header, which has whole seconds; a listing may have more.
      lastModified: new Date(seconds * 1000).toISOString(),
    };
  });
}
