import { TerraformStack, Testing } from "cdktf";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue/index.js";
import { describe, expect, it } from "vitest";
import { skipCheck } from "../../infra/checkov.ts";
import { findCheckov, installCheckov, runCheckov, type Finding, type Findings } from "./checkov-run.ts";
import { synthesised, type Block } from "./synthesised.ts";

describe("a skipped check", () => {
  it("stands in the resource's comment, with its reason, beside those of before", () => {
    const stack = new TerraformStack(Testing.app(), "stack");
    const queue = new SqsQueue(stack, "queue", {});
    skipCheck(queue, "CKV_AWS_27", "It is empty.");
    skipCheck(queue, "CKV2_AWS_73", "It is full.");
    const { resource } = stack.toTerraform() as { resource: { aws_sqs_queue: { queue: Block } } };
    expect(resource.aws_sqs_queue.queue).toMatchObject({
      "//": {
        metadata: { path: "stack/queue" },
        checkov: {
          skip: [
            { id: "CKV_AWS_27", comment: "It is empty." },
            { id: "CKV2_AWS_73", comment: "It is full." },
          ],
        },
      },
    });
  });
});

const stack = synthesised({
  environment: "prod",
  reprocessSchedule: "rate(1 hour)",
  noticeAddresses: ["support@example.org"],
  alarmAddresses: ["platform@example.org"],
  upstreamPrincipals: { erp: "arn:aws:iam::111122223333:role/erp-export" },
});
/** Every skip as `<check> <resource's name>`, to its reason. */
const skips = new Map<string, string>(
  Object.values(stack.json["resource"] ?? {}).flatMap((resources) =>
    Object.entries(resources).flatMap(([name, block]) =>
      skipsOf(block).map(({ id, comment }) => [`${id} ${name}`, comment] as const),
    ),
  ),
);

describe("the skipped checks", () => {
  it("each have a reason", () => {
    for (const [skip, reason] of skips) expect(reason, skip).toMatch(/^.{20,}$/);
  });
});

// A fresh machine has no Python; the checks of the repository have.
const checkov = findCheckov();
const missing = !checkov && !process.env["CI"];
describe.skipIf(missing)(`checkov${missing ? ` (skipped: there is none; ${installCheckov})` : ""}`, () => {
  let known: Findings | undefined;
  const findings = () => {
    if (!checkov) throw new Error(`There is no checkov: ${installCheckov}`);
    return (known ??= runCheckov(checkov, stack));
  };

  it("finds nothing wrong with the stack of prod, but for what is skipped", () => {
    const wrong = findings().failed.filter((finding) => !skips.has(nameOf(finding)));
    expect(wrong.map((finding) => `${nameOf(finding)}: ${finding.check_name}`)).toEqual([]);
  });

  it("has looked at everything that stores, runs or speaks", () => {
    const { passed, failed } = findings();
    const seen = new Set([...passed, ...failed].map(({ resource }) => resource.split(".").at(-1)));
    for (const type of [
      "aws_s3_bucket",
      "aws_dynamodb_table",
      "aws_lambda_function",
      "aws_sfn_state_machine",
      "aws_sqs_queue",
      "aws_sns_topic",
      "aws_kms_key",
      "aws_iam_role_policy",
      "aws_cloudwatch_log_group",
    ]) {
      const names = Object.keys(stack.all(type));
      expect(names.length, type).toBeGreaterThan(0);
      expect(names.filter((name) => !seen.has(name))).toEqual([]);
    }
    expect(passed.length).toBeGreaterThan(300);
  });

  it("would find wrong whatever is skipped: no skip outlives its reason", () => {
    const failed = new Set(findings().failed.map(nameOf));
    expect([...skips.keys()].filter((skip) => !failed.has(skip))).toEqual([]);
  });
});

/** `<check> <resource's name>`. */
function nameOf({ check_id, resource }: Finding): string {
  return `${check_id} ${resource.split(".").at(-1)!}`;
}

function skipsOf(block: Block): readonly { readonly id: string; readonly comment: string }[] {
  const comment = block["//"] as
    { readonly checkov?: { readonly skip: { id: string; comment: string }[] } } | undefined;
  return comment?.checkov?.skip ?? [];
}
