import { readFileSync } from "node:fs";
import { join } from "node:path";
import { App, TerraformStack } from "cdktf";
import { describe, expect, it } from "vitest";
import { Alarm } from "../../infra/alarm.ts";
import { defaults } from "../../infra/config.ts";
import { ofStack, ownMetrics, ownNamespace, type Metric, type OwnMetric } from "../../infra/metrics.ts";
import { runbooks } from "../../infra/runbooks.ts";
import { readArguments } from "../../scripts/ops/arguments.ts";
import importMachine from "../../state-machines/import.asl.json" with { type: "json" };
import reprocessMachine from "../../state-machines/reprocess.asl.json" with { type: "json" };
import { synthesised, type Block } from "./synthesised.ts";
import { accountId, countedByAws, dimensionsText, watchedBy } from "./watched.ts";

const service = "product-import-dev";
const stack = synthesised();
const readme = readFileSync(join(import.meta.dirname, "../../README.md"), "utf8");
const alarms = new Map(
  Object.values(stack.all("aws_cloudwatch_metric_alarm")).map((alarm) => [
    String(alarm["alarm_name"]).replace(`${service}-`, ""),
    alarm,
  ]),
);
const alarmOf = (name: string): Block => {
  const alarm = alarms.get(name);
  if (!alarm) throw new Error(`There is no alarm ${name}, but ${[...alarms.keys()].join(", ")}.`);
  return alarm;
};
const of = (type: string, start: string, attribute: string) => {
  const [id] = Object.keys(stack.all(type)).filter((name) => name.startsWith(start));
  return `\${${type}.${id}.${attribute}}`;
};
const machine = (role: string) => ({ StateMachineArn: of("aws_sfn_state_machine", role, "arn") });
const queue = (role: string) => ({ QueueName: of("aws_sqs_queue", role, "name") });
const lambda = (role: string) => ({ FunctionName: of("aws_lambda_function", `${role}_function`, "function_name") });
const own = { service };
const lambdas = Object.entries(stack.all("aws_lambda_function")).map(([id, block]) => ({
  address: `aws_lambda_function.${id}`,
  role: String(block["function_name"]).replace(`${service}-`, ""),
  block,
}));

/** Metrics in any order, each as its namespace and name, and its dimensions. */
const metrics = (list: readonly (readonly [string, object])[]) =>
  list.map(([name, dimensions]) => `${name} ${dimensionsText(dimensions)}`).sort();
const watched = (alarm: Block) =>
  metrics(watchedBy(alarm).map(({ namespace, name, dimensions }) => [`${namespace} ${name}`, dimensions]));

const unbraked = synthesised({ reservedPreparers: 0, reservedWriters: 0 });
const halfBraked = synthesised({ reservedWriters: 0 });
const throttlesIn = (of: typeof stack) =>
  new Map(
    Object.entries(of.all("aws_cloudwatch_metric_alarm")).flatMap(([id, alarm]) => {
      const [, name] = /^alarms_(lambdas-throttled|unbraked-throttled|lambdas-braked)_/.exec(id) ?? [];
      return name === undefined ? [] : [[name, watched(alarm)] as const];
    }),
  );

/** The states that tell people or systems, and go on where they cannot. */
const noticing = ({ States }: { readonly States: object }) =>
  (Object.values(States) as readonly Telling[]).filter(({ Catch }) =>
    Catch?.some(({ ResultPath }) => ResultPath === "$.noticeFailed"),
  );
interface Telling {
  readonly Resource: string;
  readonly Retry: readonly { readonly MaxAttempts: number }[];
  readonly Catch?: readonly { readonly ResultPath?: string }[];
}

