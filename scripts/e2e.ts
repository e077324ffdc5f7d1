import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Report } from "#imports/report.ts";
import { configOf } from "../infra/config.ts";
import { synthesise } from "../infra/main.ts";
import { build } from "./build.ts";
import { Cloud } from "./e2e/cloud.ts";
import { ownDrift } from "./e2e/drift.ts";
import { makeSandbox, refuseOtherClouds, type Sandbox } from "./e2e/environment.ts";
import { findMiniStack, hasPython, startMiniStack, type MiniStack } from "./e2e/ministack.ts";
import { Progress } from "./e2e/progress.ts";
import { hasTerraform, Terraform } from "./terraform.ts";

const samples = join(import.meta.dirname, "../samples/bagisto");
const config = configOf({ environment: "e2e", chunkRecords: 10 });
const progress = new Progress();

const { values: options } = parseArgs({
  options: {
    /** Leaves the stack up until Ctrl-C. */
    keep: { type: "boolean", default: false },
    /** File that gets the counts of checks as JSON. */
    results: { type: "string" },
  },
});

const ministack = findMiniStack();
const missing = whatIsMissing();
if (missing || !ministack) {
  console.error(missing);
  process.exit(2);
}
const sandbox = await makeSandbox(config.region);
let cloud: MiniStack | undefined;
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void end(130));
try {
  await judge(ministack, sandbox);
} catch (error) {
  progress.failed.push("the run went through");
  console.error(error);
  if (cloud) console.error(`The last words of MiniStack:\n${cloud.lastWords()}`);
}
const { passed, failed } = progress;
console.log(`${passed} checks passed, ${failed.length} failed${failed.map((fact) => `\n  ${fact}`).join("")}`);
if (options.results) writeFileSync(options.results, JSON.stringify({ passed, failed: failed.length }));
await end(failed.length === 0 ? 0 : 1);

function whatIsMissing(): string | undefined {
  if (!hasTerraform()) return "Terraform is missing: npm run e2e needs `terraform` on the PATH.";
  if (ministack) return undefined;
  if (!hasPython()) return "Python is missing: MiniStack, which npm run e2e needs, comes as a package for Python 3.";
  return (
    "MiniStack is missing: run `python3 -m venv .e2e/venv && .e2e/venv/bin/pip install ministack==1.5.33`, " +
    "or name its executable in MINISTACK."
  );
}

/** Applies the stack to a MiniStack of its own, imports two files, looks at what came of them, and destroys it all. */
async function judge(executable: string, sandbox: Sandbox): Promise<void> {
  refuseOtherClouds(sandbox);
  const bundles = join(sandbox.folder, "lambda");
  await progress.step(
    "build",
    () => build({ out: bundles }),
    ({ size }) => `${size} Lambdas`,
  );
  const { folder } = await progress.step("synth", () =>
    synthesise({ outdir: join(sandbox.folder, "out"), config, bundles, stateFile: "terraform.tfstate" }),
  );
  cloud = await progress.step(
    "start MiniStack",
    () => startMiniStack(executable, sandbox),
    () => sandbox.endpoint,
  );
  const terraform = new Terraform(folder, sandbox.variables);
  await progress.step("terraform init", () => terraform.init());
  await progress.step("terraform apply", () => terraform.apply());
  const stack = await terraform.outputs();
  const aws = new Cloud(sandbox);

  await importFiles(aws, stack);
  const changes = await progress.step(
    "terraform plan",
    () => terraform.plan(),
    ({ length }) => `${length} changes`,
  );
  progress.check("a second plan changes nothing but what MiniStack misreports", ownDrift(changes), []);
  if (options.keep) await untilInterrupted(folder);

  await progress.step("empty the buckets", async () => {
    for (const name of ["inbox_bucket", "work_bucket", "archive_bucket"]) await aws.empty(stack[name]!);
  });
  await progress.step("terraform destroy", () => terraform.destroy());
  progress.check("Terraform manages nothing any more", await terraform.managed(), []);
  progress.check("no bucket, table or machine is left", await aws.standing(), []);
}

