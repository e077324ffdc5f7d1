import type { EventQueue } from "./event-queue.ts";
import type { EventTrigger } from "./event-trigger.ts";
import type { KeyedTable } from "./keyed-table.ts";
import type { NodeFunction } from "./node-function.ts";
import type { StateMachine } from "./state-machine.ts";

/** One metric of CloudWatch, and how the values of a period become one. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: Statistic;
}

export type Statistic = "Sum" | "Maximum" | "Average";

/** The metrics that the Lambdas write, each by the sets of dimensions that it has beside `service`. */
export const ownMetrics = {
  Records: [["feed", "outcome"]],
  DeadLetters: [["feed", "code"]],
  FailedImports: [[]],
  UnbalancedImports: [[]],
  RejectedImports: [[]],
  FailurePercent: [[]],
  ImportSeconds: [["feed"]],
  FailedRuns: [[]],
  StageSeconds: [["stage"]],
  OldestOpenFailureHours: [[], ["feed"]],
  OldestHeldHours: [[]],
  SilentFeeds: [[]],
  HoursSinceImport: [["feed"]],
} as const satisfies Record<string, readonly (readonly string[])[]>;

export type OwnMetric = keyof typeof ownMetrics;
/** Those of which there is one a stack. */
export type PlainMetric = {
  [Name in OwnMetric]: (typeof ownMetrics)[Name] extends readonly [readonly [], ...unknown[]] ? Name : never;
}[OwnMetric];

export const ownNamespace = "ProductImport";

/** A metric of the Lambdas' own that has no dimension but the stack. */
export function ofStack(service: string, name: PlainMetric, statistic: Statistic = "Sum"): Metric {
  return { namespace: ownNamespace, name, dimensions: { service }, statistic };
}

/** A search for a metric of the Lambdas' own, whatever its values of `by`: feeds and codes come and go. */
export function searchOf<Name extends OwnMetric>(
  service: string,
  name: Name,
  by: (typeof ownMetrics)[Name][number],
  statistic: Statistic = "Sum",
  only: Readonly<Record<string, string>> = {},
): string {
  const terms = Object.entries({ MetricName: name, service, ...only }).map(([term, value]) => `${term}="${value}"`);
  return `SEARCH('{${[ownNamespace, "service", ...by].join(",")}} ${terms.join(" ")}', '${statistic}')`;
}

export function ofFunction(
  { name: FunctionName }: NodeFunction,
  name: "Invocations" | "Errors" | "Throttles" | "Duration" | "DeadLetterErrors",
  statistic: Statistic = "Sum",
): Metric {
  return { namespace: "AWS/Lambda", name, dimensions: { FunctionName }, statistic };
}

export function ofMachine(
  { arn: StateMachineArn }: StateMachine,
  name: `Executions${"Started" | "Succeeded" | "Failed" | "TimedOut" | "Aborted"}` | "ExecutionThrottled",
): Metric {
  return { namespace: "AWS/States", name, dimensions: { StateMachineArn }, statistic: "Sum" };
}

/** Map Runs of the whole account and Region: CloudWatch does not know whose they are. */
export function ofMapRuns(name: "ApproximateOpenMapRunCount" | "ApproximateMapRunBacklogSize"): Metric {
  return { namespace: "AWS/States", name, dimensions: {}, statistic: "Maximum" };
}

/**
 * Calls of a service by the machines of the whole account and Region that failed, each attempt counted. Add up all: AWS documents
 * the dimension, but not whether its value has Region and account or is what a definition says.
 */
export function failedCalls(machine: StateMachine, call: "sns:publish" | "events:putEvents"): Metric[] {
  return [machine.arnOfCall(call), `arn:aws:states:::${call}`].flatMap((ServiceIntegrationResourceArn) =>
    ["ServiceIntegrationsFailed", "ServiceIntegrationsTimedOut"].map((name): Metric => ({
      namespace: "AWS/States",
      name,
      dimensions: { ServiceIntegrationResourceArn },
      statistic: "Sum",
    })),
  );
}

/** Reads and writes that a table or one of its indexes refused: DynamoDB counts each index apart. */
export function throttlesOf({ name: TableName, indexes }: KeyedTable): Metric[] {
  const parts = [{ TableName }, ...indexes.map((index) => ({ TableName, GlobalSecondaryIndexName: index }))];
  return parts.flatMap((dimensions) =>
    ["WriteThrottleEvents", "ReadThrottleEvents"].map((name): Metric => ({
      namespace: "AWS/DynamoDB",
      name,
      dimensions,
      statistic: "Sum",
    })),
  );
}

/** How much waits in a queue; the maximum, for what somebody looks at is out of sight for two minutes. */
export function depthOf({ name: QueueName }: EventQueue): Metric {
  const name = "ApproximateNumberOfMessagesVisible";
  return { namespace: "AWS/SQS", name, dimensions: { QueueName }, statistic: "Maximum" };
}

/** Events of a rule that could neither be delivered nor kept. */
export function lostBy({ name: RuleName, busName }: EventTrigger): Metric {
  return {
    namespace: "AWS/Events",
    name: "InvocationsFailedToBeSentToDlq",
    dimensions: { ...(busName && { EventBusName: busName }), RuleName },
    statistic: "Sum",
  };
}
