import type { FinishedEntry } from "#imports/import-entry.ts";
import type { Report } from "#imports/report.ts";
import type { Metric } from "#metrics/metric.ts";

/**
 * What the metrics say of an import that has ended. `counted` is what an earlier end of it has said already, where it was run
 * again: no record counts twice. An import that `reprocesses` dead letters has no share of failures: of a few that have
 * failed before, one that fails again says nothing about upstream.
 */
export function reportMetrics(
  report: Report,
  counted: Partial<Pick<FinishedEntry, "outcomes" | "failuresByCode">> = {},
  reprocesses = false,
): Metric[] {
  const { feed, status, balanced, records, outcomes, failuresByCode, seconds } = report;
  // Nothing is decided yet of an import that waits for a person; once it goes on, it counts.
  if (status === "HELD" || status === "PREVIEWED") return [];
  const count = (name: string, value: number): Metric => ({ name, unit: "Count", value });
  const counts = (name: string, dimension: string, of: Counts, before: Counts = {}): Metric[] =>
    Object.entries(of)
      .map(([what, value]) => ({
        ...count(name, value - (before[what] ?? 0)),
        dimensions: { feed, [dimension]: what },
      }))
      .filter(({ value }) => value > 0);
  return [
    count("FailedImports", status === "FAILED" ? 1 : 0),
    count("UnbalancedImports", balanced ? 0 : 1),
    count("RejectedImports", status === "REJECTED" ? 1 : 0),
    ...(records > 0 && !reprocesses
      ? [{ name: "FailurePercent", unit: "Percent", value: (outcomes.failed / records) * 100 } as const]
      : []),
    { name: "ImportSeconds", unit: "Seconds", value: seconds, dimensions: { feed } },
    ...counts("Records", "outcome", outcomes, counted.outcomes),
    ...counts("DeadLetters", "code", failuresByCode, counted.failuresByCode),
  ];
}

type Counts = Readonly<Record<string, number>>;
