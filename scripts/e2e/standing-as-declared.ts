import { checkAlarms } from "./alarms.ts";
import type { Deployment } from "./deployment.ts";
import { ownDrift } from "./drift.ts";
import type { Sandbox } from "./environment.ts";
import type { Progress } from "./progress.ts";

/** Every resource that is declared, of every kind, stands, and stands as it is declared: a plan asks for each of them. */
export async function checkStandingAsDeclared(
  sandbox: Sandbox,
  deployment: Deployment,
  progress: Progress,
): Promise<void> {
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
  await checkAlarms(sandbox, changes, progress);
}
