import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { configOf } from "../infra/config.ts";
import { synthesise } from "../infra/main.ts";
import { build } from "./build.ts";
import { Cloud } from "./e2e/cloud.ts";
import { ownDrift } from "./e2e/drift.ts";
import { checkReprocessing } from "./e2e/reprocessing.ts";
import { makeSandbox, refuseOtherClouds, type Sandbox } from "./e2e/environment.ts";
import { checkImports } from "./e2e/imports.ts";
import { findMiniStack, hasPython, startMiniStack, type MiniStack } from "./e2e/ministack.ts";
import { Progress } from "./e2e/progress.ts";
import { hasTerraform, Terraform } from "./terraform.ts";

const config = configOf({ environment: "e2e", chunkRecords: 10 });
const progress = new Progress();

const { values: options } = parseArgs({
  options: {
    /** Leaves the stack up until Ctrl-C. */
    keep: { type: "boolean", default: false },
    /** File that gets the counts of checks as JSON. */
    results: { type: "string" },
  },
});

const ministack = findMiniStack();
const missing = whatIsMissing();
if (missing || !ministack) {
  console.error(missing);
  process.exit(2);
}
const sandbox = await makeSandbox(config.region);
let cloud: MiniStack | undefined;
let ending: Promise<never> | undefined;
const interruption = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void end(130));
try {
  await judge(ministack, sandbox);
} catch (error) {
  // Whoever interrupts a run knows why it went no further.
  if (ending) await ending;
  progress.failed.push("the run went through");
  console.error(error);
  if (cloud) console.error(`The last words of MiniStack:\n${cloud.lastWords()}`);
}
const { passed, failed } = progress;
console.log(`${passed} checks passed, ${failed.length} failed${failed.map((fact) => `\n  ${fact}`).join("")}`);
if (options.results) writeFileSync(options.results, JSON.stringify({ passed, failed: failed.length }));
await end(failed.length === 0 ? 0 : 1);

function whatIsMissing(): string | undefined {
  if (!hasTerraform()) return "Terraform is missing: npm run e2e needs `terraform` on the PATH.";
  if (ministack) return undefined;
  if (!hasPython()) return "Python is missing: MiniStack, which npm run e2e needs, comes as a package for Python 3.";
  return (
    "MiniStack is missing: run `python3 -m venv .e2e/venv && .e2e/venv/bin/pip install ministack==1.5.33`, " +
    "or name its executable in MINISTACK."
  );
}

/** Applies the stack to a MiniStack of its own, imports files, looks at what came of them, and destroys it all. */
async function judge(executable: string, sandbox: Sandbox): Promise<void> {
  refuseOtherClouds(sandbox);
  const bundles = join(sandbox.folder, "lambda");
  await progress.step(
    "build",
    () => build({ out: bundles }),
    ({ size }) => `${size} Lambdas`,
  );
  const { folder } = await progress.step("synth", () =>
    synthesise({ outdir: join(sandbox.folder, "out"), config, bundles, stateFile: "terraform.tfstate" }),
  );
  cloud = await progress.step(
    "start MiniStack",
    () => startMiniStack(executable, sandbox),
    () => sandbox.endpoint,
  );
  const terraform = new Terraform(folder, sandbox.variables, interruption.signal);
  await progress.step("terraform init", () => terraform.init());
  await progress.step("terraform apply", () => terraform.apply());
  const stack = await terraform.outputs();
  const aws = new Cloud(sandbox);

  await checkImports(aws, stack, progress);
  await checkReprocessing(aws, stack, progress);
  const changes = await progress.step(
    "terraform plan",
    () => terraform.plan(),
    ({ length }) => `${length} changes`,
  );
  progress.check("a second plan changes nothing but what MiniStack misreports", ownDrift(changes), []);
  if (options.keep) await untilInterrupted(folder);

  await progress.step("empty the buckets", async () => {
    for (const name of ["inbox_bucket", "work_bucket", "archive_bucket"]) await aws.empty(stack[name]!);
  });
  await progress.step("terraform destroy", () => terraform.destroy());
  progress.check("Terraform manages nothing any more", await terraform.managed(), []);
  progress.check("no bucket, table or machine is left", await aws.standing(), []);
}

async function untilInterrupted(folder: string): Promise<void> {
  console.log(`\nThe stack is up at ${sandbox.endpoint} (keys: test, test), Terraform in ${folder}. Ctrl-C ends it.`);
  // The timer keeps the process alive; the signal ends it.
  await new Promise((resolve) => setTimeout(resolve, 24 * 3600 * 1000));
}

/** Ends what the run has started and removes what it has written, once, whoever asks. */
function end(code: number): Promise<never> {
  return (ending ??= cleanUp().then(() => process.exit(code)));
}

async function cleanUp(): Promise<void> {
  interruption.abort();
  await cloud?.stop();
  rmSync(sandbox.folder, { recursive: true, force: true });
}