describe("every problem has its alarm", () => {
  const expected: [name: string, metrics: [string, object][], watch: object][] = [
    [
      "imports-failed",
      [
        ["ProductImport FailedImports", own],
        ["ProductImport UnbalancedImports", own],
      ],
      { threshold: 0 },
    ],
    ["imports-unbalanced", [["ProductImport UnbalancedImports", own]], { threshold: 0, statistic: "Sum" }],
    ["failure-rate", [["ProductImport FailurePercent", own]], { threshold: 20, statistic: "Maximum" }],
    ["failures-open", [["ProductImport OldestOpenFailureHours", own]], { threshold: 72, statistic: "Maximum" }],
    ["imports-held", [["ProductImport OldestHeldHours", own]], { threshold: 24, statistic: "Maximum" }],
    ["feeds-silent", [["ProductImport SilentFeeds", own]], { threshold: 0, statistic: "Maximum" }],
    [
      "executions-unreported",
      [
        ["AWS/States ExecutionsFailed", machine("import")],
        ["ProductImport FailedImports", own],
      ],
      { threshold: 1 },
    ],
    [
      "runs-failed",
      [
        ["AWS/States ExecutionsFailed", machine("reprocess")],
        ["AWS/States ExecutionsTimedOut", machine("reprocess")],
        ["AWS/States ExecutionsAborted", machine("reprocess")],
        ["ProductImport FailedRuns", own],
      ],
      { threshold: 0 },
    ],
    [
      "events-undelivered",
      [["AWS/SQS ApproximateNumberOfMessagesVisible", queue("undelivered-events")]],
      { threshold: 0, statistic: "Maximum" },
    ],
    [
      "events-unwatched",
      [["AWS/SQS ApproximateNumberOfMessagesVisible", queue("unwatched-events")]],
      { threshold: 0, statistic: "Maximum" },
    ],
    [
      "sweep-silent",
      [["AWS/Lambda Invocations", lambda("recovery_sweep")]],
      {
        ...{ comparison_operator: "LessThanThreshold", threshold: 1, treat_missing_data: "breaching" },
        ...{ period: 600, evaluation_periods: 3 },
      },
    ],
    [
      "map-runs-waiting",
      [
        ["AWS/States ApproximateOpenMapRunCount", {}],
        ["AWS/States ApproximateMapRunBacklogSize", {}],
      ],
      { threshold: 899 },
    ],
    [
      "transitions-throttled",
      [
        ["AWS/States ExecutionThrottled", machine("import")],
        ["AWS/States ExecutionThrottled", machine("reprocess")],
      ],
      { threshold: 0, evaluation_periods: 3 },
    ],
  ];

  it.each(expected)("%s", (name, of, watch) => {
    const alarm = alarmOf(name);
    expect(watched(alarm)).toEqual(metrics(of));
    expect(alarm).toMatchObject({ comparison_operator: "GreaterThanThreshold", ...watch });
  });

  it("and no alarm is there that no test knows", () => {
    const known = [
      ...expected.map(([name]) => name),
      ...["events-lost", "notices-failed", "lambdas-throttled", "lambdas-braked"],
      ...["imports", "failures", "products"].map((table) => `${table}-table-throttled`),
      ...lambdas.flatMap(({ role }) => [`${role}-lambda-errors`, `${role}-lambda-slow`]),
    ];
    expect([...alarms.keys()].sort()).toEqual(known.sort());
  });
});

