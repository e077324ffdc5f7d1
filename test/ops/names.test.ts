import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, inject, test } from "vitest";
import { configOf } from "../../infra/config.ts";
import { synthesise } from "../../infra/main.ts";
import { account, Stack } from "../../scripts/local/terraform.ts";
import { namesOf } from "../../scripts/ops/names.ts";

const outdir = mkdtempSync(join(tmpdir(), "names-"));
afterAll(() => {
  rmSync(outdir, { recursive: true });
});

test("finds every resource under the name that the stack gives it, in any environment", () => {
  const config = configOf({ environment: "prod", namePrefix: "catalogue", region: "eu-west-1" });
  const { file } = synthesise({ outdir, config, bundles: inject("lambdas") });
  const stack = new Stack(file);
  const { deployment, region, ...names } = namesOf(config, stack.region, account);
  expect({ deployment, region }).toEqual({ deployment: "catalogue-prod", region: "eu-west-1" });
  expect(names).toEqual({
    account,
    inboxBucket: stack.output("inbox_bucket"),
    workBucket: stack.output("work_bucket"),
    archiveBucket: stack.output("archive_bucket"),
    importsTable: stack.output("imports_table"),
    failuresTable: stack.output("failures_table"),
    productsTable: stack.output("products_table"),
    importMachine: stack.output("import_machine_arn"),
    reprocessMachine: stack.output("reprocess_machine_arn"),
    undeliveredQueue: stack.output("undelivered_events_url").split("/").at(-1),
  });
});
