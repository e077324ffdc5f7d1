import { randomBytes, randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import S3rver, { type Context } from "@20minutes/s3rver";
import { listing } from "./s3-listing.ts";

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
    ...{ address: "127.0.0.1", port: 0, silent: true, vhostBuckets: false, directory },
    // The engine rewrites a signed header, see mendRequest.
    allowMismatchedSignatures: true,
    configureBuckets: buckets.map((name) => ({ name })),
  });
  const { store } = server;
  const putContent = store.putContent.bind(store);
  // S3 shows an object when it is there whole; this server writes in place.
  store.putContent = async (path, content) => {
    // A name of its own: the object's may be as long as a name can be.
    const unfinished = join(dirname(path), randomUUID());
    const written = await putContent(unfinished, content);
    await rename(unfinished, path);
    return written;
  };
  server.middleware.unshift(async (context, next) => {
    mendRequest(context);
    if (context.method === "GET" && ("list-type" in context.query || "versions" in context.query)) {
      context.body = await listing(server, directory, context);
      return;
    }
    if (context.method === "DELETE" && context.query["uploadId"] !== undefined) {
      await giveUp(store, context);
      return;
    }
    await next();
    const reason = reasonOf(context);
    if (!reason || context.status !== 200) return;
    const [bucket = "", ...parts] = context.path.slice(1).split("/").map(decodeURIComponent);
    const key = parts.join("/");
    const { etag, "content-length": size } = await store.getMetadata(bucket, key);
    const requestId = randomBytes(8).toString("hex").toUpperCase();
    created({ bucket, key, size, etag: etag.replaceAll('"', ""), reason, requestId, sourceIp: context.ip });
  });
  const { port } = await server.run();
  server.httpServer.keepAliveTimeout = 0;
  const stop = () => {
    server.httpServer.closeAllConnections();
    return server.close();
  };
  return { endpoint: `http://127.0.0.1:${port}`, stop };
}

/** Answers AbortMultipartUpload, which the server does not know. */
async function giveUp(store: S3rver["store"], context: Context): Promise<void> {
  const uploads = store.getResourcePath(context.path.split("/")[1]!, "", "uploads");
  await rm(join(uploads, basename(context.query["uploadId"]!)), { recursive: true, force: true });
  context.status = 204;
}

/** What this server would misread: put right, or refused in a sentence. */
function mendRequest(context: Context): void {
  const { "x-amz-copy-source": source, range = "bytes=0-" } = context.headers;
  const odd = ["delimiter", "encoding-type", "tagging"].find((parameter) => parameter in context.query);
  // Keys become paths of files.
  if (/\/(\/|\.\.?(\/|$))/.test(decodeURIComponent(context.path)))
    context.throw(501, "The local engine does not know keys with empty parts, or with . and .. as parts.");
  if (odd) context.throw(501, `The local engine does not know the parameter ${odd} of S3.`);
  // It decodes the source by decodeURI, which leaves +, & and their like encoded.
  if (source) context.headers["x-amz-copy-source"] = encodeURI(decodeURIComponent(source));
  if (!/^bytes=\d+-(\d*[1-9]\d*)?$/.test(range))
    context.throw(501, `The local engine does not know the Range ${range}.`);
  if (context.method === "POST" && Object.keys(context.query).length === 0)
    context.throw(501, "The local engine does not know uploads by HTML form.");
}

/** EventBridge's word for how an object came to be; undefined for any other request. */
function reasonOf({ method, query, headers }: Context): string | undefined {
  if (method === "POST" && "uploadId" in query) return "CompleteMultipartUpload";
  if (method !== "PUT" || "uploadId" in query) return undefined;
  return headers["x-amz-copy-source"] === undefined ? "PutObject" : "CopyObject";
}
