import { CloudWatchClient, paginateDescribeAlarms, type MetricAlarm } from "@aws-sdk/client-cloudwatch";
import type { ResourceChange } from "../terraform.ts";
import { clientSettings } from "./cloud.ts";
import type { Trial } from "./trial.ts";

/**
 * Alarms stand as a plan declares them. Terraform's own question is no help, for the emulator answers it in part; the SDK asks
 * for the same in another protocol.
 */
export async function checkAlarms({ sandbox, progress }: Trial, changes: readonly ResourceChange[]): Promise<void> {
  const client = new CloudWatchClient(clientSettings(sandbox));
  const alarms = new Map<string | undefined, MetricAlarm>();
  for await (const { MetricAlarms = [] } of paginateDescribeAlarms({ client }, {}))
    for (const alarm of MetricAlarms) alarms.set(alarm.AlarmName, alarm);
  const declared = changes.filter(({ type }) => type === "aws_cloudwatch_metric_alarm");
  const wrong = declared.flatMap(({ change: { after } }) => {
    const name = String(after?.["alarm_name"]);
    const alarm = alarms.get(name);
    return alarm && after ? differencesOf(after, alarm).map((field) => `${name}: ${field}`) : [`${name}: missing`];
  });
  progress.check(`${declared.length} alarms stand as they are declared`, wrong, []);
}

/** Attributes of an alarm that stand otherwise than they are declared; one that is not declared may stand as it likes. */
export function differencesOf(declared: Readonly<Record<string, unknown>>, alarm: MetricAlarm): string[] {
  const stands: Readonly<Record<string, unknown>> = {
    actions_enabled: alarm.ActionsEnabled,
    alarm_actions: alarm.AlarmActions,
    alarm_description: alarm.AlarmDescription,
    comparison_operator: alarm.ComparisonOperator,
    dimensions: Object.fromEntries((alarm.Dimensions ?? []).map(({ Name, Value }) => [Name, Value])),
    evaluation_periods: alarm.EvaluationPeriods,
    metric_name: alarm.MetricName,
    ok_actions: alarm.OKActions,
    period: alarm.Period,
    statistic: alarm.Statistic,
    threshold: alarm.Threshold,
    treat_missing_data: alarm.TreatMissingData,
  };
  return Object.keys(stands).filter((name) => isGiven(name, declared[name]) && !isSame(declared[name], stands[name]));
}

/** Terraform has empty values for what an alarm on several metrics cannot have. */
function isGiven(name: string, value: unknown): boolean {
  if (name === "period" && value === 0) return false;
  return value !== null && value !== undefined && value !== "";
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(String).sort();
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
}
