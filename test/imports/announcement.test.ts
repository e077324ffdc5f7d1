import { describe, expect, it } from "vitest";
import { announcementsOf, noticeOf } from "#imports/announcement.ts";
import { reportPage } from "#imports/report-page.ts";
import type { Report } from "#imports/report.ts";
import { noOutcomes } from "#records/line.ts";
import { recordErrors, type RecordErrorCode } from "#errors/catalogue.ts";
import { commandsOf } from "../support/commands.ts";

const report: Report = {
  importId: "0123456789abcdef0123456789abcdef",
  feed: "test",
  file: { bucket: "inbox", key: "incoming/test/Größe <1>.csv", bytes: 100 },
  status: "COMPLETED_WITH_FAILURES",
  records: 3,
  rows: 3,
  outcomes: { ...noOutcomes(), created: 1, failed: 2 },
  balanced: true,
  changedFields: {},
  repeatedKeys: { keys: 0, records: 0 },
  warnings: [],
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
const dev = { environment: "dev", namePrefix: "product-import" };
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
    expect(noticeOf({ ...report, status }, wanted, dev) !== undefined).toBe(given);
  });

  it("has counts and codes", () => {
    const notice = noticeOf(report, "always", dev)!;
    expect(notice.message).toContain("failed: 2");
    expect(notice.message).toContain("BAD_MONEY: 1");
  });

  it("has no cell: neither of a failure, nor out of the message of a rejection or an error", () => {
    const rejection = { code: "MISSING_COLUMN", message: 'The column "secret" is missing.', line: 1 };
    const rejected = noticeOf({ ...report, status: "REJECTED", rejection }, "always", dev)!;
    expect(rejected.message).toContain(
      "Rejected: MISSING_COLUMN, line 1. A column that the feed requires is absent.\n  Add the column, or correct its name.",
    );
    const failed = noticeOf({ ...report, status: "FAILED", error: "TypeError: secret: x" }, "always", dev)!;
    expect(failed.message).toContain("Error: TypeError\n");
    for (const { message } of [noticeOf(report, "always", dev)!, rejected, failed])
      expect(message).not.toContain("secret");
  });

  it("shows the ten codes of the most records, and how many more there are", () => {
    const codes = Object.keys(recordErrors).slice(0, 12) as RecordErrorCode[];
    const failuresByCode = Object.fromEntries(codes.map((code, index) => [code, index + 1]));
    const { message } = noticeOf({ ...report, failuresByCode }, "always", dev)!;
    const shown = message.split("\n").filter((line) => /^ {2}[A-Z_]+: \d+$/.test(line));
    expect(shown).toHaveLength(10);
    expect(shown[0]).toBe(`  ${codes[11]!}: 12`);
    expect(message).toContain("and 2 more codes");
    expect(noticeOf(report, "always", dev)!.message).not.toContain("more codes");
  });

  it("survives codes of another version's catalogue, and a name of several lines", () => {
    const rejection = { code: "TOO_BLUE", message: "secret" };
    const failuresByCode = { TOO_GREEN: 1 } as unknown as Report["failuresByCode"];
    const file = { ...report.file, key: "incoming/test/a\nStatus: COMPLETED.csv" };
    const { message } = noticeOf({ ...report, status: "REJECTED", file, rejection, failuresByCode }, "always", dev)!;
    expect(message).toMatch(/^File: incoming\/test\/a\?Status: COMPLETED\.csv\n/);
    expect(message).toContain("\nRejected: TOO_BLUE\n");
    expect(noticeOf({ ...report, failuresByCode }, "always", dev)!.message).toContain("1 need a correction");
  });

  it("has a subject that SNS takes: ASCII, one line, fewer than 100 characters", () => {
    const long = { ...report, file: { ...report.file, key: `incoming/test/${"ü".repeat(200)}\n.csv` } };
    expect(noticeOf(long, "always", dev)!.subject).toMatch(/^[\x20-\x7e]{99}$/);
  });
});

