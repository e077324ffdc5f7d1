import type { Metric } from "./metrics.ts";

/** One line of a graph; an expression may make several. */
export type Line =
  | {
      readonly metric: Metric;
      readonly label: string;
      /** Reads the metric for an expression, and draws nothing. */ readonly as?: string;
    }
  | { readonly expression: string; readonly label: string };

export interface Graph {
  readonly title: string;
  readonly lines: readonly Line[];
  /** Lies the lines upon each other: for parts of a whole. */
  readonly stacked?: boolean;
  /** Where an alarm would be raised. */
  readonly mark?: { readonly label: string; readonly value: number };
}

/** What stands side by side on a dashboard. */
export type Row =
  | { readonly text: string; readonly height: number }
  | { readonly alarms: readonly string[]; readonly title: string; readonly height: number }
  | { readonly graphs: readonly Graph[] };

const width = 24;
const graphHeight = 6;

/** The JSON of a CloudWatch dashboard that shows the rows from top to bottom, a day of them at first. */
export function dashboardBody(region: string, rows: readonly Row[]): string {
  let y = 0;
  const widgets = rows.flatMap((row) => {
    const height = "graphs" in row ? graphHeight : row.height;
    const parts = "graphs" in row ? row.graphs.map((graph) => graphOf(graph, region)) : [wholeOf(row)];
    const each = width / parts.length;
    const placed = parts.map((part, index) => ({ ...part, x: index * each, y, width: each, height }));
    y += height;
    return placed;
  });
  return JSON.stringify({ start: "-P1D", widgets });
}

function wholeOf(row: Exclude<Row, { readonly graphs: unknown }>) {
  if ("text" in row) return { type: "text", properties: { markdown: row.text } };
  return { type: "alarm", properties: { title: row.title, alarms: row.alarms } };
}

function graphOf({ title, lines, stacked = false, mark }: Graph, region: string) {
  return {
    type: "metric",
    properties: {
      ...{ title, region, stacked, view: "timeSeries", period: 300 },
      metrics: lines.map(lineOf),
      yAxis: { left: { min: 0, showUnits: false } },
      ...(mark && { annotations: { horizontal: [mark] } }),
    },
  };
}

function lineOf(line: Line, index: number): unknown[] {
  if ("expression" in line) return [{ expression: line.expression, label: line.label, id: `e${index}` }];
  const { namespace, name, dimensions, statistic } = line.metric;
  const drawn = line.as === undefined ? { label: line.label } : { id: line.as, visible: false };
  return [namespace, name, ...Object.entries(dimensions).flat(), { stat: statistic, ...drawn }];
}

/** The part of a label that CloudWatch fills with the value of a dimension; the doubled dollar is for Terraform. */
export function valueOf(dimension: string): string {
  return `$\${PROP('Dim.${dimension}')}`;
}
