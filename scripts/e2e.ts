import { rmSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { configOf, defaults } from "../infra/config.ts";
import { findCdktf } from "./e2e/cdktf-cli.ts";
import { checkChangedSettings, otherSettings } from "./e2e/changed-settings.ts";
import { Cloud } from "./e2e/cloud.ts";
import { checkDeployOverImport } from "./e2e/deploy-over-import.ts";
import { Deployment } from "./e2e/deployment.ts";
import { makeSandbox, refuseOtherClouds, type Sandbox } from "./e2e/environment.ts";
import { checkImports } from "./e2e/imports.ts";
import { checkLeastPrivilege } from "./e2e/least-privilege.ts";
import { checkLookBefore } from "./e2e/look-before.ts";
import { checkNothingLeft, standing } from "./e2e/leftovers.ts";
import { checkSweep, loseEvent } from "./e2e/lost-event.ts";
import { findMiniStack, hasPython, startMiniStack, type MiniStack } from "./e2e/ministack.ts";
import { Pace } from "./e2e/pace.ts";
import { buildEdition } from "./e2e/paced-feed.ts";
import { Progress } from "./e2e/progress.ts";
import { publishVersions } from "./e2e/published-versions.ts";
import { checkReplayedEvents } from "./e2e/replayed-event.ts";
import { checkReprocessing } from "./e2e/reprocessing.ts";
import { checkRequestedRun, checkScheduledRun } from "./e2e/requested-run.ts";
import { checkSecondEnvironment } from "./e2e/second-environment.ts";
import { checkStandingAsDeclared } from "./e2e/standing-as-declared.ts";
import { checkStoppedImport } from "./e2e/stopped-import.ts";
import { checkSupportStaff } from "./e2e/support-staff.ts";
import type { Trial } from "./e2e/trial.ts";
import { sayUnjudged } from "./e2e/unjudged.ts";
import { hasTerraform } from "./terraform.ts";

const progress = new Progress();
const pace = new Pace();
const { namePrefix } = defaults;
const stateBucket = `${namePrefix}-terraform-state`;
const ownSettings = {
  environment: "e2e",
  chunkRecords: 10,
  // Few chunks at once: a deploy finds most of an import still to be done.
  prepareConcurrency: 2,
  noticeAddresses: ["support@example.com"],
  alarmAddresses: ["platform@example.com"],
};
// Its state lies in a bucket, as that of a team does.
const secondSettings = { environment: "e2e2", stateBucket };

const { values: options } = parseArgs({
  options: {
    /** Leaves the stack up until Ctrl-C. */
    keep: { type: "boolean", default: false },
    /** File that gets the counts of checks as JSON. */
    results: { type: "string" },
  },
});

const ministack = findMiniStack();
const cdktf = findCdktf();
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
  if (!cdktf)
    return (
      "The cdktf CLI is missing: run `npm install --prefix .e2e/cli --no-save cdktf-cli@0.21.0`, or name its executable " +
      "in CDKTF."
    );
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
  const settings = { ...ownSettings, services: { PACE_URL: await pace.start() } };
  const bundles = await buildEdition(sandbox, progress, "first");
  const newBundles = await buildEdition(sandbox, progress, "second");
  cloud = await progress.step(
    "start MiniStack",
    () => startMiniStack(executable, sandbox),
    () => sandbox.endpoint,
  );
  const aws = new Cloud(sandbox);
  const deployment = new Deployment(sandbox, { config: configOf(settings), bundles }, interruption.signal);
  // As a platform team does it: by the CLI, from the project as it stands.
  const second = new Deployment(sandbox, { config: configOf(secondSettings), bundles }, interruption.signal, cdktf);
  await aws.makeBucket(stateBucket);
  const [stack, secondStack] = await Promise.all([deployment.apply(progress), second.apply(progress)]);

  const trial: Trial = { sandbox, aws, pace, progress, deployment, stack };
  await publishVersions(trial);
  await checkStandingAsDeclared(trial);
  await checkImports(trial);
  await checkReprocessing(trial);
  await checkLookBefore(trial);
  await checkSecondEnvironment(trial, secondStack, stateBucket);
  const stopped = await checkStoppedImport(trial);
  await checkRequestedRun(trial, stopped);
  await checkReplayedEvents(trial);
  const denied = await checkLeastPrivilege(trial);
  await loseEvent(trial);
  const changed = { config: configOf({ ...settings, ...otherSettings }), bundles };
  await checkChangedSettings(trial, changed);
  const stood = await standing(sandbox, namePrefix, ["e2e", "e2e2"]);
  // Most of a deploy is waiting: what needs no calm goes beside it.
  await Promise.all([
    checkDeployOverImport(trial, { ...changed, bundles: newBundles }),
    checkSupportStaff(trial, denied),
    second.destroy(aws, progress),
  ]);
  await Promise.all([checkSweep(trial), checkScheduledRun(trial), checkStandingAsDeclared(trial)]);
  if (options.keep) await untilInterrupted(deployment.folder);

  await deployment.destroy(aws, progress);
  await aws.removeBucket(stateBucket);
  checkNothingLeft(progress, stood, await standing(sandbox, namePrefix, ["e2e", "e2e2"]));
  sayUnjudged();
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
  sandbox.front.stop();
  rmSync(sandbox.folder, { recursive: true, force: true });
}
