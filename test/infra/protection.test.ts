import { describe, expect, it } from "vitest";
import { synthesised, statementsOf, type Block, type Synthesised } from "./synthesised.ts";

const given = "arn:aws:kms:eu-central-1:123456789012:key/8a2f1c3e-0000-4000-8000-000000000000";
const dev = synthesised();
const prod = synthesised({ environment: "prod" });
const sharing = synthesised({ kmsKeyArn: given });

describe("the data key", () => {
  const own = `\${aws_kms_key.${Object.keys(dev.all("aws_kms_key"))[0]}.arn}`;

  it("is the stack's own, rotated, under an alias of the stack's name", () => {
    expect(dev.one("aws_kms_key")).toMatchObject({ enable_key_rotation: true, deletion_window_in_days: 7 });
    expect(dev.one("aws_kms_alias")).toMatchObject({ name: "alias/product-import-dev" });
  });

  it("is the one that the configuration names, where it names one", () => {
    expect(keysOf(sharing)).toEqual([given]);
  });

  it("is kept beside a given one, and may be read under by whoever reads: what it has encrypted must not be lost", () => {
    const own = `\${aws_kms_key.${Object.keys(sharing.all("aws_kms_key"))[0]}.arn}`;
    for (const [role, { policy }] of Object.entries(sharing.all("aws_iam_role_policy"))) {
      const readers = statementsOf(policy).filter(({ Resource }) => Resource.includes(given) && Resource.length > 1);
      for (const { Action, Resource } of readers)
        expect([Action, Resource], role).toEqual([["kms:Decrypt"], [given, own]]);
    }
    expect(statementsOf(sharing.one("aws_iam_role_policy", "mapping")["policy"])).toContainEqual({
      ...{ Effect: "Allow", Action: ["kms:Decrypt"], Resource: [given, own] },
    });
  });

  it("encrypts every bucket, table, queue, topic and log group", () => {
    expect(keysOf(dev)).toEqual([own]);
    for (const type of [
      "aws_s3_bucket",
      "aws_dynamodb_table",
      "aws_sqs_queue",
      "aws_sns_topic",
      "aws_cloudwatch_log_group",
    ])
      expect(Object.keys(dev.all(type)).length, type).toBeGreaterThan(1);
  });

  it("lets the account's IAM rule, and the services use it that act for the stack, in this account only", () => {
    const [account, ...services] = statementsOf(dev.one("aws_kms_key")["policy"]);
    expect(account).toMatchObject({
      Principal: { AWS: "arn:aws:iam::${data.aws_caller_identity.account.account_id}:root" },
    });
    expect(services.map(({ Principal }) => Principal)).toEqual([
      { Service: "logs.eu-central-1.amazonaws.com" },
      { Service: ["events.amazonaws.com", "cloudwatch.amazonaws.com"] },
    ]);
    for (const { Condition } of services)
      expect(JSON.stringify(Condition)).toContain("${data.aws_caller_identity.account.account_id}");
  });

  it("may be used by whoever reads or writes a bucket or a table, sends to a queue, or publishes", () => {
    const reaching = /^(s3:(Get|Put)|dynamodb:|sqs:|sns:)/;
    for (const [role, { policy }] of Object.entries(dev.all("aws_iam_role_policy"))) {
      const statements = statementsOf(policy);
      const actions = statements.flatMap(({ Action }) => Action);
      const ofKey = statements.filter(({ Resource }) => Resource.includes(own)).flatMap(({ Action }) => Action);
      expect(ofKey.includes("kms:Decrypt"), role).toBe(actions.some((action) => reaching.test(action)));
      if (actions.some((action) => /^(s3:Put|sqs:Send|sns:Publish)/.test(action)))
        expect(ofKey, role).toContain("kms:GenerateDataKey");
    }
  });

  /** Every key under which something is encrypted. Throws where something is not. */
  function keysOf(stack: Synthesised): string[] {
    const of = (type: string, key: (block: Block) => unknown) =>
      Object.entries(stack.all(type)).map(([name, block]) => {
        const arn = key(block);
        if (typeof arn !== "string") throw new Error(`${type}.${name} has no key.`);
        return arn;
      });
    return [
      ...new Set([
        ...of("aws_s3_bucket_server_side_encryption_configuration", ({ rule }) => {
          const [{ apply_server_side_encryption_by_default: by }] = rule as [Record<string, Record<string, unknown>>];
          return by?.["kms_master_key_id"];
        }),
        ...of("aws_dynamodb_table", (table) => (table["server_side_encryption"] as Block)["kms_key_arn"]),
        ...of("aws_sqs_queue", (queue) => queue["kms_master_key_id"]),
        ...of("aws_sns_topic", (topic) => topic["kms_master_key_id"]),
        ...of("aws_cloudwatch_log_group", (group) => group["kms_key_id"]),
      ]),
    ];
  }
});

