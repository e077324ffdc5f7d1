import { describe, expect, it } from "vitest";
import { outcomes } from "#records/line.ts";
import { ownMetrics, ownNamespace, type OwnMetric } from "../../infra/metrics.ts";
import { readArguments } from "../../scripts/ops/arguments.ts";
import { synthesised } from "./synthesised.ts";
import { countedByAws, dimensionsText, watchedBy } from "./watched.ts";

interface Options {
  readonly expression?: string;
  readonly id?: string;
  readonly label?: string;
  readonly stat?: string;
  readonly visible?: boolean;
}

interface Widget {
  readonly type: "text" | "alarm" | "metric";
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly title: string;
    readonly markdown: string;
    readonly alarms: readonly string[];
    readonly region: string;
    readonly metrics: readonly (readonly (string | Options)[])[];
    readonly annotations?: { readonly horizontal: readonly { readonly value: number }[] };
  };
}

const settings = { environment: "shop", region: "eu-west-1", alarmFailurePercent: 7, alarmOpenFailureHours: 9 };
const stack = synthesised(settings);
const service = "product-import-shop";
const dashboard = stack.one("aws_cloudwatch_dashboard");
const { widgets } = JSON.parse(String(dashboard["dashboard_body"])) as { readonly widgets: readonly Widget[] };
const graphs = widgets.filter(({ type }) => type === "metric").map(({ properties }) => properties);

/** A line of a graph: a metric with its dimensions, or an expression. */
const lines = graphs.flatMap(({ title, metrics }) =>
  metrics.map((line) => {
    const options = line.at(-1) as Options;
    const [namespace = "", name = "", ...pairs] = line.slice(0, -1) as string[];
    const dimensions: Record<string, string> = {};
    for (let at = 0; at < pairs.length; at += 2) dimensions[pairs[at]!] = pairs[at + 1]!;
    return { title, namespace, name, dimensions, options };
  }),
);
const searches = lines.flatMap(({ options }) => {
  const [, schema, terms] =
    /SEARCH\('\{([^}]*)\} ([^']*)', '(?:Sum|Maximum|Average)'\)/.exec(options.expression ?? "") ?? [];
  if (schema === undefined) return [];
  const values = new Map([...terms!.matchAll(/(\w+)="([^"]*)"/g)].map(([, term, value]) => [term!, value!]));
  return [{ schema: schema.split(","), values, label: options.label! }];
});