describe("every part of the stack has its alarms", () => {
  it.each(lambdas)("the Lambda $role: for errors that go on, and for calls near its time-out", (one) => {
    const dimensions = { FunctionName: `\${${one.address}.function_name}` };
    const errors = alarmOf(`${one.role}-lambda-errors`);
    expect(watched(errors)).toEqual(metrics([["AWS/Lambda Errors", dimensions]]));
    expect(errors).toMatchObject({ statistic: "Sum", threshold: 0, period: 300, evaluation_periods: 3 });
    const slow = alarmOf(`${one.role}-lambda-slow`);
    expect(watched(slow)).toEqual(metrics([["AWS/Lambda Duration", dimensions]]));
    expect(slow).toMatchObject({ statistic: "Maximum", threshold: Number(one.block["timeout"]) * 800 });
  });

  it.each([
    ["with a brake: for an hour of throttles", true, "lambdas-braked", 12],
    ["without: for a quarter of one, for retries outlast a burst", false, "lambdas-throttled", 3],
  ])("the Lambdas %s", (_, braked, name, periods) => {
    const those = lambdas.filter(({ block }) => "reserved_concurrent_executions" in block === braked);
    expect(those.length).toBeGreaterThan(5);
    const throttles = those.map(({ address }): [string, object] => [
      "AWS/Lambda Throttles",
      { FunctionName: `\${${address}.function_name}` },
    ]);
    expect(watched(alarmOf(name))).toEqual(metrics(throttles));
    expect(alarmOf(name)).toMatchObject({ threshold: 0, evaluation_periods: periods });
  });

  it("the Lambdas whose brake is off: as those that never have one, in an alarm of their own", () => {
    const both = throttlesIn(unbraked);
    expect(both.get("lambdas-throttled")).toEqual(watched(alarmOf("lambdas-throttled")));
    expect(both.get("unbraked-throttled")).toEqual(watched(alarmOf("lambdas-braked")));
    expect(both.has("lambdas-braked")).toBe(false);
    const writers = throttlesIn(halfBraked);
    expect(writers.get("unbraked-throttled")).toHaveLength(3);
    expect(writers.get("lambdas-braked")).toHaveLength(5);
    expect(unbraked.one("aws_cloudwatch_metric_alarm", "alarms_unbraked-throttled")).toMatchObject({
      ...{ threshold: 0, evaluation_periods: 3 },
    });
  });

  it("the notices: for one whose every attempt failed", () => {
    const calls = [...noticing(importMachine), ...noticing(reprocessMachine)];
    expect(new Set(calls.map(({ Retry: [retry] }) => retry!.MaxAttempts))).toEqual(new Set([4]));
    const failures = [...new Set(calls.map(({ Resource }) => Resource))].flatMap((bare) =>
      [bare, bare.replace(":::", `:eu-central-1:${accountId}:`)].flatMap((arn) =>
        ["Failed", "TimedOut"].map((end): [string, object] => [
          `AWS/States ServiceIntegrations${end}`,
          { ServiceIntegrationResourceArn: arn },
        ]),
      ),
    );
    expect(failures).toHaveLength(8);
    expect(watched(alarmOf("notices-failed"))).toEqual(metrics(failures));
    expect(alarmOf("notices-failed")).toMatchObject({ threshold: 4, evaluation_periods: 1 });
  });

  it("the tables, each with its indexes", () => {
    for (const [id, table] of Object.entries(stack.all("aws_dynamodb_table"))) {
      const role = String(table["name"]).replace(`${service}-`, "");
      const indexes = (table["global_secondary_index"] ?? []) as readonly { readonly name: string }[];
      const names = [undefined, ...indexes.map(({ name }) => name)];
      const throttles = names.flatMap((index) =>
        ["WriteThrottleEvents", "ReadThrottleEvents"].map((name): [string, object] => [
          `AWS/DynamoDB ${name}`,
          {
            TableName: `\${aws_dynamodb_table.${id}.name}`,
            ...(index !== undefined && { GlobalSecondaryIndexName: index }),
          },
        ]),
      );
      expect(watched(alarmOf(`${role}-table-throttled`))).toEqual(metrics(throttles));
    }
  });

  it("the queues: for anything that waits in them", () => {
    const depths = [...alarms.values()].flatMap((alarm) =>
      watchedBy(alarm).flatMap(({ dimensions }) => dimensions["QueueName"] ?? []),
    );
    const queues = Object.keys(stack.all("aws_sqs_queue")).map((id) => `\${aws_sqs_queue.${id}.name}`);
    expect(depths.sort()).toEqual(queues.sort());
  });

  it("the rules, and what is called asynchronously: for what could not even be kept", () => {
    const rules = Object.entries(stack.all("aws_cloudwatch_event_rule")).map(([id, rule]): [string, object] => [
      // Not as the user guide's page on dead letters spells it: the reference of the metrics does so.
      "AWS/Events InvocationsFailedToBeSentToDlq",
      {
        ...(rule["event_bus_name"] !== undefined && { EventBusName: rule["event_bus_name"] }),
        RuleName: `\${aws_cloudwatch_event_rule.${id}.name}`,
      },
    ]);
    const kept = lambdas
      .filter(({ block }) => "dead_letter_config" in block)
      .map(({ address }): [string, object] => [
        "AWS/Lambda DeadLetterErrors",
        { FunctionName: `\${${address}.function_name}` },
      ]);
    expect(rules).toHaveLength(3);
    expect(kept).toHaveLength(2);
    expect(watched(alarmOf("events-lost"))).toEqual(metrics([...rules, ...kept]));
  });
});

describe("executions-unreported", () => {
  const alarm = alarmOf("executions-unreported");
  const raisedBy = (counts: Readonly<Record<string, number>>) => {
    const { expression } = (alarm["metric_query"] as readonly { readonly expression: string }[])[0]!;
    const terms = [...expression.matchAll(/(-?) ?FILL\(m(\d), 0\)/g)];
    const sum = terms.reduce((total, [, minus, at]) => {
      const count = counts[watchedBy(alarm)[Number(at)]!.name] ?? 0;
      return minus ? total - count : total + count;
    }, 0);
    return sum > Number(alarm["threshold"]);
  };

  it.each([
    ["imports that failed", { ExecutionsFailed: 5, FailedImports: 5 }],
    ["executions that were stopped, and closed", { ExecutionsAborted: 5, ExecutionsFailed: 5, FailedImports: 5 }],
    ["executions that timed out, and were closed", { ExecutionsTimedOut: 5, ExecutionsFailed: 5, FailedImports: 5 }],
    ["a file that could not be received once", { ExecutionsFailed: 1 }],
  ])("is not raised by %s", (_, counts) => {
    expect(raisedBy(counts)).toBe(false);
  });

  it.each([
    ["files that cannot be received", { ExecutionsFailed: 2 }],
    ["executions that were stopped, and cannot be closed", { ExecutionsAborted: 2, ExecutionsFailed: 2 }],
  ])("is raised by %s", (_, counts) => {
    expect(raisedBy(counts)).toBe(true);
  });
});

