import { CloudwatchDashboard } from "@cdktf/provider-aws/lib/cloudwatch-dashboard/index.js";
import { Construct, type IConstruct } from "constructs";
import { outcomes } from "#records/line.ts";
import type { Config } from "./config.ts";
import { dashboardBody, valueOf, type Graph, type Line } from "./dashboard-body.ts";
import type { EventQueue } from "./event-queue.ts";
import { KeyedTable } from "./keyed-table.ts";
import { depthOf, ofFunction, ofMachine, ofMapRuns, ofStack, searchOf, throttlesOf, type Metric } from "./metrics.ts";
import { NodeFunction } from "./node-function.ts";
import { all } from "./parts.ts";
import type { StateMachine } from "./state-machine.ts";

export interface DashboardProps {
  readonly config: Config;
  /** What the metrics of the Lambdas call the stack; the dashboard is called so, too. */
  readonly service: string;
  /** ARNs of the alarms. */
  readonly alarms: readonly string[];
  /** Where the Lambdas and tables are. */
  readonly within: IConstruct;
  readonly importMachine: StateMachine;
  readonly reprocessMachine: StateMachine;
  readonly undelivered: EventQueue;
  readonly unwatched: EventQueue;
}

/** One page that says whether imports are well, and if not, what to look at next. */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    new CloudwatchDashboard(this, "dashboard", {
      dashboardName: props.service,
      dashboardBody: dashboardBody(props.config.region, [
        { text: introduction(props), height: 8 },
        { title: "Are we well? What is red needs somebody", alarms: props.alarms, height: 7 },
        { text: "## Imports and records", height: 1 },
        { graphs: endsOf(props) },
        { graphs: recordsOf(props) },
        { graphs: timesOf(props) },
        { graphs: trafficOf(props) },
        { text: "## For the platform team", height: 1 },
        { graphs: lambdasOf(props) },
        { graphs: servicesOf(props) },
      ]),
    });
  }
}

function introduction({ service, config }: DashboardProps): string {
  const { environment, namePrefix, region } = config;
  return `# ${service}

Is an alarm red? Its description says what it means and what to do first; the README's *Alarms and runbooks* has them all.

| question | answer, after \`export IMPORT_ENVIRONMENT=${environment} IMPORT_NAME_PREFIX=${namePrefix} IMPORT_REGION=${region}\` |
| --- | --- |
| Which imports failed, which files were rejected? | \`npm run ops -- imports --status FAILED --since 24h\`, \`npm run ops -- imports --status REJECTED --since 24h\` |
| What became of one of them? | \`npm run ops -- imports show ID\` |
| Which records failed, and why? | \`npm run ops -- failures --status OPEN\`, \`npm run ops -- failures show ID\` |
| How are they corrected? | \`npm run ops -- failures export --out FILE.csv\`; drop the corrected file where the original was dropped |
| Was it a service that was down? | \`npm run ops -- reprocess --dry-run\` says what would run again, \`npm run ops -- reprocess --reason TEXT\` runs it |
| Did a file arrive that nothing came of? | \`npm run ops -- events\`; the sweep starts it within minutes |`;
}

function endsOf({ service, config }: DashboardProps): Graph[] {
  return [
    {
      title: "Imports that ended badly",
      lines: [
        line(ofStack(service, "FailedImports"), "failed"),
        line(ofStack(service, "UnbalancedImports"), "unbalanced"),
        line(ofStack(service, "RejectedImports"), "rejected"),
      ],
    },
    {
      title: "Failed records, % of the import that has most",
      lines: [line(ofStack(service, "FailurePercent", "Maximum"), "% failed")],
      mark: { label: "alarm", value: config.alarmFailurePercent },
    },
    {
      title: "Oldest open dead letter, hours",
      lines: [
        line(ofStack(service, "OldestOpenFailureHours", "Maximum"), "all feeds"),
        { expression: searchOf(service, "OldestOpenFailureHours", ["feed"], "Maximum"), label: valueOf("feed") },
      ],
      mark: { label: "alarm", value: config.alarmOpenFailureHours },
    },
    {
      title: "Oldest import that is held, hours",
      lines: [line(ofStack(service, "OldestHeldHours", "Maximum"), "all feeds")],
      mark: { label: "alarm", value: config.alarmHeldHours },
    },
  ];
}

