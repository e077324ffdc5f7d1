import { readFileSync } from "node:fs";
import { join } from "node:path";
import { GetRolePolicyCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import type { ImportEntry } from "#imports/import-entry.ts";
import { clientSettings } from "./cloud.ts";
import { chunksOf, finished } from "./reports.ts";
import type { Trial } from "./trial.ts";

const file = join(import.meta.dirname, "../../samples/bagisto/products.csv");
const key = "incoming/bagisto/denied.csv";

/**
 * Everything in a run goes under the roles of the stack, and is denied what they do not give: so what went well needed no more.
 * Here it is seen that the emulator denies indeed. Gives an import whose records failed for want of a right, which is back now.
 */
export async function checkLeastPrivilege(trial: Trial): Promise<ImportEntry> {
  const { sandbox, aws, stack, progress, deployment } = trial;
  const iam = new IAMClient(clientSettings(sandbox));
  const granted = { RoleName: deployment.naming("mapping"), PolicyName: "granted" };
  const { PolicyDocument = "" } = await iam.send(new GetRolePolicyCommand(granted));
  const policy = decodeURIComponent(PolicyDocument);
  const less = policy.replace('"s3:GetObject","s3:PutObject"', '"s3:GetObject"');
  await iam.send(new PutRolePolicyCommand({ ...granted, PolicyDocument: less }));
  const denied = await progress
    .step("import while a Lambda lacks a right", async () => {
      await aws.put(stack["inbox_bucket"]!, key, readFileSync(file));
      return finished(trial, key, 60);
    })
    .finally(() => iam.send(new PutRolePolicyCommand({ ...granted, PolicyDocument: policy })));
  const causes = (await chunksOf(trial, denied.importId)).map(({ error }) => error?.Cause ?? "");
  progress.check(
    "each chunk says what was denied",
    causes.filter((cause) => !cause.includes("is not authorized to perform: s3:PutObject")),
    [],
  );
  progress.check("and all of its records failed", denied.outcomes?.failed, denied.records);
  return denied;
}
