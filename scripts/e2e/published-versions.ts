import { LambdaClient, paginateListFunctions, PublishVersionCommand } from "@aws-sdk/client-lambda";
import { clientSettings, type Cloud } from "./cloud.ts";
import type { Trial } from "./trial.ts";

/**
 * Has the machines name versions. The emulator gives the version that a Lambda is created with the ARN of the latest, so that
 * Terraform takes that; a version that is published afterwards has an ARN of its own, as on AWS the first has too.
 */
export async function publishVersions({ sandbox, aws, stack, progress, deployment }: Trial): Promise<void> {
  const { terraform, name } = deployment;
  const lambda = new LambdaClient(clientSettings(sandbox));
  await progress.step(`publish the first versions of ${name} again`, async () => {
    for await (const { Functions = [] } of paginateListFunctions({ client: lambda }, {})) {
      const own = Functions.filter(({ FunctionName }) => FunctionName?.split("-").includes(name));
      for (const { FunctionName } of own) await lambda.send(new PublishVersionCommand({ FunctionName }));
    }
    await terraform.apply();
  });
  const named = await lambdasOf(aws, stack["import_machine_arn"]!);
  progress.check(
    "the machine names a version of every Lambda",
    named.filter((arn) => !/:\d+$/.test(arn)),
    [],
  );
}

/** ARNs of the Lambdas that a machine's definition names, sorted. */
export async function lambdasOf(aws: Cloud, machine: string): Promise<string[]> {
  return [...new Set((await aws.definition(machine)).match(/arn:aws:lambda:[^"]+/g))].sort();
}