describe("what is stored", () => {
  const kept = ["aws_s3_bucket", "aws_dynamodb_table", "aws_kms_key"];

  it("goes with a development environment that is destroyed", () => {
    for (const bucket of Object.values(dev.all("aws_s3_bucket"))) expect(bucket["force_destroy"]).toBe(true);
    for (const table of Object.values(dev.all("aws_dynamodb_table")))
      expect(table["deletion_protection_enabled"]).toBe(false);
    for (const type of kept)
      for (const block of Object.values(dev.all(type)))
        expect(block["lifecycle"]).toMatchObject({ prevent_destroy: false });
  });

  it("is kept in prod, by AWS and by Terraform", () => {
    for (const bucket of Object.values(prod.all("aws_s3_bucket"))) expect(bucket["force_destroy"]).toBe(false);
    for (const table of Object.values(prod.all("aws_dynamodb_table")))
      expect(table["deletion_protection_enabled"]).toBe(true);
    expect(prod.one("aws_kms_key")["deletion_window_in_days"]).toBe(30);
    for (const type of kept)
      for (const block of Object.values(prod.all(type)))
        expect(block["lifecycle"]).toMatchObject({ prevent_destroy: true });
  });

  it("can be let go in prod by whoever names the stack", () => {
    const going = synthesised({ environment: "prod", unprotect: "product-import-prod" });
    for (const bucket of Object.values(going.all("aws_s3_bucket"))) expect(bucket["force_destroy"]).toBe(true);
    for (const table of Object.values(going.all("aws_dynamodb_table")))
      expect(table["deletion_protection_enabled"]).toBe(false);
  });

  it("is locked in the archive for as long as the configuration says, once that has versions, and nowhere else", () => {
    const locked = synthesised({ archiveLockDays: 365 });
    expect(dev.all("aws_s3_bucket_object_lock_configuration")).toEqual({});
    const archive = Object.keys(locked.all("aws_s3_bucket")).find((name) => name.startsWith("archive"));
    const versioning = Object.keys(locked.all("aws_s3_bucket_versioning")).find((name) => name.startsWith("archive"));
    expect(Object.values(locked.all("aws_s3_bucket_object_lock_configuration"))).toMatchObject([
      {
        bucket: `\${aws_s3_bucket.${archive}.id}`,
        rule: { default_retention: { mode: "GOVERNANCE", days: 365 } },
        depends_on: [`aws_s3_bucket_versioning.${versioning}`],
      },
    ]);
    // A lock that the bucket itself declares would replace a bucket that stands.
    expect(locked.one("aws_s3_bucket", "archive")).not.toHaveProperty("object_lock_enabled");
  });

  it("can be restored to any second of five weeks", () => {
    for (const table of Object.values(dev.all("aws_dynamodb_table")))
      expect(table["point_in_time_recovery"]).toEqual({ enabled: true });
  });
});

describe("the events of the inbox", () => {
  it("can be replayed for as long as the configuration says, and are those of the rule", () => {
    const archive = dev.one("aws_cloudwatch_event_archive");
    expect(archive).toMatchObject({
      event_source_arn: "arn:aws:events:eu-central-1:${data.aws_caller_identity.account.account_id}:event-bus/default",
      retention_days: 30,
    });
    expect(archive["event_pattern"]).toBe(dev.one("aws_cloudwatch_event_rule", "inbox-trigger")["event_pattern"]);
  });

  it("have an archive whose name AWS takes, however long the stack's is", () => {
    const long = synthesised({ namePrefix: "a".repeat(29), environment: "b".repeat(12) });
    expect(String(long.one("aws_cloudwatch_event_archive")["name"]).length).toBeLessThanOrEqual(48);
  });
});

describe("the mail topics", () => {
  const told = synthesised({
    noticeAddresses: ["support@example.org"],
    alarmAddresses: ["a@example.org", "b@example.org"],
  });

  it("have nobody to tell by default", () => {
    expect(dev.all("aws_sns_topic_subscription")).toEqual({});
  });

  it("mail notices and alarms to those who are named", () => {
    const mails = Object.values(told.all("aws_sns_topic_subscription")).map(({ topic_arn, protocol, endpoint }) => [
      /(notices|alarm)/.exec(String(topic_arn))?.[1],
      protocol,
      endpoint,
    ]);
    expect(mails).toEqual([
      ["alarm", "email", "a@example.org"],
      ["alarm", "email", "b@example.org"],
      ["notices", "email", "support@example.org"],
    ]);
  });

  it("take alarms of this account's CloudWatch, and nothing of anybody else", () => {
    expect(statementsOf(dev.one("aws_sns_topic_policy")["policy"])).toMatchObject([
      {
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Action: "sns:Publish",
        Condition: { StringEquals: { "aws:SourceAccount": "${data.aws_caller_identity.account.account_id}" } },
      },
    ]);
  });
});

describe("Terraform's state", () => {
  const backend = (stack: Synthesised) => (stack.json["terraform"] as unknown as { backend: object }).backend;

  it("is a file of the stack's own by default", () => {
    expect(Object.keys(backend(dev))).toEqual(["local"]);
  });

  it("lies in the bucket that the configuration names, encrypted and locked, one object a stack", () => {
    expect(backend(synthesised({ stateBucket: "our-terraform-states" }))).toEqual({
      s3: {
        bucket: "our-terraform-states",
        key: "product-import-dev.eu-central-1.tfstate",
        region: "eu-central-1",
        encrypt: true,
        use_lockfile: true,
      },
    });
  });
});
