import { randomBytes, randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { rename } from "node:fs/promises";
import S3rver, { type Context, type Store } from "@20minutes/s3rver";

/** An object that came to be, as the S3 server tells the engine. */
export interface Created {
  readonly bucket: string;
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  readonly reason: string;
  readonly requestId: string;
  readonly sourceIp: string;
}

/** A server of the engine's, on a port of this machine. */
export interface Server {
  readonly endpoint: string;
  readonly stop: () => Promise<void>;
}

/** Starts the S3 server over a folder. `created` is told of each new object before its writer hears that it is stored. */
export async function startS3(
  directory: string,
  buckets: readonly string[],
  created: (object: Created) => void,
): Promise<Server> {
  mkdirSync(directory, { recursive: true });
  const server = new S3rver({
    address: "127.0.0.1",
    port: 0,
    silent: true,
    directory,
    vhostBuckets: false,
    // The engine rewrites one signed header, see below.
    allowMismatchedSignatures: true,
    configureBuckets: buckets.map((name) => ({ name })),
  });
  writeWhole(server.store);
  server.middleware.unshift(async (context, next) => {
    mendRequest(context);
    await next();
    // Names in XML are escaped twice over.
    if (typeof context.body === "string") context.body = context.body.replaceAll(/&amp;(\w+|#\w+);/g, "&$1;");
    const reason = reasonOf(context);
    if (!reason || context.status !== 200) return;
    const [bucket = "", ...key] = context.path.slice(1).split("/").map(decodeURIComponent);
    const { etag, "content-length": size } = await server.store.getMetadata(bucket, key.join("/"));
    const requestId = randomBytes(8).toString("hex").toUpperCase();
    created({
      bucket,
      key: key.join("/"),
      size,
      etag: etag.replaceAll('"', ""),
      reason,
      requestId,
      sourceIp: context.ip,
    });
  });
  const { port } = await server.run();
  server.httpServer.keepAliveTimeout = 0;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    stop: async () => {
      server.httpServer.closeAllConnections();
      await server.close();
    },
  };
}

/** S3 shows an object when it is there whole; this server writes in place, and a copy by a plain file copy. */
function writeWhole(store: Store): void {
  const putContent = store.putContent.bind(store);
  store.putContent = async (path, content) => {
    const unfinished = `${path}.${randomUUID()}`;
    const written = await putContent(unfinished, content);
    await rename(unfinished, path);
    return written;
  };
  store.copyObject = async (bucket, key, toBucket, toKey, metadata) => {
    const from = await store.getObject(bucket, key);
    if (!from) throw new Error(`s3://${bucket}/${key} is gone.`);
    await store.putObject({ bucket: toBucket, key: toKey, content: from.content, metadata: metadata ?? from.metadata });
    return store.getMetadata(toBucket, toKey);
  };
}

/** What this server would misread: refused by its name where it cannot be put right. */
function mendRequest(context: Context): void {
  const source = context.headers["x-amz-copy-source"];
  // It decodes the source by decodeURI, which leaves +, & and their like encoded.
  if (source) context.headers["x-amz-copy-source"] = encodeURI(decodeURIComponent(source));
  const range = context.headers["range"];
  if (range && !/^bytes=(\d+-|\d+-0*[1-9]\d*)$/.test(range))
    context.throw(501, `The local engine does not know Range: ${range}.`);
  if (context.method === "POST" && Object.keys(context.query).length === 0)
    context.throw(501, "The local engine does not know uploads by HTML form.");
}

/** EventBridge's word for how an object came to be; undefined for any other request. */
function reasonOf({ method, query, headers }: Context): string | undefined {
  if (method === "POST" && "uploadId" in query) return "CompleteMultipartUpload";
  if (method !== "PUT" || ["uploadId", "tagging", "acl"].some((part) => part in query)) return undefined;
  return headers["x-amz-copy-source"] === undefined ? "PutObject" : "CopyObject";
}
