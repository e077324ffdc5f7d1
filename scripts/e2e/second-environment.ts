import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Cloud } from "./cloud.ts";
import { contentsOf, differenceOf } from "./contents.ts";
import type { StackOutputs } from "./deployment.ts";
import type { Progress } from "./progress.ts";
import { checkBalances, finished, reportOf } from "./reports.ts";

const file = join(import.meta.dirname, "../../samples/bagisto/products.csv");

/** Imports a file in the second environment of an account, and sees that the first has not noticed. */
export async function checkSecondEnvironment(
  aws: Cloud,
  first: StackOutputs,
  second: StackOutputs,
  progress: Progress,
): Promise<void> {
  const names = (stack: StackOutputs) => Object.values(stack);
  progress.check(
    "the environments share nothing that has a name",
    names(first).filter((name) => names(second).includes(name)),
    [],
  );
  progress.check("the second is empty while the first is not", await contentsOf(aws, second), []);
  const before = await contentsOf(aws, first);
  const key = "incoming/bagisto/products.csv";
  await aws.put(second["inbox_bucket"]!, key, readFileSync(file));
  const imported = await progress.step(
    "import a file in the second environment",
    () => finished(aws, second, key, 60),
    ({ status }) => status,
  );
  progress.check("its 26 records were created there", imported.outcomes?.created, 26);
  await checkBalances(aws, second, progress, [await reportOf(aws, second, imported.importId)]);
  progress.check("nothing changed in the first environment", differenceOf(before, await contentsOf(aws, first)), []);
}
