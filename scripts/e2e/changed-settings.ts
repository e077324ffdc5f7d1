import type { ResourceChange } from "../terraform.ts";
import type { Declared } from "./deployment.ts";
import { ownDrift } from "./drift.ts";
import type { Trial } from "./trial.ts";

/** Settings that a running environment gets, beside those that it keeps. */
export const otherSettings = {
  prepareConcurrency: 20,
  reprocessSchedule: "rate(1 minute)",
  sweepMinutes: 1,
  sweepInboxAfterMinutes: 1,
};

/** What a plan must do under them, and all that it may. */
const whatFollows = [
  "create aws_iam_role.reprocess-schedule_role",
  "create aws_iam_role_policy.reprocess-schedule_role_policy",
  "create aws_scheduler_schedule.reprocess-schedule",
  "update aws_lambda_function.recovery_sweep_function",
  "update aws_scheduler_schedule.recovery_sweep-schedule",
  "update aws_sfn_state_machine.import-machine",
];

/** Plans an environment under other settings: it would change what follows from them, and replace nothing. */
export async function checkChangedSettings({ deployment, progress }: Trial, changed: Declared): Promise<void> {
  deployment.declare(changed);
  const changes = await progress.step(
    "terraform plan under other settings",
    () => deployment.terraform.plan(),
    ({ length }) => `${length} changes`,
  );
  progress.check("other settings change what follows from them", plannedOf(changes), whatFollows);
  progress.check("they replace nothing", replacedBy(changes), []);
}

/** What a plan does to each resource that it changes, without the digests that end cdktf's names, sorted. */
export function plannedOf(changes: readonly ResourceChange[]): string[] {
  return changes
    .filter((change) => ownDrift([change]).length > 0)
    .map(({ address, change: { actions } }) => `${actions.join(" and ")} ${address.replace(/_[0-9A-F]{8}$/, "")}`)
    .sort();
}

/** Addresses of what would be destroyed, for good or to be made anew. */
export function replacedBy(changes: readonly ResourceChange[]): string[] {
  return changes.filter(({ change: { actions } }) => actions.includes("delete")).map(({ address }) => address);
}
