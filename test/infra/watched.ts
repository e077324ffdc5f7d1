import type { Block, Synthesised } from "./synthesised.ts";

/** A metric as an alarm or a graph names it. */
export interface Watched {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: string;
  /** Seconds. */
  readonly period: number;
}

/** What an alarm watches, whether one metric or several. */
export function watchedBy(alarm: Block): Watched[] {
  const queries = alarm["metric_query"] as readonly { readonly metric?: Block }[] | undefined;
  const metrics = queries?.flatMap(({ metric }) => (metric ? [metric] : [])) ?? [alarm];
  return metrics.map((metric) => ({
    namespace: String(metric["namespace"]),
    name: String(metric["metric_name"]),
    dimensions: (metric["dimensions"] ?? {}) as Record<string, string>,
    statistic: String(metric["stat"] ?? metric["statistic"]),
    period: Number(metric["period"]),
  }));
}

/** Dimensions as text, in whatever order they came. */
export function dimensionsText(dimensions: object): string {
  return JSON.stringify(Object.fromEntries(Object.entries(dimensions).sort()));
}

/** What Terraform fills in for the account. */
export const accountId = "${data.aws_caller_identity.account.account_id}";

/** The dimensions by which AWS counts something of each resource of the stack: as `AWS/Lambda {"FunctionName":"${…}"}`. */
export function countedByAws(stack: Synthesised): Set<string> {
  const each = (type: string, dimensionsOf: (address: string, block: Block) => readonly object[]) =>
    Object.entries(stack.all(type)).flatMap(([id, block]) => dimensionsOf(`${type}.${id}`, block));
  const of = (namespace: string, dimensions: readonly object[]) =>
    dimensions.map((one) => `${namespace} ${dimensionsText(one)}`);
  return new Set([
    ...of(
      "AWS/Lambda",
      each("aws_lambda_function", (at) => [{ FunctionName: `\${${at}.function_name}` }]),
    ),
    ...of("AWS/States", [
      {},
      ...each("aws_sfn_state_machine", (at, { definition }) => [
        { StateMachineArn: `\${${at}.arn}` },
        ...[...String(definition).matchAll(/arn:aws:states:::([\w:]+)/g)].flatMap(([bare, call]) => [
          { ServiceIntegrationResourceArn: bare },
          { ServiceIntegrationResourceArn: `arn:aws:states:eu-central-1:${accountId}:${call}` },
        ]),
      ]),
    ]),
    ...of(
      "AWS/SQS",
      each("aws_sqs_queue", (at) => [{ QueueName: `\${${at}.name}` }]),
    ),
    ...of(
      "AWS/Events",
      each("aws_cloudwatch_event_rule", (at, { event_bus_name: bus }) => [
        { ...(bus !== undefined && { EventBusName: bus }), RuleName: `\${${at}.name}` },
      ]),
    ),
    ...of(
      "AWS/DynamoDB",
      each("aws_dynamodb_table", (at, { global_secondary_index: indexes = [] }) => {
        const TableName = `\${${at}.name}`;
        const names = (indexes as readonly { readonly name: string }[]).map(({ name }) => name);
        return [{ TableName }, ...names.map((name) => ({ TableName, GlobalSecondaryIndexName: name }))];
      }),
    ),
  ]);
}
