import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkBalances, finished, reportOf } from "./reports.ts";
import type { Trial } from "./trial.ts";

const file = join(import.meta.dirname, "../../samples/bagisto/products.csv");
const key = "incoming/bagisto/forgotten.csv";

/** Drops a file while the rule is off: nobody ever hears of it. */
export async function loseEvent({ aws, stack, deployment }: Trial): Promise<void> {
  await aws.without(deployment.naming("file-arrived"), () => aws.put(stack["inbox_bucket"]!, key, readFileSync(file)));
}

/** The sweep, which runs by its schedule, finds the file and has it imported. */
export async function checkSweep(trial: Trial): Promise<void> {
  const { aws, progress } = trial;
  const found = await progress.step(
    "sweep by schedule",
    () => finished(trial, key, 180),
    ({ status, startedAt }) => `${status}, begun at ${startedAt}`,
  );
  progress.check("the file whose event was lost was imported", found.status, "COMPLETED");
  const { name } = await aws.execution(found.owner);
  progress.check("the sweep had started it", name.startsWith(`sweep-${found.importId}-`), true);
  await checkBalances(trial, [await reportOf(trial, found.importId)]);
}
