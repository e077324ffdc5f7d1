import { createWriteStream, mkdirSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { importFile } from "../cli/import-file.ts";
import { createTables, startDynamoDb } from "../local/dynamodb.ts";
import { startEngine, usualConcurrency } from "../local/engine.ts";
import { Stack } from "../local/terraform.ts";
import { inChild } from "./child.ts";
import { rounded } from "./measure.ts";
import { productBlocks } from "./products.ts";
import type { BenchStack } from "./stack.ts";
import type { StoreAnswer, StoreTask } from "./store-writer.ts";

export interface EndToEnd {
  readonly records: number;
  readonly recordsPerSecond: number;
  /** The same DynamoDB server, taking the same conditional writes from as many concurrent requests, and nothing else. */
  readonly storeRecordsPerSecond: number;
  readonly ratio: number;
}

const records = 100_000;

/**
 * Speed of a whole import on the engine, from the put of the file to the end of the execution, and of its store alone. The store
 * takes half of the writes before the import and half behind it: where others use the machine too, both see the same of them.
 */
export async function measureEndToEnd(
  stack: BenchStack,
  folder: string,
  progress: (words: string) => void,
): Promise<EndToEnd> {
  const store = await startStore(stack, join(folder, "store"), progress);
  try {
    const before = await store.write([0, records / 2]);
    const engine = await importSeconds(stack, join(folder, "engine"), progress);
    const behind = await store.write([records / 2, records]);
    return {
      records,
      recordsPerSecond: Math.round(records / engine),
      storeRecordsPerSecond: Math.round(records / (before + behind)),
      ratio: rounded((before + behind) / engine, 2),
    };
  } finally {
    await store.stop();
  }
}

async function importSeconds(stack: BenchStack, dataDir: string, progress: (words: string) => void): Promise<number> {
  mkdirSync(dataDir, { recursive: true });
  const file = join(dataDir, "products.csv");
  await pipeline(Readable.from(productBlocks(records)), createWriteStream(file));
  const engine = await startEngine({ dataDir, stackFile: stack.file, log: console.error });
  try {
    const start = performance.now();
    const { report } = await importFile(engine, dataDir, file, "bench", progress);
    const seconds = (performance.now() - start) / 1000;
    if (report.status !== "COMPLETED" || !report.balanced || report.outcomes.created !== records)
      throw new Error(`The import ended as ${report.status} with ${JSON.stringify(report.outcomes)}.`);
    return seconds;
  } finally {
    await engine.stop();
  }
}

interface Store {
  /** Writes some of the products by a process of its own; gives the seconds. */
  write(range: readonly [first: number, end: number]): Promise<number>;
  stop(): Promise<void>;
}

/** The engine's DynamoDB server with the stack's tables, and nobody else at it. */
async function startStore(
  { file, config }: BenchStack,
  directory: string,
  progress: (words: string) => void,
): Promise<Store> {
  const stack = new Stack(file);
  const { region } = stack;
  const server = await startDynamoDb(directory, region, console.error);
  const credentials = { accessKeyId: "bench", secretAccessKey: "bench" };
  const client = { endpoint: server.endpoint, region, credentials };
  await createTables(stack, client);
  // As many as the pipeline has under way: the Map's children, as far as the engine lets them run, times their writes.
  const concurrency = Math.min(config.importConcurrency, usualConcurrency) * config.writeConcurrency;
  const table = stack.output("products_table");
  return {
    async write(range) {
      const writes = range[1] - range[0];
      progress(`${writes.toLocaleString("en")} writes to the store alone, ${concurrency} at once`);
      const task: StoreTask = { client, table, records, range, concurrency };
      const { seconds, created } = await inChild<StoreAnswer>("./store-writer.ts", task);
      if (created !== writes) throw new Error(`The store took ${created} of ${writes} products.`);
      return seconds;
    },
    stop: server.stop,
  };
}
