import {
  CopyObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import type { Readable } from "node:stream";
import { copyInParts } from "#aws/copy-in-parts.ts";
import type { ObjectRef } from "#imports/flow.ts";

/** One version of an object. */
export interface VersionRef extends ObjectRef {
  readonly versionId?: string;
}

/** What S3 says of an object. */
export interface ObjectHead {
  readonly versionId?: string;
  /** As S3 gives it, without the quotes. */
  readonly etag: string;
  readonly bytes: number;
  /** ISO 8601. */
  readonly lastModified: string;
}

/** Made once a cold start; S3 calls are few and large, so its own retries are left as they are. */
export const s3 = new S3Client({});

const input = (ref: VersionRef) => ({
  Bucket: ref.bucket,
  Key: ref.key,
  ...(ref.versionId && { VersionId: ref.versionId }),
});

/** True where S3 says that there is no such object, version or bucket. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && ["NoSuchKey", "NotFound", "NoSuchVersion", "NoSuchBucket"].includes(error.name);
}

/** Asks for an object's version, size and age; undefined where there is no such object. */
export async function head(ref: VersionRef): Promise<ObjectHead | undefined> {
  try {
    const answer = await s3.send(new HeadObjectCommand(input(ref)));
    return {
      // A bucket whose versioning is suspended calls its only version "null".
      ...(answer.VersionId && answer.VersionId !== "null" && { versionId: answer.VersionId }),
      etag: (answer.ETag ?? "").replaceAll('"', ""),
      bytes: answer.ContentLength ?? 0,
      lastModified: (answer.LastModified ?? new Date(0)).toISOString(),
    };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Reads bytes [start, end) of an object; the whole of it where no range is given. */
export async function read(ref: ObjectRef, range?: readonly [start: number, end: number]): Promise<Buffer> {
  if (range && range[0] >= range[1]) return Buffer.alloc(0);
  const answer = await s3.send(
    new GetObjectCommand({ ...input(ref), ...(range && { Range: `bytes=${range[0]}-${range[1] - 1}` }) }),
  );
  const bytes = await answer.Body?.transformToByteArray();
  if (!bytes) throw new Error(`s3://${ref.bucket}/${ref.key} has no body.`);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The keys of a bucket's objects that begin with a prefix, in their order. */
export async function* list(bucket: string, prefix: string): AsyncGenerator<string> {
  let from: string | undefined;
  do {
    const page = await s3.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ...(from && { ContinuationToken: from }) }),
    );
    for (const { Key } of page.Contents ?? []) if (Key !== undefined) yield Key;
    from = page.NextContinuationToken;
  } while (from);
}

/** Reads a JSON object. The caller vouches for its type: only this project writes these objects. */
export async function readJson<T>(ref: ObjectRef): Promise<T> {
  return JSON.parse((await read(ref)).toString("utf8")) as T;
}

/** Streams an object. */
export async function stream(ref: ObjectRef): Promise<Readable> {
  return (await s3.send(new GetObjectCommand(input(ref)))).Body as Readable;
}

/** Writes an object whole. */
export async function write(ref: ObjectRef, body: string | Uint8Array, contentType: string): Promise<void> {
  await s3.send(new PutObjectCommand({ ...input(ref), Body: body, ContentType: contentType }));
}

/** Writes an object from a stream of unknown length, in parts of 8 MiB; memory is bounded by four of them. */
export async function writeStream(ref: ObjectRef, body: Readable, contentType: string): Promise<void> {
  const upload = new Upload({
    client: s3,
    params: { Bucket: ref.bucket, Key: ref.key, Body: body, ContentType: contentType },
    partSize: 8 * 1024 * 1024,
    queueSize: 3,
  });
  await upload.done();
}

// CopyObject's documented limit; above it only a multipart copy works.
const largestCopy = 5 * 1024 ** 3;

/** Copies one version of an object without moving its bytes through this process. */
export async function copy(from: VersionRef, to: ObjectRef, bytes: number): Promise<void> {
  const path = `${from.bucket}/${from.key.split("/").map(encodeURIComponent).join("/")}`;
  const source = from.versionId ? `${path}?versionId=${encodeURIComponent(from.versionId)}` : path;
  if (bytes > largestCopy) {
    await copyInParts(s3, source, to, bytes);
    return;
  }
  await s3.send(new CopyObjectCommand({ Bucket: to.bucket, Key: to.key, CopySource: source }));
}