function recordsOf({ service }: DashboardProps): Graph[] {
  return [
    {
      title: "Records by outcome",
      lines: outcomes.map((outcome) => ({
        expression: `SUM(${searchOf(service, "Records", ["feed", "outcome"], "Sum", { outcome })})`,
        label: outcome,
      })),
      stacked: true,
    },
    {
      title: "Records by feed and outcome",
      lines: [
        {
          expression: searchOf(service, "Records", ["feed", "outcome"]),
          label: `${valueOf("feed")}: ${valueOf("outcome")}`,
        },
      ],
    },
    {
      title: "Dead letters by feed and code",
      lines: [
        {
          expression: searchOf(service, "DeadLetters", ["feed", "code"]),
          label: `${valueOf("feed")}: ${valueOf("code")}`,
        },
      ],
      stacked: true,
    },
  ];
}

function timesOf({ service }: DashboardProps): Graph[] {
  return [
    {
      title: "Hours since the last import, of feeds that should not be silent",
      lines: [
        { expression: searchOf(service, "HoursSinceImport", ["feed"], "Maximum"), label: valueOf("feed") },
        line(ofStack(service, "SilentFeeds", "Maximum"), "number of silent feeds"),
      ],
    },
    {
      title: "Seconds that an import takes",
      lines: [{ expression: searchOf(service, "ImportSeconds", ["feed"], "Maximum"), label: valueOf("feed") }],
    },
    {
      title: "Seconds that a stage takes, on average",
      lines: [{ expression: searchOf(service, "StageSeconds", ["stage"], "Average"), label: valueOf("stage") }],
    },
  ];
}

function trafficOf({ service, importMachine, reprocessMachine, undelivered, unwatched }: DashboardProps): Graph[] {
  const executions = ["Started", "Succeeded", "Failed", "TimedOut", "Aborted"] as const;
  return [
    {
      title: "Undelivered events",
      lines: [
        line(depthOf(undelivered), "files and requests"),
        line(depthOf(unwatched), "calls of the watchdog and the sweep"),
      ],
    },
    {
      title: "Import machine, executions",
      lines: executions.map((end) => line(ofMachine(importMachine, `Executions${end}`), end)),
    },
    {
      title: "Reprocessing runs",
      lines: [
        ...executions.map((end) => line(ofMachine(reprocessMachine, `Executions${end}`), end)),
        line(ofStack(service, "FailedRuns"), "failed runs"),
      ],
    },
  ];
}

function lambdasOf({ within }: DashboardProps): Graph[] {
  const lambdas = all(NodeFunction, within);
  return [
    {
      title: "Lambdas: errors, retried ones included",
      lines: lambdas.map((lambda) => line(ofFunction(lambda, "Errors"), lambda.node.id)),
    },
    {
      title: "Lambdas: throttles, the brake included",
      lines: lambdas.map((lambda) => line(ofFunction(lambda, "Throttles"), lambda.node.id)),
    },
    {
      title: "Lambdas: longest call, % of the time-out",
      lines: lambdas.flatMap((lambda, index): Line[] => [
        { metric: ofFunction(lambda, "Duration", "Maximum"), label: lambda.node.id, as: `m${index}` },
        { expression: `m${index} / ${lambda.timeoutSeconds * 10}`, label: lambda.node.id },
      ]),
      mark: { label: "alarm", value: 80 },
    },
  ];
}

function servicesOf({ within, importMachine, reprocessMachine }: DashboardProps): Graph[] {
  return [
    {
      title: "DynamoDB: throttles",
      lines: all(KeyedTable, within).flatMap((table) =>
        throttlesOf(table).map((metric) => {
          const part = metric.dimensions["GlobalSecondaryIndexName"];
          const where = part === undefined ? table.node.id : `${table.node.id}, ${part}`;
          return line(metric, `${where}: ${metric.name === "WriteThrottleEvents" ? "writes" : "reads"}`);
        }),
      ),
    },
    {
      title: "Step Functions: Map Runs of the whole account",
      lines: [
        line(ofMapRuns("ApproximateOpenMapRunCount"), "open"),
        line(ofMapRuns("ApproximateMapRunBacklogSize"), "waiting"),
      ],
      mark: { label: "alarm", value: 900 },
    },
    {
      title: "Step Functions: throttled transitions",
      lines: [
        line(ofMachine(importMachine, "ExecutionThrottled"), "import machine"),
        line(ofMachine(reprocessMachine, "ExecutionThrottled"), "reprocess machine"),
      ],
    },
  ];
}

function line(metric: Metric, label: string): Line {
  return { metric, label };
}
