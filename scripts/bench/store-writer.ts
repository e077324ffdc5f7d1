/** Runs in a process of its own: writes generated products by the adapter of the pipeline, as many at once as it is told. */
import type { DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import { dynamodbClient } from "#aws/dynamodb.ts";
import type { ImportRef } from "#imports/flow.ts";
import type { Line } from "#records/line.ts";
import { dynamodbProductStore } from "#products/dynamodb-product-store.ts";
import { storeLines } from "#products/store-lines.ts";
import { compare } from "#stages/compare.ts";
import { planProducts, runStages } from "./stages.ts";

/** What the process is told. */
export interface StoreTask {
  readonly client: DynamoDBClientConfig;
  readonly table: string;
  /** Products to generate, and which of them to write: [first, end). */
  readonly records: number;
  readonly range: readonly [first: number, end: number];
  /** Requests in flight. */
  readonly concurrency: number;
}

/** What it answers. */
export interface StoreAnswer {
  readonly seconds: number;
  /** How many products were new. */
  readonly created: number;
}

const startedAt = "2026-01-01T00:00:00.000Z";
const nowhere = { bucket: "bench", key: "bench.csv" };
const from: ImportRef = {
  ...{ importId: "0".repeat(32), feed: "bench", sequencer: "", owner: "bench", startedAt, eventTime: startedAt },
  ...{ file: { ...nowhere, etag: "", bytes: 0 }, archived: nowhere },
};

/** Untimed writes at first, so that the server is measured and not the start of this process. */
const warmUp = 2_000;

async function write({ client, table, records, range, concurrency }: StoreTask): Promise<StoreAnswer> {
  const file = planProducts(records);
  const mapped = file.chunks.flatMap((chunk): Line[] => runStages(file, chunk)).slice(...range);
  // Nothing is stored: what Compare would find without a read.
  const lines = mapped.map((line) => (line.kind === "mapped" ? compare(from, line, undefined).line : line));
  const keepNothing = (): Promise<void> => Promise.resolve();
  // By itself the SDK keeps to 50 connections.
  const httpAgent = { keepAlive: true, maxSockets: concurrency };
  const store = dynamodbProductStore(dynamodbClient({ ...client, requestHandler: { httpAgent } }), table);
  await storeLines(store, "warm-up", from, lines.slice(0, warmUp), { concurrency, keep: keepNothing });

  const start = performance.now();
  const stored = await storeLines(store, file.feed.catalog, from, lines, { concurrency, keep: keepNothing });
  const seconds = (performance.now() - start) / 1000;
  return { seconds, created: stored.filter((line) => line.kind === "stored" && line.outcome === "created").length };
}

process.once("message", (task: StoreTask) => void write(task).then((answer) => process.send?.(answer)));
process.on("disconnect", () => process.exit());
