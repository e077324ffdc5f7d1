import { expect, it } from "vitest";
import { reportMetrics } from "#imports/report-metrics.ts";
import type { Report } from "#imports/report.ts";
import { noOutcomes } from "#records/line.ts";

const report: Report = {
  importId: "0".repeat(32),
  feed: "shoes",
  file: { bucket: "inbox", key: "incoming/shoes/a.csv", bytes: 1 },
  status: "COMPLETED_WITH_FAILURES",
  ...{
    records: 8,
    rows: 8,
    outcomes: { ...noOutcomes(), created: 5, blank: 1, failed: 2 },
    balanced: true,
    warnings: [],
  },
  changedFields: {},
  repeatedKeys: { keys: 0, records: 0 },
  ...{ startedAt: "2026-01-01T00:00:00.000Z", finishedAt: "2026-01-01T00:00:04.000Z" },
  ...{ seconds: 4, recordsPerSecond: 2, failures: [], failuresByCode: { BAD_MONEY: 1, CRASHED: 1 } },
  reports: { report: "s3://a/report.json", page: "s3://a/report.html" },
};

/** The figures as `name dimensions`: value. */
function figures(...of: Parameters<typeof reportMetrics>): Record<string, number> {
  const named = reportMetrics(...of).map(({ name, dimensions = {}, value }): [string, number] => [
    [name, ...Object.entries(dimensions).map((pair) => pair.join("="))].join(" "),
    value,
  ]);
  return Object.fromEntries(named);
}

it("tells records by feed and outcome, dead letters by feed and code, and how the import ended", () => {
  expect(figures(report)).toEqual({
    ...{
      FailedImports: 0,
      UnbalancedImports: 0,
      RejectedImports: 0,
      FailurePercent: 25,
      "ImportSeconds feed=shoes": 4,
    },
    ...{ "Records feed=shoes outcome=created": 5, "Records feed=shoes outcome=blank": 1 },
    "Records feed=shoes outcome=failed": 2,
    ...{ "DeadLetters feed=shoes code=BAD_MONEY": 1, "DeadLetters feed=shoes code=CRASHED": 1 },
  });
});

it.each([
  [
    { status: "FAILED", balanced: false },
    { FailedImports: 1, UnbalancedImports: 1, RejectedImports: 0 },
  ],
  [
    { status: "FAILED", balanced: true },
    { FailedImports: 1, UnbalancedImports: 0, RejectedImports: 0 },
  ],
  [
    { status: "REJECTED", balanced: true },
    { FailedImports: 0, UnbalancedImports: 0, RejectedImports: 1 },
  ],
] as const)("of an import that is %j says %j", (ended, expected) => {
  expect(figures({ ...report, ...ended })).toMatchObject(expected);
});

it("gives no percentage of no records", () => {
  expect(figures({ ...report, records: 0, outcomes: noOutcomes(), failuresByCode: {} })).not.toHaveProperty(
    "FailurePercent",
  );
});

it("gives no percentage of dead letters that were run again", () => {
  expect(figures(report, {}, true)).not.toHaveProperty("FailurePercent");
});

it("counts no record again that an earlier end of the import has counted", () => {
  const counted = { outcomes: { ...noOutcomes(), created: 3, failed: 2 }, failuresByCode: { CRASHED: 1 } };
  const again = figures(report, counted);
  expect(again).toMatchObject({ "Records feed=shoes outcome=created": 2, "DeadLetters feed=shoes code=BAD_MONEY": 1 });
  expect(again).not.toHaveProperty(["Records feed=shoes outcome=failed"]);
  expect(again).not.toHaveProperty(["DeadLetters feed=shoes code=CRASHED"]);
});
