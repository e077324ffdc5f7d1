import { describe, expect, it } from "vitest";
import { synthesised, statementsOf } from "./synthesised.ts";

const stack = synthesised();
const prod = synthesised({ environment: "prod", reprocessSchedule: "rate(1 hour)", sweepMinutes: 1 });
const served = synthesised({ environment: "served", services: { REFERENCE_URL: "https://reference.example/lookup" } });
const briefly = synthesised({ inboxDays: 31, eventDays: 30 });
const long = synthesised({ inboxDays: 400, eventDays: 7 });
const capped = synthesised({ maxTableReadUnits: 8000, maxTableWriteUnits: 2000 });
const cappedWrites = synthesised({ maxTableWriteUnits: -1 });
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
      rule: [{ apply_server_side_encryption_by_default: { sse_algorithm: "aws:kms" }, bucket_key_enabled: true }],
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
    ["inbox", 60, 30, undefined],
    ["work", 14, 1, undefined],
    ["archive", 2555, 30, [{ days: 90, storage_class: "GLACIER_IR" }]],
  ])(
    "%s hides objects after %i days, lets old versions go after %i more, and aborts unfinished uploads",
    (role, days, oldDays, transition) => {
      const { rule } = stack.one("aws_s3_bucket_lifecycle_configuration", role) as { rule: readonly object[] };
      expect(rule).toMatchObject([
        {
          status: "Enabled",
          expiration: [{ days }],
          noncurrent_version_expiration: [{ noncurrent_days: oldDays }],
          abort_incomplete_multipart_upload: [{ days_after_initiation: 3 }],
        },
        ...(role === "archive"
          ? [{ status: "Enabled", filter: [{ prefix: "undo/" }], expiration: [{ days: 30 }] }]
          : []),
        { status: "Enabled", expiration: [{ expired_object_delete_marker: true }] },
      ]);
      expect((rule[0] as { transition?: unknown }).transition).toEqual(transition);
    },
  );

  it.each([
    ["31 days, replayed for 30", briefly, 1, 30],
    ["400 days, replayed for 7", long, 393, 7],
  ])("lose a file of the inbox after %s: it is hidden, then gone", (_, of, days, noncurrent_days) => {
    const { rule } = of.one("aws_s3_bucket_lifecycle_configuration", "inbox") as { rule: readonly object[] };
    expect(rule[0]).toMatchObject({
      expiration: [{ days }],
      noncurrent_version_expiration: [{ noncurrent_days }],
    });
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
    [
      "imports",
      "importId",
      "entry",
      [
        ["byFeed", "feed", "startedAt"],
        ["byRunning", "running", "startedAt"],
      ],
    ],
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

  it.each([
    ["no ceiling by default", stack, undefined],
    ["the ceilings that are configured", capped, { max_read_request_units: 8000, max_write_request_units: 2000 }],
    ["the one ceiling that is configured", cappedWrites, { max_write_request_units: -1 }],
  ])("have %s, and their indexes none", (_, of, ceiling) => {
    for (const table of Object.values(of.all("aws_dynamodb_table"))) {
      expect(table["on_demand_throughput"]).toEqual(ceiling);
      expect(JSON.stringify(table["global_secondary_index"])).not.toContain("throughput");
    }
  });

  it("let go of dead letters only, by expiresAt", () => {
    const ttl = Object.values(stack.all("aws_dynamodb_table")).flatMap((table) => table["ttl"] ?? []);
    expect(ttl).toEqual([{ attribute_name: "expiresAt", enabled: true }]);
  });
});