async function importFiles(aws: Cloud, stack: Readonly<Record<string, string>>): Promise<void> {
  const files = ["products.csv", "damaged.csv"];
  for (const file of files)
    await aws.put(stack["inbox_bucket"]!, `incoming/bagisto/${file}`, readFileSync(join(samples, file)));
  const executions = await progress.step(
    "import two files",
    () => aws.ended(stack["import_machine_arn"]!, files.length, 90),
    (ended) => ended.map(({ status }) => status).join(", "),
  );
  progress.check(
    "both executions succeeded",
    executions.flatMap(({ status, error }) => (status === "SUCCEEDED" ? [] : [error ?? status])),
    [],
  );

  const imports = await aws.items(stack["imports_table"]!);
  const failures = await aws.items(stack["failures_table"]!);
  const products = await aws.items(stack["products_table"]!);
  const entries = imports.filter(({ entry }) => entry === "IMPORT");
  const reports = await Promise.all(
    entries.map(
      async ({ importId }) =>
        JSON.parse(await aws.text(stack["archive_bucket"]!, `reports/${String(importId)}/report.json`)) as Report,
    ),
  );
  const reportOf = (file: string) => reports.find(({ file: { key } }) => key.endsWith(`/${file}`));
  const [real, damaged] = [reportOf("products.csv"), reportOf("damaged.csv")];
  progress.check("the real file completed", real?.status, "COMPLETED");
  progress.check("all of its 26 records were created", real?.outcomes.created, 26);
  progress.check("the damaged file completed with failures", damaged?.status, "COMPLETED_WITH_FAILURES");
  progress.check("all of its 15 records have an outcome", sum(damaged?.outcomes), 15);
  for (const report of reports) checkBalance(report, imports, failures);
  const created = reports.reduce((total, { outcomes }) => total + outcomes.created, 0);
  progress.check("the products table holds what was created", products.length, created);
  progress.check("0017 is still 0017", products.filter(({ product }) => product === "bagisto#0017").length, 1);
}

/** The report's own word, the ledger, and the dead letters must agree. */
function checkBalance(
  { importId, file, records, outcomes, balanced, reports }: Report,
  imports: readonly Record<string, unknown>[],
  failures: readonly Record<string, unknown>[],
): void {
  const name = file.key.split("/").at(-1) ?? "";
  const chunks = imports.filter((entry) => entry["importId"] === importId && entry["entry"] !== "IMPORT");
  const letters = failures.filter((letter) => letter["importId"] === importId);
  progress.check(`${name} balances`, balanced, true);
  progress.check(`${name} has an outcome for every record`, sum(outcomes), records);
  progress.check(
    `every chunk of ${name} is closed`,
    chunks.map(({ state }) => state),
    chunks.map(() => "CLOSED"),
  );
  progress.check(
    `the ledger of ${name} has every record`,
    chunks.reduce((total, chunk) => total + Number(chunk["records"]), 0),
    records,
  );
  progress.check(`${name} has a dead letter for every failed record`, letters.length, outcomes.failed);
  progress.check(`${name} has a failed-records CSV if it needs one`, !!reports.failedRecords, outcomes.failed > 0);
}

function sum(outcomes: Report["outcomes"] | undefined): number {
  return Object.values(outcomes ?? {}).reduce((total, count) => total + count, 0);
}

async function untilInterrupted(folder: string): Promise<void> {
  console.log(`\nThe stack is up at ${sandbox.endpoint} (keys: test, test), Terraform in ${folder}. Ctrl-C ends it.`);
  // The timer keeps the process alive; the signal ends it.
  await new Promise((resolve) => setTimeout(resolve, 24 * 3600 * 1000));
}

async function end(code: number): Promise<never> {
  await cloud?.stop();
  rmSync(sandbox.folder, { recursive: true, force: true });
  process.exit(code);
}
