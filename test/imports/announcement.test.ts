import { describe, expect, it } from "vitest";
import { announcementsOf, noticeOf } from "#imports/announcement.ts";
import { reportPage } from "#imports/report-page.ts";
import type { Report } from "#imports/report.ts";
import { noOutcomes } from "#records/line.ts";

const report: Report = {
  importId: "0123456789abcdef0123456789abcdef",
  feed: "test",
  file: { bucket: "inbox", key: "incoming/test/Größe <1>.csv", bytes: 100 },
  status: "COMPLETED_WITH_FAILURES",
  records: 3,
  outcomes: { ...noOutcomes(), created: 1, failed: 2 },
  balanced: true,
  startedAt: "2026-01-01T00:00:00.000Z",
  finishedAt: "2026-01-01T00:00:01.000Z",
  seconds: 1,
  recordsPerSecond: 3,
  failures: [
    {
      record: 1,
      line: 2,
      key: "A",
      column: "name",
      value: "<script>secret</script>",
      code: "BAD_MONEY",
      message: "Not <an> amount.",
    },
  ],
  failuresByCode: { RAGGED_RECORD: 1, BAD_MONEY: 1 },
  reports: { report: "s3://a/report.json", page: "s3://a/report.html", failedRecords: "s3://a/failed-records.csv" },
};
const completed: Report = {
  ...report,
  status: "COMPLETED",
  outcomes: { ...noOutcomes(), created: 3 },
  failures: [],
  failuresByCode: {},
};

describe("announcementsOf", () => {
  it.each([
    ["COMPLETED", ["ImportCompleted"]],
    ["REJECTED", ["ImportRejected"]],
    ["FAILED", ["ImportFailed"]],
  ] as const)("tells of an import that is %s", (status, types) => {
    expect(announcementsOf({ ...completed, status }, "bus").map((event) => event.DetailType)).toEqual(types);
  });

  it("tells the codes and counts of failed records in an event of their own", () => {
    const events = announcementsOf(report, "bus");
    expect(events.map((event) => event.DetailType)).toEqual(["ImportCompleted", "RecordsFailed"]);
    expect(events[1]!.Detail).toMatchObject({ failed: 2, codes: { RAGGED_RECORD: 1, BAD_MONEY: 1 } });
  });
});

describe("noticeOf", () => {
  it.each([
    ["always", "COMPLETED", true],
    ["problems", "COMPLETED", false],
    ["problems", "COMPLETED_WITH_FAILURES", true],
    ["problems", "REJECTED", true],
    ["problems", "FAILED", true],
    ["never", "FAILED", false],
  ] as const)("with notices %s, gives one for %s: %s", (wanted, status, given) => {
    expect(noticeOf({ ...report, status }, wanted) !== undefined).toBe(given);
  });

  it("has counts and codes and no cell contents", () => {
    const notice = noticeOf(report, "always")!;
    expect(notice.message).toContain("failed: 2");
    expect(notice.message).toContain("BAD_MONEY: 1");
    expect(notice.message).not.toContain("secret");
  });

  it("has a subject that SNS takes: ASCII, one line, at most 100 characters", () => {
    const long = { ...report, file: { ...report.file, key: `incoming/test/${"ü".repeat(200)}\n.csv` } };
    expect(noticeOf(long, "always")!.subject).toMatch(/^[\x20-\x7e]{1,100}$/);
  });
});

describe("reportPage", () => {
  it("shows cells as text, never as markup", () => {
    const page = reportPage(report);
    expect(page).toContain("&lt;script&gt;secret&lt;/script&gt;");
    expect(page).not.toContain("<script>");
    expect(page).toContain("Größe &lt;1&gt;.csv");
  });
});
