import { readFileSync } from "node:fs";
import { join } from "node:path";
import { contentsOf, differenceOf } from "./contents.ts";
import type { StackOutputs } from "./deployment.ts";
import { checkBalances, finished, reportOf } from "./reports.ts";
import type { Trial } from "./trial.ts";

const file = join(import.meta.dirname, "../../samples/bagisto/products.csv");

/** Imports a file in the second environment of an account, and sees that the first has not noticed. */
export async function checkSecondEnvironment(trial: Trial, stack: StackOutputs, stateBucket: string): Promise<void> {
  const { aws, progress } = trial;
  const second = { ...trial, stack };
  const states = await aws.keys(stateBucket);
  progress.check("its state lies in its bucket, and no lock is left", states, [
    "product-import-e2e2.eu-central-1.tfstate",
  ]);
  const names = Object.values(stack);
  progress.check(
    "the environments share nothing that has a name",
    Object.values(trial.stack).filter((name) => names.includes(name)),
    [],
  );
  progress.check("the second is empty while the first is not", await contentsOf(second), []);
  const before = await contentsOf(trial);
  const key = "incoming/bagisto/products.csv";
  await aws.put(stack["inbox_bucket"]!, key, readFileSync(file));
  const imported = await progress.step(
    "import a file in the second environment",
    () => finished(second, key, 60),
    ({ status }) => status,
  );
  progress.check("its 26 records were created there", imported.outcomes?.created, 26);
  await checkBalances(second, [await reportOf(second, imported.importId)]);
  progress.check("nothing changed in the first environment", differenceOf(before, await contentsOf(trial)), []);
}