describe("the Lambdas", () => {
  const lambdas = Object.entries(stack.all("aws_lambda_function"));

  it("are one a state of both machines, the watchdog and the sweep", () => {
    const names = lambdas.map(([, { function_name }]) => String(function_name).replace("product-import-dev-", ""));
    expect(names.sort()).toEqual([
      "claim-failures",
      "close-chunk",
      "compare",
      "decide",
      "import",
      "mapping",
      "note-prepared",
      "plan",
      "recall",
      "receive",
      "report",
      "restructure",
      "select-failures",
      "settle",
      "sweep",
      "validator",
      "watchdog",
    ]);
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

  const inMachines = lambdas.filter(([name]) => !/^recovery_/.test(name));
  it.each(inMachines)("%s gives up before its Task does", (name, lambda) => {
    const qualified = `"\${${addressOf("aws_lambda_function", name)}.qualified_arn}"`;
    const tasks = Object.values(stack.all("aws_sfn_state_machine")).flatMap(({ definition }) =>
      tasksOf(JSON.parse(String(definition))),
    );
    const callers = tasks.filter((task) => JSON.stringify(task).includes(qualified));
    expect(callers.length).toBeGreaterThan(0);
    for (const { TimeoutSeconds } of callers) expect(Number(lambda["timeout"])).toBeLessThan(Number(TimeoutSeconds));
  });

  it.each([
    ["receive", ["ARCHIVE_BUCKET", "IMPORTS_TABLE", "INBOX_BUCKET", "UNDO_DAYS"]],
    ["recall", ["ARCHIVE_BUCKET", "PRODUCTS_TABLE", "WORK_BUCKET"]],
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
        "WORK_DAYS",
      ],
    ],
    ["restructure", ["ARCHIVE_BUCKET", "MAX_RECORD_BYTES", "WORK_BUCKET"]],
    ["mapping", ["WORK_BUCKET"]],
    ["validator", ["WORK_BUCKET"]],
    ["note-prepared", ["IMPORTS_TABLE"]],
    ["decide", ["IMPORTS_TABLE", "WORK_BUCKET"]],
    ["compare", ["ARCHIVE_BUCKET", "PRODUCTS_TABLE", "WORK_BUCKET"]],
    ["import", ["ARCHIVE_BUCKET", "PRODUCTS_TABLE", "WORK_BUCKET", "WRITE_CONCURRENCY"]],
    ["close-chunk", ["ARCHIVE_BUCKET", "FAILURES_TABLE", "IMPORTS_TABLE", "WORK_BUCKET"]],
    [
      "report",
      [
        "ARCHIVE_BUCKET",
        "EVENT_BUS_NAME",
        "FAILURES_TABLE",
        "IMPORTS_TABLE",
        "IMPORT_ENVIRONMENT",
        "IMPORT_NAME_PREFIX",
      ],
    ],
    ["claim-failures", ["ARCHIVE_BUCKET", "FAILURES_TABLE", "IMPORTS_TABLE", "WORK_BUCKET"]],
    ["select-failures", ["ARCHIVE_BUCKET", "FAILURES_TABLE", "IMPORTS_TABLE", "REPROCESS_LIMIT", "WORK_BUCKET"]],
    ["settle", ["FAILURES_TABLE", "IMPORTS_TABLE", "IMPORT_ENVIRONMENT", "IMPORT_NAME_PREFIX"]],
    ["recovery_watchdog", ["FAILURES_TABLE", "IMPORTS_TABLE", "IMPORT_MACHINE_ARN"]],
    [
      "recovery_sweep",
      ["FAILURES_TABLE", "IMPORTS_TABLE", "IMPORT_MACHINE_ARN", "INBOX_BUCKET", "SWEEP_INBOX_AFTER_MINUTES"],
    ],
  ])("%s is told what it was granted: %j", (name, variables) => {
    const { environment } = stack.one("aws_lambda_function", `${name}_function`) as {
      environment: { variables: object };
    };
    const own = Object.keys(environment.variables).filter((variable) => !variable.startsWith("POWERTOOLS_"));
    expect(own.sort()).toEqual(variables);
  });

  it.each(lambdas)("%s is traced, and its logs and metrics name the stack", (_, lambda) => {
    expect(lambda).toMatchObject({
      tracing_config: { mode: "Active" },
      environment: {
        variables: {
          POWERTOOLS_SERVICE_NAME: "product-import-dev",
          POWERTOOLS_METRICS_NAMESPACE: "ProductImport",
          POWERTOOLS_LOG_LEVEL: "INFO",
        },
      },
    });
  });

  it("learn the URLs of reference services where they are called, and nowhere else", () => {
    const url = "https://reference.example/lookup";
    const knows = Object.entries(served.all("aws_lambda_function"))
      .filter(([, { environment }]) => JSON.stringify(environment).includes(url))
      .map(([name, { environment }]) => [name.split("_")[0], environment]);
    expect(knows).toMatchObject([["restructure", { variables: { REFERENCE_URL: url } }]]);
  });
});

