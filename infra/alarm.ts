import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js";
import { Construct } from "constructs";
import type { Metric } from "./metrics.ts";

export interface AlarmProps {
  readonly name: string;
  /** What it means and what to do; up to 1,024 characters. */
  readonly description: string;
  /** Who hears of it. */
  readonly topic: { readonly arn: string };
  /** What is watched: at most ten metrics, added up where there are several. */
  readonly metrics: readonly [Metric, ...Metric[]];
  /** Metric math over `m0`, `m1`, … where they are not to be added up. */
  readonly expression?: string;
  readonly crosses: { readonly above: number } | { readonly below: number };
  /** Length of a period. */
  readonly minutes: number;
  /** Periods in a row that must cross the line; one where nothing is said. */
  readonly periods?: number;
  /** What a period without data is; not an alarm, where nothing is said: most metrics are written only where there is something. */
  readonly silence?: "notBreaching" | "breaching" | "ignore";
  /** Says when it is over, too: for a state that lasts, not for something that happened. */
  readonly lasting?: boolean;
}

/** A CloudWatch alarm on one metric, or on the sum of several. */
export class Alarm extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, props: AlarmProps) {
    super(scope, id);
    const { metrics, crosses, minutes, periods = 1, silence = "notBreaching", topic } = props;
    if (metrics.length > 10)
      throw new Error(`${this.node.path} watches ${metrics.length} metrics; CloudWatch takes 10 in an alarm.`);
    if (props.description.length > 1024)
      throw new Error(
        `The description of ${this.node.path} has ${props.description.length} characters; AWS takes 1024.`,
      );
    this.arn = new CloudwatchMetricAlarm(this, "alarm", {
      alarmName: props.name,
      alarmDescription: props.description,
      ...watched(props),
      comparisonOperator: "above" in crosses ? "GreaterThanThreshold" : "LessThanThreshold",
      threshold: "above" in crosses ? crosses.above : crosses.below,
      ...(metrics.length === 1 && { period: minutes * 60 }),
      evaluationPeriods: periods,
      treatMissingData: silence,
      alarmActions: [topic.arn],
      ...(props.lasting && { okActions: [topic.arn] }),
    }).arn;
  }
}

function watched({ metrics, expression, minutes }: AlarmProps) {
  const [{ namespace, name, dimensions, statistic }, ...more] = metrics;
  if (more.length === 0) return { namespace, metricName: name, dimensions, statistic };
  return {
    metricQuery: [
      // What is absent counts as 0: many metrics are written only where they are not, and one must not hide the others.
      { id: "watched", expression: expression ?? "SUM(FILL(METRICS(), 0))", label: "watched", returnData: true },
      ...metrics.map((metric, index) => ({
        id: `m${index}`,
        metric: {
          namespace: metric.namespace,
          metricName: metric.name,
          dimensions: metric.dimensions,
          stat: metric.statistic,
          period: minutes * 60,
        },
      })),
    ],
  };
}
