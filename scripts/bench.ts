import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Figures } from "./bench/figures.ts";
import type { BenchStack } from "./bench/stack.ts";
import { Progress } from "./cli/progress.ts";
import { buildValidators } from "./validators.ts";

const parts = ["splitting", "stages", "endToEnd", "memory", "repeatedKeys", "coldStart"] as const;
type Part = (typeof parts)[number];

const usage = `Usage: npm run bench [-- --json] [-- --only ${parts.slice(0, 2).join(",")}]
Measures the product import and shows the figures beside their aims; progress goes to stderr.
Options:
  --json         the figures as one JSON object on stdout (npm run --silent adds nothing to it)
  --only PARTS   some of ${parts.join(", ")}`;

/** Told to a user who asked for something that cannot be done. */
class WrongUsage extends Error {}

interface Command {
  readonly json: boolean;
  readonly only: readonly Part[];
}

/** Reads the command line; undefined where help was asked for. */
function readCommand(): Command | undefined {
  const { values } = parseArguments();
  if (values.help) return undefined;
  const only = values.only?.split(",") ?? parts;
  const unknown = only.find((part) => !parts.includes(part as Part));
  if (unknown !== undefined) throw new WrongUsage(`There is no part ${unknown}.`);
  return { json: values.json ?? false, only: only as Part[] };
}

function parseArguments() {
  try {
    return parseArgs({
      options: { json: { type: "boolean" }, only: { type: "string" }, help: { type: "boolean", short: "h" } },
    });
  } catch (error) {
    throw new WrongUsage((error as Error).message);
  }
}

/** Measures the parts one after the other: nothing else of the bench runs beside one. */
async function measure({ json, only }: Command, folder: string): Promise<void> {
  // Whatever knows feeds needs the validators, so all of it is loaded behind this line.
  buildValidators();
  const { currentLoad, describeMachine } = await import("./bench/machine.ts");
  const { figuresText } = await import("./bench/figures.ts");
  const before = currentLoad();
  const figures: Partial<Record<Part, Figures[Part]>> = {};
  let built: Promise<BenchStack> | undefined;
  const stack = async () => {
    const { buildStack } = await import("./bench/stack.ts");
    return (built ??= buildStack(folder));
  };
  for (const part of parts.filter((one) => only.includes(one))) {
    const progress = new Progress(part);
    figures[part] = await measurers[part](stack, join(folder, part), progress.show);
    progress.end();
  }
  const measured = { ...figures, machine: describeMachine(before) };
  console.log(json ? JSON.stringify(measured, null, 2) : figuresText(measured as Parameters<typeof figuresText>[0]));
}

type Measure<Figure> = (
  stack: () => Promise<BenchStack>,
  folder: string,
  progress: (words: string) => void,
) => Promise<Figure>;

const measurers: { readonly [part in Part]: Measure<Figures[part]> } = {
  splitting: async (_, __, progress) => (await import("./bench/splitting.ts")).measureSplitting(progress),
  stages: async (_, __, progress) => (await import("./bench/stages.ts")).measureStages(progress),
  endToEnd: async (stack, folder, progress) =>
    (await import("./bench/end-to-end.ts")).measureEndToEnd(await stack(), folder, progress),
  memory: async (stack, folder, progress) =>
    (await import("./bench/memory.ts")).measureMemory(await stack(), folder, progress),
  repeatedKeys: async (_, __, progress) => (await import("./bench/repeated-keys.ts")).measureRepeatedKeys(progress),
  coldStart: async (stack, _, progress) =>
    (await import("./bench/cold-start.ts")).measureColdStart(await stack(), progress),
};

try {
  const command = readCommand();
  if (!command) console.log(usage);
  else {
    const folder = mkdtempSync(join(tmpdir(), "product-import-bench-"));
    process.once("exit", () => {
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    });
    // What the bench started ends with it: every process of its own has a channel to it.
    for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130));
    await measure(command, folder);
  }
} catch (error) {
  const wrongUsage = error instanceof WrongUsage;
  console.error(wrongUsage ? `${error.message}\n\n${usage}` : error);
  process.exitCode = wrongUsage ? 2 : 1;
}
