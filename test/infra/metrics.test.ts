import { expect, it } from "vitest";
import { ownMetrics, searchOf } from "../../infra/metrics.ts";
import { pipelineForFile, simpleFile } from "../support/engine.ts";
import { Told } from "../support/told.ts";

const pipeline = pipelineForFile();
const told = new Told(pipeline);

it("the metrics that alarms and the dashboard know are those that the Lambdas write, by the same dimensions", async () => {
  const rows = [
    ["A1", "Hat", "1.00", ""],
    ["A2", "Hat", "no price", ""],
  ];
  await pipeline.import("incoming/simple/some.csv", simpleFile(rows));
  // The one feed of the tests that says how long it may be silent.
  await pipeline.import("incoming/quiet/rejected.csv", simpleFile(rows));
  await pipeline.reprocess({ includeFinal: true });
  await pipeline.sweep();

  const named = (name: string, by: readonly string[]) => `${name} by ${by.toSorted().join(" and ") || "nothing else"}`;
  const figures = await told.figures(() => true);
  const written = new Set(figures.map(({ name, dimensions }) => named(name, Object.keys(dimensions))));
  const known = Object.entries(ownMetrics).flatMap(([name, sets]) => sets.map((by) => named(name, by)));
  expect([...written].sort()).toEqual(known.sort());
});

it("a search names the dimensions, the metric and the stack", () => {
  expect(searchOf("product-import-dev", "Records", ["feed", "outcome"], "Sum", { outcome: "failed" })).toBe(
    `SEARCH('{ProductImport,service,feed,outcome} MetricName="Records" service="product-import-dev" outcome="failed"', 'Sum')`,
  );
});