describe("the policies", () => {
  const policies = Object.entries(stack.all("aws_iam_role_policy"));

  it("let nobody but Import write products, nobody but CloseChunk write dead letters, and few move them", () => {
    const able = (table: string, actions: RegExp) => {
      const arn = `\${${addressOf("aws_dynamodb_table", `${table}_table`)}.arn}`;
      return policies.flatMap(([name, { policy }]) =>
        statementsOf(policy).some(
          ({ Action, Resource }) => Resource.includes(arn) && actions.test([Action].flat().join()),
        )
          ? [name.split("_role_policy")[0]]
          : [],
      );
    };
    expect(able("products", /Update|Put|Write|Delete/)).toEqual(["import"]);
    expect(able("failures", /Put|Write|Delete/)).toEqual(["close-chunk"]);
    expect(able("failures", /Update/).sort()).toEqual([
      "claim-failures",
      "close-chunk",
      "recovery_sweep",
      "recovery_watchdog",
      "select-failures",
      "settle",
      "support",
    ]);
  });

  it("let dead letters be found by index where they are found so, and by no scan", () => {
    const table = addressOf("aws_dynamodb_table", "failures_table");
    const indexes = policies.flatMap(([name, { policy }]) =>
      statementsOf(policy)
        .filter(({ Resource }) => JSON.stringify(Resource).includes(`${table}.arn}/index/`))
        .map(({ Action, Resource }) => [
          name.split("_role_policy")[0],
          Action,
          [Resource].flat().map((one) => one.split("/").at(-1)),
        ]),
    );
    expect(indexes.sort()).toEqual([
      ["recovery_sweep", ["dynamodb:Query"], ["byStatus"]],
      ["recovery_watchdog", ["dynamodb:Query"], ["byStatus"]],
      ["select-failures", ["dynamodb:Query"], ["byStatus", "byKey"]],
      ["settle", ["dynamodb:Query"], ["byStatus"]],
      ["support", ["dynamodb:Query"], ["byStatus", "byKey"]],
    ]);
    const scans = policies.flatMap(([, { policy }]) =>
      statementsOf(policy).filter(({ Action }) => [Action].flat().includes("dynamodb:Scan")),
    );
    // Whoever writes a feed lists the products of a catalog: there is no index by it.
    expect(scans.flatMap(({ Resource }) => Resource)).toEqual([
      `\${${addressOf("aws_dynamodb_table", "products_table")}.arn}`,
    ]);
  });

  it("let nobody delete anything", () => {
    for (const [, { policy }] of policies) expect(String(policy)).not.toMatch(/Delete(Item|Object|Bucket|Table)/);
  });

  it("hang on roles with names of their own", () => {
    const names = Object.values(stack.all("aws_iam_role")).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toHaveLength(23);
  });
});

const self = "arn:aws:states:eu-central-1:${data.aws_caller_identity.account.account_id}";

describe("the machines", () => {
  it.each(Object.entries(stack.all("aws_sfn_state_machine")))(
    "%s is given half an hour to be destroyed in, for its executions end first",
    (_, { timeouts }) => {
      expect(timeouts).toEqual({ delete: "30m" });
    },
  );
});