describe("the dashboard", () => {
  it("is called as the stack, and lies in its Region", () => {
    expect(dashboard["dashboard_name"]).toBe(service);
    expect(new Set(graphs.map(({ region }) => region))).toEqual(new Set(["eu-west-1"]));
  });

  it("has every place taken once", () => {
    const taken = new Set<string>();
    for (const { x, y, width, height } of widgets) {
      expect(x + width).toBeLessThanOrEqual(24);
      for (let row = y; row < y + height; row++)
        for (let column = x; column < x + width; column++) {
          expect(taken).not.toContain(`${column}/${row}`);
          taken.add(`${column}/${row}`);
        }
    }
  });

  it("begins with what to do: commands that there are, in this environment", () => {
    const { markdown } = widgets[0]!.properties;
    const commands = [...markdown.matchAll(/`npm run ops -- ([^`]*)`/g)].map(([, command]) => command!);
    expect(commands.length).toBeGreaterThan(5);
    for (const command of commands) expect(readArguments(command.split(" "))).toHaveProperty("command");
    expect(markdown).toContain(
      "`export IMPORT_ENVIRONMENT=shop IMPORT_NAME_PREFIX=product-import IMPORT_REGION=eu-west-1`",
    );
  });

  it("then says which alarms are raised, of all that there are", () => {
    expect(widgets[1]!.type).toBe("alarm");
    const all = Object.keys(stack.all("aws_cloudwatch_metric_alarm")).map(
      (id) => `\${aws_cloudwatch_metric_alarm.${id}.arn}`,
    );
    const { alarms } = widgets[1]!.properties;
    expect(alarms.toSorted()).toEqual(all.sort());
    // CloudWatch shows no more in a widget.
    expect(alarms.length).toBeLessThanOrEqual(100);
    expect(alarms[0]).toContain("imports-failed");
  });

  it("shows every metric that the Lambdas write", () => {
    const shown = [
      ...lines.filter(({ namespace }) => namespace === ownNamespace).map(({ name }) => name),
      ...searches.map(({ values }) => values.get("MetricName")!),
    ];
    expect([...new Set(shown)].sort()).toEqual(Object.keys(ownMetrics).sort());
  });

  it("shows what alarms watch", () => {
    const shown = new Set(
      lines.map(({ namespace, name, dimensions }) => `${namespace} ${name} ${dimensionsText(dimensions)}`),
    );
    const unseen = Object.values(stack.all("aws_cloudwatch_metric_alarm"))
      .flatMap(watchedBy)
      .filter(({ namespace, name, dimensions }) => !shown.has(`${namespace} ${name} ${dimensionsText(dimensions)}`))
      .map(({ name }) => name);
    // What is hardly ever there, and a call that every graph of the sweep would show.
    expect([...new Set(unseen)].sort()).toEqual([
      ...["DeadLetterErrors", "Invocations", "InvocationsFailedToBeSentToDlq"],
      ...["ServiceIntegrationsFailed", "ServiceIntegrationsTimedOut"],
    ]);
  });

  it("draws its marks where the configuration has the alarms", () => {
    const marks = graphs.flatMap(({ title, annotations }) =>
      (annotations?.horizontal ?? []).map(({ value }) => [title.split(",")[0], value]),
    );
    expect(marks).toEqual([
      ["Failed records", 7],
      ["Oldest open dead letter", 9],
      ["Oldest import that is held", 24],
      ["Lambdas: longest call", 80],
      ["Step Functions: Map Runs of the whole account", 900],
    ]);
  });
});

describe("a line", () => {
  const counted = countedByAws(stack);

  it("is a metric of this stack, or an expression", () => {
    expect(lines.length).toBeGreaterThan(80);
    for (const { namespace, name, dimensions, options } of lines) {
      if (options.expression !== undefined) expect(namespace).toBe("");
      else if (namespace === ownNamespace) {
        expect(ownMetrics[name as OwnMetric], name).toContainEqual([]);
        expect(dimensions).toEqual({ service });
      } else expect([...counted]).toContain(`${namespace} ${dimensionsText(dimensions)}`);
    }
  });

  it("of a search names a metric by dimensions that it has, in this stack, and is labelled by them", () => {
    expect(searches.length).toBeGreaterThan(7);
    for (const { schema, values, label } of searches) {
      const [namespace, stackDimension, ...by] = schema;
      expect([namespace, stackDimension, values.get("service")]).toEqual([ownNamespace, "service", service]);
      expect(ownMetrics[values.get("MetricName") as OwnMetric]).toContainEqual(by);
      const fixed = [...values.keys()].filter((term) => term !== "MetricName" && term !== "service");
      // A doubled dollar: else Terraform would look for a resource of that name.
      if (fixed.length === 0) for (const dimension of by) expect(label).toContain(`$\${PROP('Dim.${dimension}')}`);
      else expect(by).toEqual(expect.arrayContaining(fixed));
    }
  });

  it("of an expression reads what its own graph has", () => {
    for (const { title, options } of lines) {
      const [read] = /^m\d+/.exec(options.expression ?? "") ?? [];
      if (read === undefined) continue;
      const source = lines.find((line) => line.title === title && line.options.id === read);
      expect(source).toMatchObject({ name: "Duration", options: { stat: "Maximum", visible: false } });
    }
    for (const { title, metrics } of graphs) {
      const ids = metrics.flatMap((line) => (line.at(-1) as Options).id ?? []);
      expect(new Set(ids).size, title).toBe(ids.length);
    }
  });

  it("of a Lambda's longest call is a share of its own time-out", () => {
    for (const [id, { timeout }] of Object.entries(stack.all("aws_lambda_function"))) {
      const { options, title } = lines.find(
        ({ name, dimensions }) =>
          name === "Duration" && dimensions["FunctionName"] === `\${aws_lambda_function.${id}.function_name}`,
      )!;
      const share = lines.find((line) => line.title === title && line.options.expression?.startsWith(`${options.id} `));
      // Milliseconds of seconds, in percent.
      expect(share?.options.expression).toBe(`${options.id} / ${Number(timeout) * 10}`);
    }
  });

  it("stands for every outcome that a record can have", () => {
    const byOutcome = searches.flatMap(({ values }) => values.get("outcome") ?? []);
    expect(byOutcome).toEqual(outcomes);
  });
});
