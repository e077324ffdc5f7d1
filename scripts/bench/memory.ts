import { createWriteStream, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ChunkTask, ImportRef, Planned } from "#imports/flow.ts";
import { productBlocks } from "./products.ts";
import type { BenchStack } from "./stack.ts";
import { startStorage, type Storage } from "./storage.ts";

export interface Memory {
  /** Of a million bytes; the largest of `byRecords`. */
  readonly peakMegabytes: number;
  /** By the number of records in the file: the largest process among Plan and the stages on one chunk. */
  readonly byRecords: Readonly<Record<string, number>>;
}

const sizes = [10_000, 100_000, 1_000_000];
/** The states that see a chunk, in the order in which they pass it on. */
const stages = ["restructure", "mapping", "validator", "import", "close-chunk"];

/**
 * Peak resident memory of Plan, and of each stage on a chunk from the middle of the file: the bundled Lambdas, each in a fresh
 * process, against the engine's storage servers.
 */
export async function measureMemory(
  stack: BenchStack,
  folder: string,
  progress: (words: string) => void,
): Promise<Memory> {
  mkdirSync(folder, { recursive: true });
  const storage = await startStorage(stack, folder);
  try {
    const byRecords: Record<string, number> = {};
    for (const records of sizes) {
      const peaks = await peaksOf(storage, join(folder, "products.csv"), records, progress);
      progress(
        `${records.toLocaleString("en")} records: ${peaks.map(([name, peak]) => `${name} ${peak}`).join(", ")} MB`,
      );
      byRecords[records] = Math.max(...peaks.map(([, peak]) => peak));
    }
    return { peakMegabytes: Math.max(...Object.values(byRecords)), byRecords };
  } finally {
    await storage.stop();
  }
}

async function peaksOf(
  storage: Storage,
  file: string,
  records: number,
  progress: (words: string) => void,
): Promise<[lambda: string, megabytes: number][]> {
  const peaks: [string, number][] = [];
  const run = async <Result>(lambda: string, event: unknown): Promise<Result> => {
    progress(`${records.toLocaleString("en")} records: ${lambda}`);
    const { result, peakMegabytes } = await storage.invoke(lambda, event);
    peaks.push([lambda, Math.round(peakMegabytes)]);
    return result as Result;
  };
  progress(`${records.toLocaleString("en")} records: generating`);
  await pipeline(Readable.from(productBlocks(records)), createWriteStream(file));
  const dropped = await storage.drop(file, `incoming/bench/products-${records}.csv`);
  rmSync(file);
  const { import: claimed } = await run<{ import: ImportRef }>("receive", dropped);
  const { plan } = await run<{ plan: Planned }>("plan", { import: claimed });
  if (plan.records !== records) throw new Error(`Plan found ${plan.records} records where ${records} were generated.`);
  const tasks = await storage.read<ChunkTask[]>(plan.manifest);
  let task = tasks[tasks.length >> 1]!;
  for (const stage of stages) task = (await run<ChunkTask | null>(stage, task)) ?? task;
  if (task.lines?.lines !== task.chunk.records || task.lines.failed > 0)
    throw new Error(`The stages made ${JSON.stringify(task.lines)} of ${task.chunk.records} records.`);
  // Receive moves no bytes: a server copies the file.
  return peaks.filter(([lambda]) => lambda !== "receive");
}
