import { describe, expect, it } from "vitest";
import { synthesised, statementsOf } from "./synthesised.ts";

const stack = synthesised();
const prod = synthesised({ environment: "prod" });
const roles = ["inbox", "work", "archive"];

describe("the buckets", () => {
  it.each(roles)("%s is versioned, encrypted, private and owned by its account", (role) => {
    const bucket = `\${${addressOf("aws_s3_bucket", `${role}_bucket`)}.id}`;
    expect(stack.one("aws_s3_bucket_versioning", role)).toMatchObject({
      bucket,
      versioning_configuration: { status: "Enabled" },
    });
    expect(stack.one("aws_s3_bucket_server_side_encryption_configuration", role)).toMatchObject({
      bucket,
      rule: [{ apply_server_side_encryption_by_default: { sse_algorithm: "AES256" } }],
    });
    expect(stack.one("aws_s3_bucket_public_access_block", role)).toMatchObject({
      bucket,
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    });
    expect(stack.one("aws_s3_bucket_ownership_controls", role)).toMatchObject({
      bucket,
      rule: { object_ownership: "BucketOwnerEnforced" },
    });
  });

  it.each(roles)("%s refuses everyone who comes without TLS", (role) => {
    const arn = `\${${addressOf("aws_s3_bucket", `${role}_bucket`)}.arn}`;
    expect(statementsOf(stack.one("aws_s3_bucket_policy", role)["policy"])).toMatchObject([
      {
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [arn, `${arn}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ]);
  });

  it.each([
    ["inbox", 90, 90, undefined],
    ["work", 14, 1, undefined],
    ["archive", 2555, 90, [{ days: 90, storage_class: "GLACIER_IR" }]],
  ])("%s lets objects go after %i days and old versions after %i", (role, days, oldDays, transition) => {
    const { rule } = stack.one("aws_s3_bucket_lifecycle_configuration", role) as { rule: readonly object[] };
    expect(rule).toMatchObject([
      {
        status: "Enabled",
        expiration: [{ days }],
        noncurrent_version_expiration: [{ noncurrent_days: oldDays }],
        abort_incomplete_multipart_upload: [{ days_after_initiation: 3 }],
      },
      { status: "Enabled", expiration: [{ expired_object_delete_marker: true }] },
    ]);
    expect((rule[0] as { transition?: unknown }).transition).toEqual(transition);
  });

  it("carry the account in their names, which are unique in the world", () => {
    for (const role of roles)
      expect(stack.one("aws_s3_bucket", `${role}_bucket`)["bucket"]).toBe(
        `product-import-dev-${role}-\${data.aws_caller_identity.account.account_id}`,
      );
  });

  it("tell EventBridge of objects in the inbox only: what the pipeline writes starts nothing", () => {
    expect(Object.values(stack.all("aws_s3_bucket_notification"))).toMatchObject([
      { bucket: `\${${addressOf("aws_s3_bucket", "inbox_bucket")}.id}`, eventbridge: true },
    ]);
  });
});

describe("the tables", () => {
  it.each([
    ["imports", "importId", "entry", [["byFeed", "feed", "startedAt"]]],
    [
      "failures",
      "chunk",
      "record",
      [
        ["byStatus", "feedStatus", "failedAt"],
        ["byKey", "catalogKey", "failedAt"],
      ],
    ],
    ["products", "product", undefined, []],
  ])("%s has its keys and indexes, encryption and point-in-time recovery", (name, hash_key, range_key, indexes) => {
    const table = stack.one("aws_dynamodb_table", `${name}_table`);
    expect(table).toMatchObject({
      hash_key,
      billing_mode: "PAY_PER_REQUEST",
      point_in_time_recovery: { enabled: true },
      server_side_encryption: { enabled: true },
      global_secondary_index: indexes.map(([index, partition, sort]) => ({
        name: index,
        hash_key: partition,
        range_key: sort,
        projection_type: "ALL",
      })),
    });
    expect(table["range_key"]).toBe(range_key);
    const keys = [hash_key, range_key, ...indexes.flatMap(([, ...key]) => key)].filter((key) => key !== undefined);
    expect(table["attribute"]).toEqual([...new Set(keys)].map((key) => ({ name: key, type: "S" })));
  });

  it("let go of dead letters only, by expiresAt", () => {
    const ttl = Object.values(stack.all("aws_dynamodb_table")).flatMap((table) => table["ttl"] ?? []);
    expect(ttl).toEqual([{ attribute_name: "expiresAt", enabled: true }]);
  });
});

describe("the Lambdas", () => {
  const lambdas = Object.entries(stack.all("aws_lambda_function"));

  it("are ten, one a state", () => {
    const names = lambdas.map(([, { function_name }]) => String(function_name).replace("product-import-dev-", ""));
    expect(names.sort()).toEqual(
      "close-chunk decide import mapping note-prepared plan receive report restructure validator".split(" "),
    );
  });

  it.each(lambdas)("%s is published for arm64 and Node 22, with a role and a log group of its own", (name, lambda) => {
    const [owner] = name.split("_function_");
    expect(lambda).toMatchObject({
      runtime: "nodejs22.x",
      architectures: ["arm64"],
      handler: "index.handler",
      publish: true,
      role: `\${${addressOf("aws_iam_role", `${owner}_role`)}.arn}`,
      logging_config: {
        log_format: "JSON",
        log_group: `\${${addressOf("aws_cloudwatch_log_group", `${owner}_logs`)}.name}`,
      },
    });
  });

  it.each(lambdas)("%s gives up before its Task does", (_, lambda) => {
    const qualified = `"\${${addressOf("aws_lambda_function", _)}.qualified_arn}"`;
    const tasks = tasksOf(JSON.parse(String(stack.one("aws_sfn_state_machine")["definition"])));
    const callers = tasks.filter((task) => JSON.stringify(task).includes(qualified));
    expect(callers.length).toBeGreaterThan(0);
    for (const { TimeoutSeconds } of callers) expect(Number(lambda["timeout"])).toBeLessThan(Number(TimeoutSeconds));
  });

  it.each([
    ["receive", ["ARCHIVE_BUCKET", "IMPORTS_TABLE", "INBOX_BUCKET"]],
    [
      "plan",
      [
        "ARCHIVE_BUCKET",
        "CHUNK_BYTES",
        "CHUNK_RECORDS",
        "IMPORTS_TABLE",
        "MAX_EXCEL_BYTES",
        "MAX_FILE_BYTES",
        "WORK_BUCKET",
      ],
    ],
    ["restructure", ["ARCHIVE_BUCKET", "MAX_RECORD_BYTES", "WORK_BUCKET"]],
    ["mapping", ["WORK_BUCKET"]],
    ["validator", ["WORK_BUCKET"]],
    ["note-prepared", ["IMPORTS_TABLE"]],
    ["decide", ["IMPORTS_TABLE", "WORK_BUCKET"]],
    ["import", ["PRODUCTS_TABLE", "WORK_BUCKET", "WRITE_CONCURRENCY"]],
    ["close-chunk", ["ARCHIVE_BUCKET", "FAILURES_TABLE", "IMPORTS_TABLE", "MAX_RECORD_BYTES", "WORK_BUCKET"]],
    ["report", ["ARCHIVE_BUCKET", "EVENT_BUS_NAME", "FAILURES_TABLE", "IMPORTS_TABLE"]],
  ])("%s is told what it was granted: %j", (name, variables) => {
    const { environment } = stack.one("aws_lambda_function", `${name}_function`) as {
      environment: { variables: object };
    };
    expect(Object.keys(environment.variables).sort()).toEqual(variables);
  });
});

describe("the policies", () => {
  const policies = Object.entries(stack.all("aws_iam_role_policy"));

  it.each(policies)("%s lists its actions", (_, { policy }) => {
    for (const { Action } of statementsOf(policy)) expect([Action].flat().join()).not.toContain("*");
  });

  it("speak of every resource where AWS demands it only: log delivery of the machine", () => {
    const wide = policies.flatMap(([name, { policy }]) =>
      statementsOf(policy)
        .filter(({ Resource }) => [Resource].flat().includes("*"))
        .map(({ Action }) => [name.split("_")[0], [Action].flat().every((action) => action.startsWith("logs:"))]),
    );
    expect(wide).toEqual([["import-machine", true]]);
  });

  it("let nobody but Import write products, and nobody but CloseChunk write dead letters", () => {
    const writers = (table: string) => {
      const arn = `\${${addressOf("aws_dynamodb_table", `${table}_table`)}.arn}`;
      return policies.flatMap(([name, { policy }]) =>
        statementsOf(policy).some(
          ({ Action, Resource }) => Resource.includes(arn) && /Update|Put|Write|Delete/.test([Action].flat().join()),
        )
          ? [name.split("_")[0]]
          : [],
      );
    };
    expect(writers("products")).toEqual(["import"]);
    expect(writers("failures")).toEqual(["close-chunk"]);
  });

  it("let nobody delete anything", () => {
    for (const [, { policy }] of policies) expect(String(policy)).not.toMatch(/Delete(Item|Object|Bucket|Table)/);
  });

  it("hang on roles with names of their own", () => {
    const names = Object.values(stack.all("aws_iam_role")).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toHaveLength(12);
  });
});

describe("the machine", () => {
  const machine = stack.one("aws_sfn_state_machine");
  const granted = stack.granted("import-machine");
  const self = "arn:aws:states:eu-central-1:${data.aws_caller_identity.account.account_id}";

  it("is filled with the published versions, names and numbers", () => {
    const definition = String(machine["definition"]);
    expect(definition).not.toMatch(/\$\{[A-Z]/);
    expect(definition).toContain(`\${${addressOf("aws_lambda_function", "receive_function")}.qualified_arn}`);
    expect(definition).toContain('"MaxConcurrency":20');
  });

  it("logs its errors without the data of executions", () => {
    expect(machine["logging_configuration"]).toMatchObject({ level: "ERROR", include_execution_data: false });
  });

  it("may invoke every version of its Lambdas, for those of imports in flight", () => {
    const invoked = granted.filter(({ Action }) => Action.includes("lambda:InvokeFunction"));
    expect(invoked.flatMap(({ Resource }) => Resource).sort()).toEqual(
      Object.keys(stack.all("aws_lambda_function"))
        .map((name) => `\${aws_lambda_function.${name}.arn}:*`)
        .sort(),
    );
  });

  it("may run Maps of its own: start itself, follow and stop its children", () => {
    expect(granted).toContainEqual({
      Effect: "Allow",
      Action: ["states:StartExecution"],
      Resource: [`${self}:stateMachine:product-import-dev-import-machine`],
    });
    expect(granted).toContainEqual({
      Effect: "Allow",
      Action: ["states:DescribeExecution", "states:StopExecution"],
      Resource: [
        `${self}:execution:product-import-dev-import-machine:*`,
        `${self}:execution:product-import-dev-import-machine/*`,
      ],
    });
  });

  it("may read manifests and write map results in the work bucket, announce, and notify", () => {
    const actions = (resource: string) =>
      granted.filter(({ Resource }) => Resource.includes(resource)).flatMap(({ Action }) => Action);
    expect(actions(`\${${addressOf("aws_s3_bucket", "work_bucket")}.arn}/imports/*`)).toEqual([
      "s3:GetObject",
      "s3:PutObject",
      "s3:ListMultipartUploadParts",
      "s3:AbortMultipartUpload",
    ]);
    expect(actions(`\${${addressOf("aws_cloudwatch_event_bus")}.arn}`)).toEqual(["events:PutEvents"]);
    expect(actions(`\${${addressOf("aws_sns_topic")}.arn}`)).toEqual(["sns:Publish"]);
  });
});

describe("the inbox's trigger", () => {
  const target = stack.one("aws_cloudwatch_event_target");

  it("fires for every object under incoming/, whatever its suffix", () => {
    expect(JSON.parse(String(stack.one("aws_cloudwatch_event_rule")["event_pattern"]))).toEqual({
      source: ["aws.s3"],
      "detail-type": ["Object Created"],
      detail: {
        bucket: { name: [`\${${addressOf("aws_s3_bucket", "inbox_bucket")}.bucket}`] },
        object: { key: [{ prefix: "incoming/" }] },
      },
    });
  });

  it("hands the event as it is to the machine, under a role that may start it and nothing else", () => {
    const machine = `\${${addressOf("aws_sfn_state_machine")}.arn}`;
    expect(target).toMatchObject({
      rule: `\${${addressOf("aws_cloudwatch_event_rule")}.name}`,
      arn: machine,
      role_arn: `\${${addressOf("aws_iam_role", "inbox-trigger_role")}.arn}`,
    });
    expect(target).not.toHaveProperty("input_transformer");
    expect(stack.granted("inbox-trigger")).toEqual([
      { Effect: "Allow", Action: ["states:StartExecution"], Resource: [machine] },
    ]);
  });

  it("tries for a day, then keeps the event in a queue that takes messages of this rule only", () => {
    const queue = `\${${addressOf("aws_sqs_queue")}.arn}`;
    expect(target).toMatchObject({
      retry_policy: { maximum_event_age_in_seconds: 86_400, maximum_retry_attempts: 185 },
      dead_letter_config: { arn: queue },
    });
    expect(stack.one("aws_sqs_queue")).toMatchObject({
      message_retention_seconds: 1_209_600,
      sqs_managed_sse_enabled: true,
    });
    expect(statementsOf(stack.one("aws_sqs_queue_policy")["policy"])[0]).toMatchObject({
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "sqs:SendMessage",
      Resource: queue,
      Condition: { ArnEquals: { "aws:SourceArn": `\${${addressOf("aws_cloudwatch_event_rule")}.arn}` } },
    });
  });
});

describe("protection", () => {
  it("lets a development environment be destroyed with all it holds", () => {
    for (const bucket of Object.values(stack.all("aws_s3_bucket"))) expect(bucket["force_destroy"]).toBe(true);
    for (const table of Object.values(stack.all("aws_dynamodb_table")))
      expect(table["deletion_protection_enabled"]).toBe(false);
  });

  it("keeps what prod holds", () => {
    for (const bucket of Object.values(prod.all("aws_s3_bucket"))) expect(bucket["force_destroy"]).toBe(false);
    for (const table of Object.values(prod.all("aws_dynamodb_table")))
      expect(table["deletion_protection_enabled"]).toBe(true);
  });
});

/** `<type>.<name>` of the one resource whose name starts so. */
function addressOf(type: string, start = ""): string {
  const found = Object.keys(stack.all(type)).find((name) => name.startsWith(start));
  return `${type}.${found ?? `(no ${start})`}`;
}

/** Every Task of a machine, those inside its Maps too. */
function tasksOf(value: unknown): Readonly<Record<string, unknown>>[] {
  if (typeof value !== "object" || value === null) return [];
  const inside = Object.values(value).flatMap(tasksOf);
  return "Type" in value && value.Type === "Task" ? [value, ...inside] : inside;
}
