import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Permission } from "../support/permissions.ts";
import { Policies } from "../support/policies.ts";
import { everyMachine, permissionsOfStates } from "./machine-permissions.ts";
import { statementsOf, synthesised, type Block, type PolicyStatement, type Synthesised } from "./synthesised.ts";

// What a Lambda's role needs is seen where it runs: test/machine/least-privilege.test.ts.

const account = "000000000000";
const named = synthesised({
  ...{ environment: "named", reprocessSchedule: "rate(1 hour)", alarmAddresses: ["alarms@example.com"] },
  kmsKeyArn: `arn:aws:kms:eu-central-1:${account}:key/given`,
  supportPrincipals: [`arn:aws:iam::${account}:role/support-lead`],
});
const stacks = [
  ["by default", "product-import-dev", synthesised()],
  ["with all that can be named", "product-import-named", named],
] as const;

describe.each(stacks)("the stack %s", (_, prefix, stack) => {
  const policies = new Policies(join(stack.folder, "cdk.tf.json"));
  const machines = Object.values(stack.all("aws_sfn_state_machine"));
  const targets = Object.values(stack.all("aws_cloudwatch_event_target")).filter((target) => target["role_arn"]);
  const schedules = Object.values(stack.all("aws_scheduler_schedule")).map(({ target }) => target as Block);

  it.each(machines.map((machine) => [String(machine["name"]), machine] as const))(
    "lets %s do what its states do, and nothing else",
    (name, machine) => {
      const needed = [...everyMachine, ...permissionsOfStates(machineOf(policies, stack, name, machine))];
      expect(policies.compare(policies.roleName(machine["role_arn"]), needed)).toEqual({ missing: [], excess: [] });
    },
  );

  it.each(targets.map((target) => [policies.roleName(target["role_arn"]), target] as const))(
    "lets the rule %s start its target, and nothing else",
    (role, target) => {
      expect(policies.compare(role, starting(policies, target))).toEqual({ missing: [], excess: [] });
    },
  );

  it.each(schedules.map((target) => [policies.roleName(target["role_arn"]), target] as const))(
    "lets the schedule %s start its target, and keep what it could not start",
    (role, target) => {
      const { arn: queue } = target["dead_letter_config"] as { readonly arn: string };
      const keep: Permission = {
        ...{ action: "sqs:SendMessage", resource: policies.resolved(queue) },
        key: ["Decrypt", "GenerateDataKey"],
      };
      expect(policies.compare(role, [...starting(policies, target), keep])).toEqual({ missing: [], excess: [] });
    },
  );

  it("has no role but those, one for each Lambda, and that of support staff", () => {
    const known = [
      ...machines.map((machine) => machine["role_arn"]),
      ...[...targets, ...schedules].map((target) => target["role_arn"]),
      ...Object.values(stack.all("aws_lambda_function")).map((lambda) => lambda["role"]),
    ].map((reference) => policies.roleName(reference));
    const support = policies.resolved(stack.one("aws_iam_role", "support")["name"]);
    expect([...known, support].sort()).toEqual([...policies.roles].sort());
    expect(new Set(known).size).toBe(known.length);
  });

  it("has each role taken on by its one service, for this account where the service says for whom it acts", () => {
    const service = (name: string, ofAccount: boolean) => ({
      Effect: "Allow",
      Principal: { Service: `${name}.amazonaws.com` },
      Action: "sts:AssumeRole",
      ...(ofAccount && {
        Condition: { StringEquals: { "aws:SourceAccount": "${data.aws_caller_identity.account.account_id}" } },
      }),
    });
    const actors: readonly [string, boolean, readonly Block[], string][] = [
      // Lambda says nothing of the account for which it acts.
      ["lambda", false, Object.values(stack.all("aws_lambda_function")), "role"],
      ["states", true, machines, "role_arn"],
      ["events", true, targets, "role_arn"],
      ["scheduler", true, schedules, "role_arn"],
    ];
    const trusts = new Map(
      Object.values(stack.all("aws_iam_role")).map((role) => [policies.resolved(role["name"]), role]),
    );
    for (const [name, ofAccount, blocks, field] of actors) {
      for (const block of blocks) {
        const trust = trusts.get(policies.roleName(block[field]))!["assume_role_policy"];
        expect(statementsOf(trust)).toEqual([service(name, ofAccount)]);
      }
    }
  });

  it("grants by these policies only: roles carry no others", () => {
    expect(stack.all("aws_iam_role_policy_attachment")).toEqual({});
    expect(stack.all("aws_iam_policy_attachment")).toEqual({});
    for (const role of Object.values(stack.all("aws_iam_role"))) {
      expect(role).not.toHaveProperty("inline_policy");
      expect(role).not.toHaveProperty("managed_policy_arns");
    }
  });

  it.each(policies.roles)("gives %s listed actions, on resources of the stack's own", (role) => {
    for (const { action, resource } of policies.granted(role)) {
      expect(action).toMatch(/^[a-z0-9]+:[A-Z]\w+$/);
      if (wideActions.test(action)) expect(resource).toBe("*");
      else expect(resource).toMatch(ownResource(prefix));
    }
  });

  it("lets nobody in by a resource's own policy but a service that acts for the stack", () => {
    const kinds = ["aws_s3_bucket_policy", "aws_sqs_queue_policy", "aws_sns_topic_policy", "aws_kms_key"];
    const statements = kinds.flatMap((kind) =>
      Object.values(stack.all(kind)).flatMap(({ policy }) => statementsOf(policy)),
    );
    const allowing = statements.filter(({ Effect, Principal }) => Effect === "Allow" && !isAccountItself(Principal));
    expect(allowing.length).toBeGreaterThan(2);
    for (const { Principal, Action, Resource, Condition } of allowing) {
      expect(Object.keys(Principal as object)).toEqual(["Service"]);
      expect([Action].flat().join()).not.toContain("*");
      // A key's policy calls the key so; all others name what they hang on.
      if ([Action].flat().every((action) => !action.startsWith("kms:"))) expect(Resource).not.toContain("*");
      expect(JSON.stringify(Condition)).toMatch(/aws:SourceArn|aws:SourceAccount|kms:EncryptionContext:aws:logs:arn/);
    }
    for (const { source_arn, principal } of Object.values(stack.all("aws_lambda_permission")))
      expect([principal, source_arn]).toEqual([
        "events.amazonaws.com",
        expect.stringMatching(/^\$\{aws_cloudwatch_event_rule/),
      ]);
    for (const { Effect, Principal, Condition } of statements.filter((one) => one.Effect !== "Allow"))
      expect([Effect, Principal, Condition]).toEqual(["Deny", "*", { Bool: { "aws:SecureTransport": "false" } }]);
  });
});

/** Actions of which AWS's Service Authorization Reference says that they know no resources. */
const wideActions =
  /^(xray:(PutTraceSegments|PutTelemetryRecords|GetSamplingRules|GetSamplingTargets)|logs:(\w+LogDelivery|ListLogDeliveries|PutResourcePolicy|DescribeResourcePolicies|DescribeLogGroups))$/;

/**
 * ARNs of what carries the stack's name, with a wildcard only for what is inside: objects under a prefix, versions of a Lambda,
 * executions of a machine, streams of a log group. And the key, and the rule by which Step Functions hears of executions.
 */
function ownResource(prefix: string): RegExp {
  const place = `arn:aws:[a-z0-9]+:eu-central-1:${account}`;
  return new RegExp(
    "^(" +
      [
        `arn:aws:s3:::${prefix}-\\w+-${account}(/[a-z]+/\\*)?`,
        `${place}:table/${prefix}-\\w+(/index/\\w+)?`,
        `${place}:function:${prefix}-[\\w-]+:\\*`,
        `${place}:stateMachine:${prefix}-[\\w-]+`,
        `${place}:execution:${prefix}-[\\w-]+[:/]\\*`,
        `${place}:(event-bus/)?${prefix}-[\\w-]+`,
        `${place}:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule`,
        `${place}:key/[\\w-]+`,
        "\\$\\{aws_kms_key\\.\\w+\\.arn\\}",
        "\\$\\{aws_cloudwatch_log_group\\.[\\w-]+\\.arn\\}:\\*",
      ].join("|") +
      ")$",
  );
}

function machineOf(policies: Policies, stack: Synthesised, name: string, machine: Block) {
  const place = `eu-central-1:${account}`;
  const bus = policies.resolved(stack.one("aws_cloudwatch_event_bus")["name"]);
  return {
    arn: `arn:aws:states:${place}:stateMachine:${name}`,
    definition: policies.resolved(machine["definition"]),
    bus: `arn:aws:events:${place}:event-bus/${bus}`,
    // Plan and Decide write them there, which their own grants say.
    manifests: `arn:aws:s3:::${policies.resolved(stack.one("aws_s3_bucket", "work_bucket")["bucket"])}/imports/any`,
  };
}

/** The right to start what a rule or a schedule is aimed at. */
function starting(policies: Policies, target: Block): Permission[] {
  const resource = policies.resolved(target["arn"]);
  return [
    { action: resource.includes(":stateMachine:") ? "states:StartExecution" : "lambda:InvokeFunction", resource },
  ];
}

function isAccountItself(principal: PolicyStatement["Principal"]): boolean {
  return JSON.stringify(principal) === '{"AWS":"arn:aws:iam::${data.aws_caller_identity.account.account_id}:root"}';
}