describe("what an alarm watches", () => {
  it.each([...alarms])("%s is of this stack, and is counted as CloudWatch counts it", (_, alarm) => {
    const counted = countedByAws(stack);
    for (const { namespace, name, dimensions } of watchedBy(alarm)) {
      if (namespace === ownNamespace) {
        expect(ownMetrics[name as OwnMetric], name).toContainEqual([]);
        expect(dimensions).toEqual({ service });
      } else expect([...counted]).toContain(`${namespace} ${dimensionsText(dimensions)}`);
    }
  });

  it("is added up with what is absent as nothing, but for what was told already", () => {
    for (const [name, alarm] of alarms) {
      const queries = (alarm["metric_query"] ?? []) as readonly { readonly expression?: string }[];
      const expressions = queries.flatMap(({ expression }) => expression ?? []);
      if (["imports-failed", "executions-unreported"].includes(name))
        expect(expressions).toEqual(["FILL(m0, 0) - FILL(m1, 0)"]);
      else if (queries.length > 0) expect(expressions, name).toEqual(["SUM(FILL(METRICS(), 0))"]);
    }
  });

  it("counts as no alarm while nothing is written; what the sweep writes stays as it was", () => {
    const silence = new Map<unknown, string[]>();
    for (const [name, { treat_missing_data: how }] of alarms) silence.set(how, [...(silence.get(how) ?? []), name]);
    expect(silence.get("breaching")).toEqual(["sweep-silent"]);
    expect(silence.get("ignore")!.sort()).toEqual(["failures-open", "feeds-silent", "imports-held"]);
    expect([...silence.keys()].sort()).toEqual(["breaching", "ignore", "notBreaching"]);
  });
});

describe("thresholds", () => {
  const slow = synthesised({
    ...{ environment: "slow", alarmFailurePercent: 5, alarmOpenFailureHours: 8, sweepMinutes: 60 },
  });
  const one = (name: string) => slow.one("aws_cloudwatch_metric_alarm", `alarms_${name}_`);

  it("are those of the configuration", () => {
    expect(one("failure-rate")["threshold"]).toBe(5);
    expect(one("failures-open")["threshold"]).toBe(8);
  });

  it("give a sweep that comes seldom three of its rounds", () => {
    expect(one("sweep-silent")).toMatchObject({ period: 3600, evaluation_periods: 3 });
  });
});

describe("who hears of an alarm", () => {
  const topic = of("aws_sns_topic", "alarm", "arn");

  it("is the topic of alarms, and nobody else", () => {
    for (const alarm of alarms.values()) expect(alarm["alarm_actions"]).toEqual([topic]);
  });

  it("hears of its end, too, where it lasts", () => {
    const happened = [...alarms].filter(([, { ok_actions: end }]) => end === undefined).map(([name]) => name);
    expect(happened.filter((name) => !name.endsWith("-lambda-slow")).sort()).toEqual([
      ...["events-lost", "executions-unreported", "failure-rate", "imports-failed", "imports-unbalanced"],
      ...["notices-failed", "runs-failed"],
    ]);
    for (const { ok_actions: end } of alarms.values()) expect([undefined, [topic]]).toContainEqual(end);
  });
});

