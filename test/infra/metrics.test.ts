import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { FailuresTable } from "#failures/failures-table.ts";
import type { ImportsTable } from "#imports/imports-table.ts";
import { feedMetrics } from "#recovery/feed-metrics.ts";
import { ownMetrics, ownNamespace, searchOf } from "../../infra/metrics.ts";
import { pipelineForFile, simpleFile } from "../support/engine.ts";

const pipeline = pipelineForFile();

/** A line in CloudWatch's embedded metric format. */
interface Embedded {
  readonly service: string;
  readonly _aws: {
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
}

/** What the Lambdas have written so far. */
function written(): Embedded[] {
  const logs = join(pipeline.dataDir, "data/logs");
  return readdirSync(logs).flatMap((file) =>
    readFileSync(join(logs, file), "utf8")
      .split("\n")
      .filter((line) => line.includes('"_aws"'))
      .map((line) => JSON.parse(line) as Embedded),
  );
}

const named = (name: string, dimensions: readonly string[]) => `${name} by ${dimensions.toSorted().join(", ")}`;

it("the metrics that alarms and the dashboard know are those that the Lambdas write, by the same dimensions", async () => {
  await pipeline.import(
    "incoming/simple/some.csv",
    simpleFile([
      ["A1", "Hat", "1.00", ""],
      ["A2", "Hat", "none", ""],
    ]),
  );
  await pipeline.reprocess({ includeFinal: true });
  await pipeline.sweep();
  const lines = written();
  const names = new Set(
    lines.flatMap(({ _aws }) =>
      _aws.CloudWatchMetrics.flatMap(({ Dimensions, Metrics }) =>
        Metrics.flatMap(({ Name }) => Dimensions.map((dimensions) => named(Name, dimensions))),
      ),
    ),
  );
  // No feed of the tests says how long it may be silent.
  const imports = {
    async *ofFeed() {
      yield await Promise.resolve({ startedAt: "2026-01-01", eventTime: "2026-01-01" });
    },
  };
  const failures = { oldestOpen: () => Promise.resolve(undefined) };
  const feeds = new Map([["a", { silentAfterHours: 1 }]]);
  const swept = await feedMetrics(
    feeds,
    failures as unknown as FailuresTable,
    imports as unknown as ImportsTable,
    new Date(),
  );
  for (const { name, dimensions = {} } of swept) names.add(named(name, ["service", ...Object.keys(dimensions)]));

  const known = Object.entries(ownMetrics).flatMap(([name, sets]) => sets.map((by) => named(name, ["service", ...by])));
  expect([...names].sort()).toEqual(known.sort());
  for (const { service, _aws } of lines) {
    expect(service).toBe("product-import-dev");
    for (const { Namespace } of _aws.CloudWatchMetrics) expect(Namespace).toBe(ownNamespace);
  }
});

it("a search names the dimensions, the metric and the stack", () => {
  expect(searchOf("product-import-dev", "Records", ["feed", "outcome"], "Sum", { outcome: "failed" })).toBe(
    `SEARCH('{ProductImport,service,feed,outcome} MetricName="Records" service="product-import-dev" outcome="failed"', 'Sum')`,
  );
});
