import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import type { DeadLetter } from "#failures/dead-letter.ts";
import type { ImportEntry } from "#imports/import-entry.ts";
import { Cloud, clientSettings } from "./cloud.ts";
import type { Deployment, StackOutputs } from "./deployment.ts";
import type { Sandbox } from "./environment.ts";
import { importsOf } from "./reports.ts";
import type { Trial } from "./trial.ts";

const root = join(import.meta.dirname, "../..");

/** What a command came to: its exit code, and what it said. */
interface Answer {
  readonly code: number;
  readonly said: string;
}

/** Does under the role of support staff what they do, with an import that failed: `ops` can do it all, and the role no more. */
export async function checkSupportStaff(trial: Trial, failed: ImportEntry): Promise<void> {
  const { sandbox, aws, stack, progress, deployment } = trial;
  const staff = await asSupport(sandbox, stack);
  const { importId } = failed;
  const rejected = (await importsOf(trial)).find(({ status }) => status === "REJECTED")!;
  const letters = (await aws.items(stack["failures_table"]!)) as unknown as DeadLetter[];
  const letter = letters.find((one) => one.importId === importId)!.id;
  const csv = join(sandbox.folder, "failed-records.csv");
  const because = ["--reason", "the right is back"];

  await can(0, "imports");
  await can(0, "imports", "show", importId, "--out", join(sandbox.folder, "reports"));
  await can(0, "failures", "--import", importId);
  await can(0, "failures", "show", letter);
  await can(0, "failures", "export", "--import", importId, "--out", csv);
  const [product] = (await aws.items(stack["products_table"]!)) as { catalog: string; sku: string }[];
  await can(0, "products", "show", product!.catalog, product!.sku);
  await can(0, "products", "list", "bagisto");
  await can(0, "park", letter, ...because);
  await can(0, "reopen", letter, ...because);
  await can(0, "reprocess", "--import", importId, "--dry-run", ...because);
  await can(0, "reprocess", "--corrections", csv, ...because);
  const again = await can(1, "imports", "rerun", rejected.importId, ...because);
  progress.check("what was rejected is rejected again", again.said.includes('"REJECTED"'), true);
  // No event waits; had the queue been denied, the code would be another.
  await can(4, "events");

  const cloud = new Cloud(staff);
  const withoutTls = new Cloud({ ...staff, endpoint: `http://127.0.0.1:${sandbox.port}` });
  const { bucket, key } = failed.file;
  const archive = stack["archive_bucket"]!;
  const report = `reports/${importId}/report.json`;
  for (const [what, call] of [
    ["read what upstream dropped", () => cloud.text(bucket, key)],
    ["drop a file", () => cloud.put(bucket, key, Buffer.from(""))],
    ["change a report", () => cloud.put(archive, report, Buffer.from("{}"))],
    ["read a report without TLS", () => withoutTls.text(archive, report)],
    ["stop an import", () => cloud.stop(failed.owner)],
  ] as const)
    progress.check(`support staff cannot ${what}`, await denies(call), true);

  async function can(expected: number, ...words: string[]): Promise<Answer> {
    const { code, said } = await ops(staff, deployment, words);
    const command = words.filter((word) => /^[a-z-]+$/.test(word)).join(" ");
    progress.check(`support staff can: ops ${command}`, code === expected ? code : `${code}: ${said}`, expected);
    return { code, said };
  }
}

/** The sandbox as support staff have it. */
async function asSupport(sandbox: Sandbox, stack: StackOutputs): Promise<Sandbox> {
  const role = { RoleArn: stack["support_role_arn"], RoleSessionName: "e2e" };
  const { Credentials: given } = await new STSClient(clientSettings(sandbox)).send(new AssumeRoleCommand(role));
  const credentials = {
    AWS_ACCESS_KEY_ID: given!.AccessKeyId!,
    AWS_SECRET_ACCESS_KEY: given!.SecretAccessKey!,
    AWS_SESSION_TOKEN: given!.SessionToken!,
  };
  return { ...sandbox, variables: { ...sandbox.variables, ...credentials } };
}

/** Runs a command of `ops` as a person would. */
async function ops({ variables }: Sandbox, { name }: Deployment, words: readonly string[]): Promise<Answer> {
  const child = spawn(process.execPath, [join(root, "scripts/ops.ts"), ...words, "--json"], {
    env: { ...variables, IMPORT_ENVIRONMENT: name },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [said, noted] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { code: child.exitCode ?? -1, said: `${said}${noted}` };
}

/** Whether a call is denied for want of a right. */
async function denies(call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call();
    return false;
  } catch (error) {
    return error instanceof Error && error.name.startsWith("AccessDenied");
  }
}
