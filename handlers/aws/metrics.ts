import { Metrics } from "@aws-lambda-powertools/metrics";
import type { About } from "#aws/about.ts";
import { logger } from "#aws/logger.ts";
import type { Metric } from "#metrics/metric.ts";

// Made once a cold start.
const metrics = new Metrics();
let about: Readonly<Record<string, string>> = {};

/** Says what the metrics of this invocation come from: that stands in their lines, and tells none of them apart. */
export function metricsAbout(requestId: string, of: About): void {
  const parts = Object.entries({ function_request_id: requestId, ...of });
  about = Object.fromEntries(parts.map(([name, value]) => [name, String(value)]));
}

/** Writes metrics as lines in CloudWatch's embedded metric format, one for each set of dimensions. Never throws. */
export function emit(list: readonly Metric[]): void {
  const groups = Map.groupBy(list, ({ dimensions = {} }) => JSON.stringify(dimensions));
  for (const group of groups.values()) {
    try {
      const { dimensions = {} } = group[0]!;
      for (const [name, value] of Object.entries(dimensions)) metrics.addDimension(name, value);
      for (const [name, value] of Object.entries(about)) if (!(name in dimensions)) metrics.addMetadata(name, value);
      for (const { name, unit, value } of group) metrics.addMetric(name, unit, value);
    } catch (error) {
      logger.error("A metric was not written", error as Error);
    } finally {
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    }
  }
}
