import { Metrics } from "@aws-lambda-powertools/metrics";
import type { About } from "#aws/about.ts";
import { logger } from "#aws/logger.ts";
import type { Metric } from "#metrics/metric.ts";

// Made once a cold start. What it has to say about itself goes into the log as a line like any other.
const metrics = new Metrics({ logger });
let about: Readonly<Record<string, string>> = {};

/** Says what the metrics of this invocation come from: that stands in their lines, and tells none of them apart. */
export function metricsAbout(requestId: string, of: About): void {
  const parts = Object.entries({ function_request_id: requestId, ...of });
  about = Object.fromEntries(parts.map(([name, value]) => [name, String(value)]));
}

/**
 * Writes metrics as lines in CloudWatch's embedded metric format, one for each set of dimensions. Never throws: a figure that is
 * none is left out, and the log says so.
 */
export function emit(list: readonly Metric[]): void {
  const written = list.filter(({ value }) => Number.isFinite(value));
  for (const group of Map.groupBy(written, ({ dimensions = {} }) => JSON.stringify(dimensions)).values()) {
    const { dimensions = {} } = group[0]!;
    for (const [name, value] of Object.entries(dimensions)) metrics.addDimension(name, value);
    for (const [name, value] of Object.entries(about)) if (!(name in dimensions)) metrics.addMetadata(name, value);
    for (const { name, unit, value } of group) metrics.addMetric(name, unit, value);
    metrics.publishStoredMetrics();
  }
  if (written.length < list.length) {
    const none = list.filter((metric) => !written.includes(metric)).map(({ name }) => name);
    logger.error(`Metrics without a figure: ${none.join(", ")}`);
  }
}
