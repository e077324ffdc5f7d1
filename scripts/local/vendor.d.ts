/** The parts of the two storage servers that the engine touches; neither ships types. */
declare module "@20minutes/s3rver" {
  import type { Server } from "node:http";

  export interface Metadata {
    readonly etag: string;
    readonly "content-length": number;
    readonly [header: string]: string | number;
  }
  export interface StoredObject {
    readonly bucket: string;
    readonly key: string;
    readonly content: unknown;
    readonly metadata: Readonly<Record<string, unknown>>;
  }
  export interface Store {
    getMetadata(bucket: string, key: string): Promise<Metadata>;
    getObject(bucket: string, key: string): Promise<StoredObject | null>;
    putObject(object: StoredObject): Promise<{ size: number; md5: string }>;
    putContent(path: string, content: unknown): Promise<[size: number, md5: string]>;
    copyObject(
      bucket: string,
      key: string,
      toBucket: string,
      toKey: string,
      metadata: Metadata | null,
    ): Promise<Metadata>;
  }
  /** Koa's context, as far as it matters here. */
  export interface Context {
    readonly method: string;
    readonly path: string;
    readonly query: Readonly<Record<string, string | undefined>>;
    readonly headers: Record<string, string | undefined>;
    readonly ip: string;
    status: number;
    body: unknown;
    throw(status: number, message: string): never;
  }
  export type Middleware = (context: Context, next: () => Promise<void>) => Promise<void>;

  export default class S3rver {
    constructor(options: object);
    readonly middleware: Middleware[];
    readonly store: Store;
    readonly httpServer: Server;
    run(): Promise<{ port: number }>;
    close(): Promise<void>;
  }
}

declare module "dynalite" {
  import type { Server } from "node:http";

  export default function dynalite(options: { path?: string; createTableMs: number }): Server;
}