describe("the import machine", () => {
  const machine = stack.one("aws_sfn_state_machine", "import-machine");
  const granted = stack.granted("import-machine");

  it("is filled with the published versions, names and numbers", () => {
    const definition = String(machine["definition"]);
    expect(definition).not.toMatch(/\$\{[A-Z]/);
    expect(definition).toContain(`\${${addressOf("aws_lambda_function", "receive_function")}.qualified_arn}`);
    expect(definition).toContain('"MaxConcurrency":20');
  });

  it("logs its errors without the data of executions", () => {
    expect(machine["logging_configuration"]).toMatchObject({ level: "ERROR", include_execution_data: false });
  });

  it("may invoke every version of its Lambdas, for those of imports in flight, and no others", () => {
    expect(invokedBy("import-machine")).toEqual([
      "claim-failures",
      "close-chunk",
      "compare",
      "decide",
      "import",
      "mapping",
      "note-prepared",
      "plan",
      "recall",
      "receive",
      "report",
      "restructure",
      "validator",
    ]);
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
    expect(actions(`\${${addressOf("aws_sns_topic", "notices")}.arn}`)).toEqual(["sns:Publish"]);
  });
});

describe("the reprocessing machine", () => {
  const granted = stack.granted("reprocess-machine");
  const importMachine = `\${${addressOf("aws_sfn_state_machine", "import-machine")}.arn}`;

  it("is filled with the published versions and the import machine", () => {
    const definition = String(stack.one("aws_sfn_state_machine", "reprocess-machine")["definition"]);
    expect(definition).not.toMatch(/\$\{[A-Z]/);
    expect(definition).toContain(`"StateMachineArn":"${importMachine}"`);
  });

  it("may invoke every version of its Lambdas, and no others", () => {
    expect(invokedBy("reprocess-machine")).toEqual(["select-failures", "settle"]);
  });

  it("may start the import machine, wait for its executions by the rule that AWS keeps for that, and stop them", () => {
    const started = granted.filter(({ Action }) => /states:|events:/.test([Action].flat().join()));
    expect(started).toEqual([
      { Effect: "Allow", Action: ["states:StartExecution"], Resource: [importMachine] },
      {
        Effect: "Allow",
        Action: ["states:DescribeExecution", "states:StopExecution"],
        Resource: [`${self}:execution:product-import-dev-import-machine:*`],
      },
      {
        Effect: "Allow",
        Action: ["events:PutTargets", "events:PutRule", "events:DescribeRule"],
        Resource: [`${self.replace(":states:", ":events:")}:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule`],
      },
    ]);
  });

  it("may notify, and reaches no data", () => {
    const actions = granted.flatMap(({ Action }) => Action);
    expect(actions).toContain("sns:Publish");
    expect(actions.filter((action) => /^(s3|dynamodb):/.test(action))).toEqual([]);
  });
});

describe("the triggers", () => {
  it.each([
    ["inbox-trigger", "undelivered-events"],
    ["reprocess-trigger", "undelivered-events"],
    ["recovery_execution-ended", "unwatched-events"],
  ])("%s tries for a day, then keeps the event in the queue %s", (trigger, queue) => {
    expect(stack.one("aws_cloudwatch_event_target", trigger)).toMatchObject({
      retry_policy: { maximum_event_age_in_seconds: 86_400, maximum_retry_attempts: 185 },
      dead_letter_config: { arn: `\${${addressOf("aws_sqs_queue", queue)}.arn}` },
    });
  });

  it.each([
    ["undelivered-events", ["inbox-trigger", "reprocess-trigger"]],
    ["unwatched-events", ["recovery_execution-ended"]],
  ])("the queue %s is encrypted, keeps two weeks, and takes messages of its rules only", (name, rules) => {
    expect(stack.one("aws_sqs_queue", name)).toMatchObject({
      message_retention_seconds: 1_209_600,
      kms_master_key_id: `\${${addressOf("aws_kms_key")}.arn}`,
    });
    const sources = rules.map((rule) => `\${${addressOf("aws_cloudwatch_event_rule", rule)}.arn}`);
    const statements = statementsOf(stack.one("aws_sqs_queue_policy", name)["policy"]);
    expect(statements.filter(({ Effect }) => Effect === "Allow")).toMatchObject([
      {
        Principal: { Service: "events.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource: `\${${addressOf("aws_sqs_queue", name)}.arn}`,
        Condition: { ArnEquals: { "aws:SourceArn": sources } },
      },
    ]);
  });

  it.each([
    ["inbox-trigger", "import-machine"],
    ["reprocess-trigger", "reprocess-machine"],
  ])("%s starts the %s under a role that may do that and nothing else", (trigger, machine) => {
    const arn = `\${${addressOf("aws_sfn_state_machine", machine)}.arn}`;
    expect(stack.one("aws_cloudwatch_event_target", trigger)).toMatchObject({
      rule: `\${${addressOf("aws_cloudwatch_event_rule", trigger)}.name}`,
      arn,
      role_arn: `\${${addressOf("aws_iam_role", `${trigger}_role`)}.arn}`,
    });
    expect(stack.granted(trigger)).toEqual([{ Effect: "Allow", Action: ["states:StartExecution"], Resource: [arn] }]);
  });

  it("of the inbox fires for every object under incoming/ and preview/, whatever its suffix, and hands on the event as it is", () => {
    const rule = stack.one("aws_cloudwatch_event_rule", "inbox-trigger");
    expect(rule).not.toHaveProperty("event_bus_name");
    expect(JSON.parse(String(rule["event_pattern"]))).toEqual({
      source: ["aws.s3"],
      "detail-type": ["Object Created"],
      detail: {
        bucket: { name: [`\${${addressOf("aws_s3_bucket", "inbox_bucket")}.bucket}`] },
        object: { key: [{ prefix: "incoming/" }, { prefix: "preview/" }] },
      },
    });
    const target = stack.one("aws_cloudwatch_event_target", "inbox-trigger");
    expect(target).not.toHaveProperty("input_path");
    expect(target).not.toHaveProperty("input_transformer");
  });

  it("of reprocessing takes the detail of ReprocessRequested from the project's bus", () => {
    const event_bus_name = `\${${addressOf("aws_cloudwatch_event_bus")}.name}`;
    const rule = stack.one("aws_cloudwatch_event_rule", "reprocess-trigger");
    expect(rule).toMatchObject({ event_bus_name });
    expect(JSON.parse(String(rule["event_pattern"]))).toEqual({ "detail-type": ["ReprocessRequested"] });
    expect(stack.one("aws_cloudwatch_event_target", "reprocess-trigger")).toMatchObject({
      event_bus_name,
      input_path: "$.detail",
    });
  });
});

describe("the watchdog", () => {
  const watchdog = addressOf("aws_lambda_function", "recovery_watchdog");

  it("hears of every execution of both machines that ends badly", () => {
    const rule = stack.one("aws_cloudwatch_event_rule", "recovery_execution-ended");
    expect(rule).not.toHaveProperty("event_bus_name");
    expect(JSON.parse(String(rule["event_pattern"]))).toEqual({
      source: ["aws.states"],
      "detail-type": ["Step Functions Execution Status Change"],
      detail: {
        status: ["FAILED", "TIMED_OUT", "ABORTED"],
        stateMachineArn: ["import-machine", "reprocess-machine"].map(
          (name) => `\${${addressOf("aws_sfn_state_machine", name)}.arn}`,
        ),
      },
    });
    expect(stack.one("aws_cloudwatch_event_target", "recovery_execution-ended")).toMatchObject({
      arn: `\${${watchdog}.arn}`,
    });
  });

  it("may be invoked by its rule only", () => {
    expect(Object.values(stack.all("aws_lambda_permission"))).toMatchObject([
      {
        action: "lambda:InvokeFunction",
        function_name: `\${${watchdog}.function_name}`,
        principal: "events.amazonaws.com",
        source_arn: `\${${addressOf("aws_cloudwatch_event_rule", "recovery_execution-ended")}.arn}`,
      },
    ]);
  });

  it.each(["recovery_watchdog", "recovery_sweep"])("and the sweep: %s keeps what it could not deal with", (name) => {
    const queue = `\${${addressOf("aws_sqs_queue", "unwatched-events")}.arn}`;
    expect(stack.one("aws_lambda_function", name)).toMatchObject({ dead_letter_config: { target_arn: queue } });
    expect(stack.granted(name)).toContainEqual({ Effect: "Allow", Action: ["sqs:SendMessage"], Resource: [queue] });
  });

  it.each([
    ["recovery_watchdog", ["reprocess-machine"]],
    ["recovery_sweep", ["reprocess-machine", "import-machine"]],
  ])("and the sweep: %s may start an import, and ask of executions of %j", (name, machines) => {
    const states = stack
      .granted(name)
      .filter(({ Action }) => Action.includes("states:StartExecution") || Action.includes("states:DescribeExecution"));
    expect(states).toEqual([
      {
        Effect: "Allow",
        Action: ["states:StartExecution"],
        Resource: [`\${${addressOf("aws_sfn_state_machine", "import-machine")}.arn}`],
      },
      ...machines.map((machine) => ({
        Effect: "Allow",
        Action: ["states:DescribeExecution"],
        Resource: [`${self}:execution:product-import-dev-${machine}:*`],
      })),
    ]);
  });
});

describe("the schedules", () => {
  it.each([
    ["every five minutes by default", stack, "rate(5 minutes)"],
    ["as often as the configuration says", prod, "rate(1 minute)"],
  ])("sweep %s", (_, of, schedule_expression) => {
    const sweep = addressOf("aws_lambda_function", "recovery_sweep");
    expect(of.one("aws_scheduler_schedule", "recovery_sweep")).toMatchObject({
      schedule_expression,
      target: {
        arn: `\${${sweep}.qualified_arn}`,
        role_arn: `\${${addressOf("aws_iam_role", "recovery_sweep-schedule_role")}.arn}`,
      },
    });
    expect(of.granted("recovery_sweep-schedule")).toEqual([
      { Effect: "Allow", Action: ["lambda:InvokeFunction"], Resource: [`\${${sweep}.arn}:*`] },
      ...mayKeepIn("unwatched-events"),
    ]);
  });

  it("let the sweep list all versions in the inbox", () => {
    expect(stack.granted("recovery_sweep")).toContainEqual({
      Effect: "Allow",
      Action: ["s3:ListBucketVersions"],
      Resource: [`\${${addressOf("aws_s3_bucket", "inbox_bucket")}.arn}`],
    });
  });

  it("reprocess nothing unless the configuration says when", () => {
    expect(Object.keys(stack.all("aws_scheduler_schedule"))).toHaveLength(1);
    const schedule = prod.one("aws_scheduler_schedule", "reprocess-schedule");
    const machine = `\${${addressOf("aws_sfn_state_machine", "reprocess-machine")}.arn}`;
    expect(schedule).toMatchObject({ schedule_expression: "rate(1 hour)", target: { arn: machine } });
    expect(JSON.parse((schedule["target"] as { input: string }).input)).toEqual({
      who: "schedule",
      reason: "scheduled",
      growingDistance: true,
    });
    expect(prod.granted("reprocess-schedule")).toEqual([
      { Effect: "Allow", Action: ["states:StartExecution"], Resource: [machine] },
      ...mayKeepIn("undelivered-events"),
    ]);
  });

  it.each([
    ["recovery_sweep", "unwatched-events"],
    ["reprocess-schedule", "undelivered-events"],
  ])("%s keeps a call that could not be made in the queue %s", (schedule, queue) => {
    expect(prod.one("aws_scheduler_schedule", schedule)).toMatchObject({
      target: { dead_letter_config: { arn: `\${${addressOf("aws_sqs_queue", queue)}.arn}` } },
    });
  });

  /** What lets a role keep messages in an encrypted queue. */
  function mayKeepIn(queue: string): object[] {
    return [
      { Effect: "Allow", Action: ["sqs:SendMessage"], Resource: [`\${${addressOf("aws_sqs_queue", queue)}.arn}`] },
      {
        Effect: "Allow",
        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
        Resource: [`\${${addressOf("aws_kms_key")}.arn}`],
      },
    ];
  }
});

/** `<type>.<name>` of the one resource whose name starts so. */
function addressOf(type: string, start = ""): string {
  const found = Object.keys(stack.all(type)).find((name) => name.startsWith(start));
  return `${type}.${found ?? `(no ${start})`}`;
}

/** The Lambdas that a machine may invoke, each in every version. */
function invokedBy(machine: string): string[] {
  const resources = stack
    .granted(machine)
    .filter(({ Action }) => Action.includes("lambda:InvokeFunction"))
    .flatMap(({ Resource }) => Resource);
  return resources.map((arn) => /^\$\{aws_lambda_function\.(.+)_function_\w+\.arn\}:\*$/.exec(arn)?.[1] ?? arn).sort();
}

/** Every Task of a machine, those inside its Maps too. */
function tasksOf(value: unknown): Readonly<Record<string, unknown>>[] {
  if (typeof value !== "object" || value === null) return [];
  const inside = Object.values(value).flatMap(tasksOf);
  return "Type" in value && value.Type === "Task" ? [value, ...inside] : inside;
}
