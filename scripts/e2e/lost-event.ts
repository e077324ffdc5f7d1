import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Cloud } from "./cloud.ts";
import type { StackOutputs } from "./deployment.ts";
import type { Progress } from "./progress.ts";
import { checkBalances, finished, reportOf } from "./reports.ts";

const file = join(import.meta.dirname, "../../samples/bagisto/products.csv");
const key = "incoming/bagisto/forgotten.csv";

/** Drops a file while the rule is off: nobody ever hears of it. */
export async function loseEvent(aws: Cloud, stack: StackOutputs, rule: string): Promise<void> {
  await aws.without(rule, () => aws.put(stack["inbox_bucket"]!, key, readFileSync(file)));
}

/** The sweep, which runs by its schedule, finds the file and has it imported. */
export async function checkSweep(aws: Cloud, stack: StackOutputs, progress: Progress): Promise<void> {
  const found = await progress.step(
    "sweep by schedule",
    () => finished(aws, stack, key, 180),
    ({ status, startedAt }) => `${status}, begun at ${startedAt}`,
  );
  progress.check("the file whose event was lost was imported", found.status, "COMPLETED");
  const { name } = await aws.execution(found.owner);
  progress.check("the sweep had started it", name.startsWith(`sweep-${found.importId}-`), true);
  await checkBalances(aws, stack, progress, [await reportOf(aws, stack, found.importId)]);
}