describe("the commands of a notice", () => {
  const { importId } = report;
  const file = `failed-${importId}.csv`;
  /** The commands of the notice of such an import: their words, then their options. */
  function commands(of: Partial<Report>, from = dev, variables?: string) {
    const { message } = noticeOf({ ...completed, ...of }, "always", from)!;
    return commandsOf(message, variables).map(({ command, ids, values }) => [command, ...ids, { ...values }]);
  }
  const failures = ["failures", { import: importId }];
  const inCorrections = expect.objectContaining({
    corrections: expect.any(String) as string,
    reason: "corrected",
  }) as object;

  it("fetch what needs a correction, and run it", () => {
    const { message } = noticeOf(report, "always", dev)!;
    expect(message).toContain(`npm run ops -- reprocess --corrections ${file} --reason "corrected"`);
    expect(commands({ status: "COMPLETED_WITH_FAILURES", failuresByCode: { RAGGED_RECORD: 1, BAD_MONEY: 1 } })).toEqual(
      [
        failures,
        ["failures export", { import: importId, out: file }],
        ["reprocess", inCorrections],
        ["reprocess", { import: importId, "include-final": true, reason: "the rule was changed" }],
      ],
    );
  });

  it("run again what time may heal", () => {
    expect(commands({ status: "COMPLETED_WITH_FAILURES", failuresByCode: { THROTTLED: 1, CRASHED: 2 } })).toEqual([
      failures,
      ["reprocess", { import: importId, reason: "the cause is gone" }],
    ]);
  });

  it("run again what the reference service has failed, once it is mended", () => {
    expect(commands({ status: "COMPLETED_WITH_FAILURES", failuresByCode: { SERVICE_BAD_ANSWER: 5 } })).toEqual([
      failures,
      [
        "reprocess",
        { import: importId, code: "SERVICE_BAD_ANSWER", "include-final": true, reason: "the service is mended" },
      ],
    ]);
  });

  it("only show the rows that were refused: they have no failure that could run", () => {
    expect(commands({ status: "COMPLETED_WITH_FAILURES", failuresByCode: { FAILURE_UNKNOWN: 1 } })).toEqual([failures]);
  });

  it("show why a file was rejected, and run it again if the feed was wrong", () => {
    expect(commands({ status: "REJECTED", rejection: { code: "BAD_ENCODING", message: "" } })).toEqual([
      ["imports show", importId, {}],
      ["imports rerun", importId, { reason: "the feed was changed" }],
    ]);
  });

  it("show why an import failed, run it again, and then what failed in it", () => {
    expect(commands({ status: "FAILED", error: "Throttled: x", failuresByCode: { CRASHED: 3 } })).toEqual([
      ["imports show", importId, {}],
      ["imports rerun", importId, { reason: "the cause is gone" }],
      failures,
      ["reprocess", { import: importId, reason: "the cause is gone" }],
    ]);
  });

  it("are none where all went well", () => {
    expect(commands({})).toEqual([]);
    expect(noticeOf(completed, "always", dev)!.message).not.toContain("next");
  });

  it.each([
    [{ environment: "prod" }, "IMPORT_ENVIRONMENT=prod"],
    [{ environment: "prod", namePrefix: "catalogue" }, "IMPORT_ENVIRONMENT=prod IMPORT_NAME_PREFIX=catalogue"],
  ])("are for the deployment that the notice comes from: %j", (names, variables) => {
    expect(commands({ status: "FAILED" }, { ...dev, ...names }, variables)).toHaveLength(2);
  });

  it("let rows that were not corrected be deleted, for each run is an attempt", () => {
    expect(noticeOf(report, "always", dev)!.message).toContain("delete the records that you have not corrected");
  });
});

describe("reportPage", () => {
  it("shows cells as text, never as markup", () => {
    const page = reportPage(report);
    expect(page).toContain("&lt;script&gt;secret&lt;/script&gt;");
    expect(page).not.toContain("<script>");
    expect(page).toContain("Größe &lt;1&gt;.csv");
  });

  it("shows characters that are not seen by their number", () => {
    const failures = report.failures.map((failure) => ({ ...failure, key: "A\u200b", value: "x\u00a0" }));
    const page = reportPage({ ...report, failures });
    expect(page).toContain("<td>A⟨U+200B⟩</td>");
    expect(page).toContain("<td>x⟨U+00A0⟩</td>");
  });
});
