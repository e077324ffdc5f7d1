import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { readFunctions } from "../local/lambdas.ts";
import { Stack } from "../local/terraform.ts";
import { median, rounded } from "./measure.ts";
import type { BenchStack } from "./stack.ts";

export interface ColdStart {
  /** How long the slowest bundle takes to be loaded and compiled, feeds included. */
  readonly slowestMilliseconds: number;
  readonly largestBundleKilobytes: number;
}

const rounds = 5;
const run = promisify(execFile);
const load = `const start = performance.now();
await import(process.argv[1]);
console.log(performance.now() - start);
process.exit();`;

/** Loads every bundle in fresh processes; the median of the rounds counts for each. */
export async function measureColdStart(stack: BenchStack, progress: (words: string) => void): Promise<ColdStart> {
  const functions = readFunctions(new Stack(stack.file), dirname(stack.file));
  // What the Lambdas read at load; those that nothing declares yet get by with what the others have.
  const declared = Object.assign({}, ...functions.map(({ environment }) => environment)) as Record<string, string>;
  const env = { ...process.env, AWS_REGION: stack.config.region, ...declared };
  const measured: [name: string, milliseconds: number][] = [];
  for (const name of stack.built.keys()) {
    const module = pathToFileURL(join(stack.bundles, name, "index.mjs")).href;
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const { stdout } = await run(process.execPath, ["--input-type=module", "-e", load, module], { env });
      times.push(Number(stdout));
    }
    measured.push([name, median(times)]);
    progress(`${name} ${rounded(median(times))} ms`);
  }
  return {
    slowestMilliseconds: rounded(Math.max(...measured.map(([, milliseconds]) => milliseconds))),
    largestBundleKilobytes: rounded(Math.max(...stack.built.values()) / 1000),
  };
}
