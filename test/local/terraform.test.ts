import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Stack } from "../../scripts/local/terraform.ts";

function stackOf(resource: object, rest: object = {}): Stack {
  const file = join(mkdtempSync(join(tmpdir(), "stack-")), "cdk.tf.json");
  writeFileSync(file, JSON.stringify({ provider: { aws: [{ region: "eu-west-1" }] }, resource, ...rest }));
  return new Stack(file);
}

const identity = { data: { aws_caller_identity: { me: {} } } };

describe("Stack", () => {
  test("resolves references inside text, lists and objects", () => {
    const stack = stackOf(
      {
        aws_s3_bucket: { inbox: { bucket: "inbox-${data.aws_caller_identity.me.account_id}" } },
        aws_lambda_function: { plan: { function_name: "import-plan" } },
      },
      identity,
    );
    const resolved = stack.resolve({
      list: ["${aws_s3_bucket.inbox.bucket}", 1],
      arn: "${aws_lambda_function.plan.qualified_arn}",
    });
    expect(resolved).toEqual({
      list: ["inbox-000000000000", 1],
      arn: "arn:aws:lambda:eu-west-1:000000000000:function:import-plan:1",
    });
  });

  test("leaves alone what means nothing on one machine, with all its references", () => {
    const stack = stackOf({ aws_iam_role: { any: { name: "${unknown.thing.here}" } } });
    expect(stack.all("aws_iam_role")).toEqual([]);
  });

  test("throws NotEmulated with the name of a resource type it does not know", () => {
    expect(() => stackOf({ aws_kinesis_stream: { any: { name: "x" } } })).toThrow(
      "the Terraform resource type aws_kinesis_stream",
    );
  });

  test.each([
    "${aws_s3_bucket.other.bucket}",
    "${aws_s3_bucket.inbox.hosted_zone_id}",
    "${data.aws_caller_identity.me.user_id}",
    "${data.aws_caller_identity.undeclared.account_id}",
    "${jsonencode([])}",
    "${var.stage}",
  ])("throws NotEmulated with the expression %s", (expression) => {
    const stack = stackOf({ aws_s3_bucket: { inbox: { bucket: "inbox" } } }, identity);
    expect(() => stack.resolve(`a ${expression} b`)).toThrow(`the Terraform expression ${expression}`);
  });

  test("throws NotEmulated where a bucket has no name", () => {
    expect(() => stackOf({ aws_s3_bucket: { inbox: { bucket_prefix: "x" } } })).toThrow(
      "aws_s3_bucket.inbox without bucket",
    );
  });
});
