import { inChild } from "./child.ts";
import { rounded } from "./measure.ts";
import type { RepeatedKeysAnswer, RepeatedKeysTask } from "./repeated-keys-process.ts";

/** What it takes Decide to find the repeated keys of a large file, each of whose keys stands twice: the worst case. */
export interface RepeatedKeysFigures {
  readonly records: number;
  readonly peakMegabytes: number;
  readonly seconds: number;
}

const records = 10_000_000;

/** Measures in a fresh process; the reading of the indexes, 16 bytes a record and pass, comes on top. */
export async function measureRepeatedKeys(progress: (words: string) => void): Promise<RepeatedKeysFigures> {
  progress(`${records.toLocaleString("en")} records, every key twice`);
  const task: RepeatedKeysTask = { records };
  const { peakMegabytes, seconds } = await inChild<RepeatedKeysAnswer>("./repeated-keys-process.ts", task);
  return { records, peakMegabytes: Math.round(peakMegabytes), seconds: rounded(seconds, 1) };
}
