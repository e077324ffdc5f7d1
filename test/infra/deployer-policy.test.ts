import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { configOf } from "../../infra/config.ts";
import { deployerPolicy, knownTypes } from "../../infra/deployer-policy.ts";
import { statementsOf, synthesised, type Synthesised } from "./synthesised.ts";
// What Terraform 1.11 and AWS provider 5.100.0 called to make, read, change and destroy such a stack on MiniStack 1.5.33, which says
// by which right it judges a call.
import seen from "./terraform-calls.json" with { type: "json" };

const everything = {
  reprocessSchedule: "rate(1 hour)",
  noticeAddresses: ["support@example.org"],
  alarmAddresses: ["platform@example.org"],
  archiveLockDays: 7,
};
const dev = synthesised(everything);
const prod = synthesised({ ...everything, environment: "prod", stateBucket: "our-states" });

describe("the rights of whoever deploys", () => {
  it("are those that Terraform was seen to call", () => {
    const given = actionsOf(dev);
    const called = Object.entries(seen).flatMap(([service, names]) => names.map((name) => `${service}:${name}`));
    // Nobody needs a right to ask who one is.
    expect(called.filter((action) => !given.has(action) && action !== "sts:GetCallerIdentity")).toEqual([]);
  });

  it("allow to hand roles on, and to tag what is made, which the emulator asks nobody for", () => {
    const given = actionsOf(dev);
    expect(given).toContain("iam:PassRole");
    for (const service of ["cloudwatch", "dynamodb", "events", "kms", "lambda", "logs", "sns", "states"])
      expect(given, service).toContain(`${service}:TagResource`);
  });

  it("are known for every type of resource, and for no other", () => {
    expect(() => deployerPolicy(configOf({}), ["aws_iam_role", "aws_vpc"])).toThrow(
      "Nothing is known of the rights to make a aws_vpc: add them to infra/deployer-policy.ts.",
    );
    expect([...knownTypes].sort()).toEqual(Object.keys(dev.json["resource"]!).sort());
  });

  it("are those to resources of the stack's name, to its key, and to read what has no name", () => {
    for (const { Action, Resource, Condition } of rightsOf(prod)) {
      const elsewhere = [Resource]
        .flat()
        .filter((arn) => !/product-import-prod|our-states|event-bus\/default$/.test(arn));
      if (elsewhere.length > 0 && !JSON.stringify(Condition ?? "").includes('Tag/environment":"prod"'))
        for (const action of [Action].flat()) expect(action).toMatch(/:(Describe|List|Validate)/);
    }
  });

  it("end nothing that is stored in prod", () => {
    const endings = /^(s3:Delete(Bucket|Object)(Version)?|s3:Bypass|dynamodb:DeleteTable|kms:ScheduleKeyDeletion)/;
    const ofStack = rightsOf(prod).filter(({ Resource }) => !JSON.stringify(Resource).includes("our-states"));
    const inProd = ofStack.flatMap(({ Action }) => Action).filter((action) => action !== "s3:DeleteBucketPolicy");
    expect(inProd.filter((action) => endings.test(action))).toEqual([]);
    expect([...actionsOf(dev)].filter((action) => endings.test(action))).toHaveLength(7);
  });

  it("reach Terraform's state where that lies in a bucket, and its lock", () => {
    expect(rightsOf(prod)).toContainEqual({
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
      Resource: "arn:aws:s3:::our-states/product-import-prod.eu-central-1.tfstate*",
    });
  });

  it("reach a key that the configuration names as far as making a table needs it", () => {
    const kmsKeyArn = "arn:aws:kms:eu-central-1:123456789012:key/8a2f1c3e-0000-4000-8000-000000000000";
    const sharing = statementsOf(deployerPolicy(configOf({ kmsKeyArn }), knownTypes));
    expect(sharing.filter(({ Resource }) => Resource === kmsKeyArn)).toMatchObject([
      { Action: expect.arrayContaining(["kms:CreateGrant", "kms:Decrypt"]) as string[] },
    ]);
    expect(JSON.stringify(sharing.find(({ Resource }) => Resource === kmsKeyArn))).not.toMatch(/Deletion|Policy/);
  });

  it("fit into one policy of a role, however long the stack's name is", () => {
    const long = configOf({ namePrefix: "p".repeat(29), environment: "e".repeat(12), stateBucket: "s".repeat(63) });
    // What IAM takes as the inline policies of a role; white space does not count.
    expect(deployerPolicy(long, knownTypes).length).toBeLessThanOrEqual(10_240);
  });
});

function rightsOf(stack: Synthesised) {
  return statementsOf(readFileSync(join(stack.folder, "deployer-policy.json"), "utf8"));
}

function actionsOf(stack: Synthesised): Set<string> {
  return new Set(rightsOf(stack).flatMap(({ Action }) => Action));
}
