import { checkAlarms } from "./alarms.ts";
import { ownDrift } from "./drift.ts";
import type { Trial } from "./trial.ts";

/** Every resource that is declared, of every kind, stands, and stands as it is declared: a plan asks for each of them. */
export async function checkStandingAsDeclared(trial: Trial): Promise<void> {
  const { deployment, progress } = trial;
  const declared = deployment.declares();
  const kinds = new Set(declared.map((address) => address.split(".")[0]));
  const managed = (await deployment.terraform.managed()).filter((address) => !address.startsWith("data."));
  progress.check(`all ${declared.length} resources of ${kinds.size} kinds stand`, managed.sort(), declared.sort());
  const changes = await progress.step(
    "terraform plan",
    () => deployment.terraform.plan(),
    ({ length }) => `${length} changes`,
  );
  progress.check("a second plan changes nothing but what MiniStack misreports", ownDrift(changes), []);
  await checkAlarms(trial, changes);
}
