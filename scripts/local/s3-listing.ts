import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type S3rver from "@20minutes/s3rver";
import type { Context } from "@20minutes/s3rver";

/** How the server names the file of an object. */
const suffix = "._S3rver_object";

/**
 * Answers ListObjectsV2 and ListObjectVersions of a bucket, as XML. The server's own listing is not in the order of the keys, so
 * that its pages lose some, and it knows no versions: here each object has the one version of a bucket without them.
 */
export async function listing(server: S3rver, directory: string, { path, query }: Context): Promise<string> {
  const versions = "versions" in query;
  const bucket = path.replaceAll("/", "");
  const { prefix = "", "max-keys": most = "1000" } = query;
  const after = query["continuation-token"] ?? query["start-after"] ?? query["key-marker"] ?? "";
  const files = await readdir(join(directory, bucket), { recursive: true });
  const all = files.filter((file) => file.endsWith(suffix)).map((file) => file.slice(0, -suffix.length));
  const keys = all.filter((key) => key.startsWith(prefix) && key > after).sort();
  const page = keys.slice(0, Number(most));
  const entry = versions ? "Version" : "Contents";
  const entries = page.map(async (Key) => {
    const {
      etag: ETag,
      "last-modified": modified,
      "content-length": Size,
    } = await server.store.getMetadata(bucket, Key);
    const version = versions && { VersionId: "null", IsLatest: true };
    return element(entry, { Key, LastModified: new Date(modified).toISOString(), ETag, Size, ...version });
  });
  const IsTruncated = page.length < keys.length;
  const last = page.at(-1) ?? "";
  const next = versions ? { NextKeyMarker: last, NextVersionIdMarker: "null" } : { NextContinuationToken: last };
  const head = { Name: bucket, Prefix: prefix, MaxKeys: most, IsTruncated, ...(IsTruncated && next) };
  const count = versions ? {} : { KeyCount: page.length };
  return element(
    versions ? "ListVersionsResult" : "ListBucketResult",
    { ...head, ...count },
    await Promise.all(entries),
  );
}

function element(
  name: string,
  parts: Readonly<Record<string, string | number | boolean>>,
  further: readonly string[] = [],
): string {
  const escaped = (text: string) => text.replaceAll(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
  const inner = Object.entries(parts).map(([part, value]) => `<${part}>${escaped(String(value))}</${part}>`);
  return `<${name}>${[...inner, ...further].join("")}</${name}>`;
}
