import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { configOf, defaults } from "../infra/config.ts";
import { namingOf } from "../infra/naming.ts";
import { build } from "./build.ts";
import { checkChangedSettings, otherSettings } from "./e2e/changed-settings.ts";
import { Cloud } from "./e2e/cloud.ts";
import { checkDeployOverImport } from "./e2e/deploy-over-import.ts";
import { Deployment, type Declared } from "./e2e/deployment.ts";
import { makeSandbox, refuseOtherClouds, type Sandbox } from "./e2e/environment.ts";
import { checkImports } from "./e2e/imports.ts";
import { standing } from "./e2e/leftovers.ts";
import { checkSweep, loseEvent } from "./e2e/lost-event.ts";
import { findMiniStack, hasPython, startMiniStack, type MiniStack } from "./e2e/ministack.ts";
import { Pace } from "./e2e/pace.ts";
import { writeFeeds, type Edition } from "./e2e/paced-feed.ts";
import { Progress } from "./e2e/progress.ts";
import { publishVersions } from "./e2e/published-versions.ts";
import { checkReplayedEvents } from "./e2e/replayed-event.ts";
import { checkReprocessing } from "./e2e/reprocessing.ts";
import { checkRequestedRun, checkScheduledRun } from "./e2e/requested-run.ts";
import { checkSecondEnvironment } from "./e2e/second-environment.ts";
import { checkStandingAsDeclared } from "./e2e/standing-as-declared.ts";
import { checkStoppedImport } from "./e2e/stopped-import.ts";
import { unjudged } from "./e2e/unjudged.ts";
import { hasTerraform } from "./terraform.ts";

const progress = new Progress();
const pace = new Pace();
const stateBucket = "product-import-terraform-state";

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
const sandbox = await makeSandbox(defaults.region);
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

/** Applies the stack to a MiniStack of its own, in two environments, and judges part by part what it does there. */
async function judge(executable: string, sandbox: Sandbox): Promise<void> {
  refuseOtherClouds(sandbox);
  const settings = {
    environment: "e2e",
    chunkRecords: 10,
    prepareConcurrency: 2,
    services: { PACE_URL: await pace.start() },
    noticeAddresses: ["support@example.com"],
    alarmAddresses: ["platform@example.com"],
  };
  const config = configOf(settings);
  const changedConfig = configOf({ ...settings, ...otherSettings });
  const bundles = await bundlesOf("first");
  const changedBundles = await bundlesOf("second");
  cloud = await progress.step(
    "start MiniStack",
    () => startMiniStack(executable, sandbox),
    () => sandbox.endpoint,
  );
  const aws = new Cloud(sandbox);

  const first = deploymentOf({ config, bundles });
  // Its state lies in a bucket, as a team would have it.
  const second = deploymentOf({ config: configOf({ environment: "e2e2", stateBucket }), bundles });
  await aws.makeBucket(stateBucket);
  await Promise.all([first, second].map(apply));
  const stack = await first.terraform.outputs();
  const secondStack = await second.terraform.outputs();
  progress.check(
    "the second environment's state lies in its bucket, and no lock is left",
    await aws.keys(stateBucket),
    ["product-import-e2e2.tfstate"],
  );

  await publishVersions(sandbox, aws, first, stack, progress);
  await checkStandingAsDeclared(sandbox, first, progress);
  await checkImports(aws, stack, progress);
  await checkReprocessing(aws, stack, progress);
  await checkSecondEnvironment(aws, stack, secondStack, progress);
  const stopped = await checkStoppedImport(aws, stack, progress, pace);
  await checkRequestedRun(aws, stack, progress, stopped);
  await checkReplayedEvents(aws, stack, progress);
  await loseEvent(aws, stack, namingOf(config)("file-arrived"));
  await checkChangedSettings(first, { config: changedConfig, bundles }, progress);
  const both = await standing(sandbox, config.namePrefix);
  await Promise.all([
    checkDeployOverImport(aws, stack, progress, {
      deployment: first,
      changed: { config: changedConfig, bundles: changedBundles },
      pace,
    }),
    destroy(second),
  ]);
  await Promise.all([
    checkSweep(aws, stack, progress),
    checkScheduledRun(aws, stack, progress),
    checkStandingAsDeclared(sandbox, first, progress),
  ]);
  if (options.keep) await untilInterrupted(first.folder);

  await destroy(first);
  await aws.removeBucket(stateBucket);
  const kinds = Object.keys(both);
  progress.check(
    `while they stood, there was something of each of ${kinds.length} kinds`,
    kinds.filter((kind) => both[kind]!.length === 0),
    [],
  );
  progress.check("nothing is left of either", Object.values(await standing(sandbox, config.namePrefix)).flat(), []);
  console.log("\nNot judged here:");
  for (const { what, emulator, instead } of unjudged) console.log(`  ${what}: ${emulator}; ${instead}`);
  console.log("");

  async function bundlesOf(edition: Edition): Promise<string> {
    const [feeds, out] = [join(sandbox.folder, "feeds", edition), join(sandbox.folder, "lambda", edition)];
    writeFeeds(feeds, edition);
    await progress.step(
      `build the ${edition} edition`,
      () => build({ feeds, out }),
      ({ size }) => `${size} Lambdas`,
    );
    return out;
  }

  function deploymentOf(declared: Declared): Deployment {
    return new Deployment(sandbox, declared, interruption.signal);
  }

  async function apply({ terraform, name }: Deployment): Promise<void> {
    await terraform.init();
    await progress.step(`terraform apply ${name}`, () => terraform.apply());
  }

  async function destroy({ terraform, name }: Deployment): Promise<void> {
    const outputs = await terraform.outputs();
    // The emulator cannot say which objects are left where a key has a +; the provider would ask for ever.
    for (const bucket of ["inbox_bucket", "work_bucket", "archive_bucket"]) await aws.empty(outputs[bucket]!);
    await progress.step(`terraform destroy ${name}`, () => terraform.destroy());
    progress.check(`Terraform manages nothing of ${name} any more`, await terraform.managed(), []);
  }
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
  pace.stop();
  await cloud?.stop();
  rmSync(sandbox.folder, { recursive: true, force: true });
}