describe("the description", () => {
  const headings = [...readme.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading);
  const rare = unbraked.one("aws_cloudwatch_metric_alarm", "alarms_unbraked-throttled");
  const texts = [...alarms, ["unbraked-throttled", rare] as const].map(([name, alarm]) => ({
    name,
    text: String(alarm["alarm_description"]),
  }));

  it.each(texts)("of $name says what it means, what to do first, and where there is more", ({ text }) => {
    const [means, first, more, ...rest] = text.split("\n");
    expect(rest).toEqual([]);
    expect(means).toMatch(/^[A-Z0-9].*\.$/);
    expect(first).toMatch(/^Runbook: .*\.$/);
    expect(first).toMatch(/ npm run ops -- |`aws | console/);
    expect(headings).toContain(/^More: README, (.*)\.$/.exec(more!)![1]);
    expect(text.length).toBeLessThanOrEqual(1024);
  });

  it.each(texts)("of $name names commands, settings and statuses that there are", ({ text }) => {
    const settings = [...Object.keys(defaults), "silentAfterHours"];
    for (const [, marked] of text.matchAll(/`([^`]*)`/g)) {
      const [, ops] = /^IMPORT_ENVIRONMENT=dev npm run ops -- (.*)$/.exec(marked!) ?? [];
      if (ops !== undefined) expect(readArguments(ops.split(" "))).toHaveProperty("command");
      else if (!marked!.startsWith("aws "))
        expect([...settings, "FAILED", "HELD", "OPEN", "$.noticeFailed"]).toContain(marked);
    }
  });

  it("has the thresholds of the configuration, and commands for its environment, whatever its names", () => {
    const longest = { environment: "e".repeat(12), namePrefix: "p".repeat(29) };
    const other = synthesised({ ...longest, alarmFailurePercent: 5, alarmOpenFailureHours: 8 });
    const textOf = (name: string) =>
      String(other.one("aws_cloudwatch_metric_alarm", `alarms_${name}_`)["alarm_description"]);
    expect(textOf("failure-rate")).toContain("failed than 5 % (alarmFailurePercent): ");
    expect(textOf("failures-open")).toContain("for longer than 8 hours (alarmOpenFailureHours): ");
    const variables = `IMPORT_ENVIRONMENT=${longest.environment} IMPORT_NAME_PREFIX=${longest.namePrefix}`;
    expect(textOf("feeds-silent")).toContain(`\`${variables} npm run ops -- imports --feed FEED\``);
  });

  it("names resources that there are, and leaves no placeholder", () => {
    const names = new Set(
      Object.values(stack.json["resource"]!).flatMap((resources) =>
        Object.values(resources).flatMap(({ name, function_name: lambdaName }) => [name, lambdaName]),
      ),
    );
    let found = 0;
    for (const { name, text } of texts) {
      expect(text, name).not.toMatch(/STACK|LAMBDA|TABLE/);
      for (const [word] of text.matchAll(/product-import-dev-[\w-]+/g)) {
        const [resource] = word.split("-lambda-errors");
        expect([...names], name).toContain(resource);
        found += 1;
      }
    }
    expect(found).toBeGreaterThan(20);
  });

  it.each([
    ["an error", true, '{"level":"ERROR","message":"Report failed"}'],
    ["what is tried again", true, '{"level":"WARN","message":"Report failed"}'],
    ["a time-out", true, '{"type":"platform.report","record":{"metrics":{"durationMs":5000},"status":"timeout"}}'],
    ["a time-out in plain text", true, "2026-01-01T00:00:00.000Z 13aa488f Task timed out after 240.00 seconds"],
    [
      "memory that ran out",
      true,
      '{"type":"platform.report","record":{"status":"error","errorType":"Runtime.ExitError"}}',
    ],
    ["a call that went well", false, '{"level":"INFO","message":"Report","seconds":1}'],
    [
      "the end of a call that went well",
      false,
      '{"type":"platform.report","record":{"metrics":{"durationMs":5},"status":"success"}}',
    ],
  ])("of errors of a Lambda gives a command that finds %s: %s", (_, found, line) => {
    const [, pattern] = /--filter-pattern '([^']*)'/.exec(runbooks["LAMBDA-lambda-errors"].first)!;
    // A question mark before each term: any of them will do.
    const terms = [...pattern!.matchAll(/\?(?:"([^"]*)"|(\w+))/g)].map(([, quoted, word]) => quoted ?? word!);
    expect(terms.some((term) => line.includes(term))).toBe(found);
  });

  it("is there for every alarm that can be, and for no other", () => {
    const written = Object.keys(runbooks).map((name) => new RegExp(`^${name.replace(/LAMBDA|TABLE/, "[\\w-]+")}$`));
    for (const one of written)
      expect(
        texts.some(({ name }) => one.test(name)),
        String(one),
      ).toBe(true);
  });
});

describe("an alarm", () => {
  const scope = new TerraformStack(new App(), "stack");
  const add = (id: string, props: { metrics?: [Metric, ...Metric[]]; description?: string }) =>
    new Alarm(scope, id, {
      ...{ name: id, description: "It is late.", topic: { arn: "topic" }, crosses: { above: 0 }, minutes: 5 },
      metrics: [ofStack(service, "FailedImports")],
      ...props,
    });

  it("is refused where it watches more than CloudWatch takes", () => {
    const many = Array.from({ length: 10 }, () => ofStack(service, "FailedImports"));
    expect(() => add("many", { metrics: [ofStack(service, "FailedRuns"), ...many] })).toThrow(
      "stack/many watches 11 metrics; CloudWatch takes 10 in an alarm.",
    );
  });

  it("is refused where its description is longer than CloudWatch takes", () => {
    expect(() => add("long", { description: "x".repeat(1025) })).toThrow("has 1025 characters; AWS takes 1024.");
  });
});
