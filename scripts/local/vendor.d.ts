/** The parts of the two storage servers that the engine touches; neither ships types. */
declare module "@20minutes/s3rver" {
  import type { Server } from "node:http";

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
  export interface Metadata {
    readonly etag: string;
    readonly "content-length": number;
    readonly "last-modified": string;
  }

  export default class S3rver {
    constructor(options: object);
    readonly middleware: ((context: Context, next: () => Promise<void>) => Promise<void>)[];
    readonly store: {
      getMetadata(bucket: string, key: string): Promise<Metadata>;
      getResourcePath(bucket: string, key: string, resource: string): string;
      putContent(path: string, content: unknown): Promise<unknown>;
    };
    readonly httpServer: Server;
    run(): Promise<{ port: number }>;
    close(): Promise<void>;
  }
}
