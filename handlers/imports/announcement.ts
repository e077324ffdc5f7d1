import { fileErrors, type FileErrorCode } from "#errors/catalogue.ts";
import type { FeedFile } from "#feeds/feed.ts";
import type { Tripped } from "#guards/guards.ts";
import type { GuardExample } from "#guards/prepared-sum.ts";
import type { Rejection } from "#imports/flow.ts";
import { stepsAfterImport } from "#imports/next-steps.ts";
import { codeLines, stepLines, subjectOf, warningLines, type Notice } from "#imports/notice-lines.ts";
import type { Deployment } from "#imports/ops-command.ts";
import type { Report } from "#imports/report.ts";

/** An entry of events:PutEvents, as the optimised integration takes it: Detail is an object. */
export interface Announcement {
  readonly Source: "product-import";
  readonly DetailType: ImportEvent | "RecordsFailed";
  readonly EventBusName: string;
  readonly Detail: Readonly<Record<string, unknown>>;
}

type ImportEvent = "ImportCompleted" | "ImportRejected" | "ImportHeld" | "ImportPreviewed" | "ImportFailed";
const eventOf: Readonly<Record<Report["status"], ImportEvent>> = {
  COMPLETED: "ImportCompleted",
  COMPLETED_WITH_FAILURES: "ImportCompleted",
  REJECTED: "ImportRejected",
  HELD: "ImportHeld",
  PREVIEWED: "ImportPreviewed",
  FAILED: "ImportFailed",
};

/** The events that tell other systems how an import ended, and which codes its failed records carry. */
export function announcementsOf(report: Report, EventBusName: string): Announcement[] {
  const { importId, feed, file, status, rejection, records, outcomes, balanced, failuresByCode, outlook, reports } =
    report;
  const about = { importId, feed, file, status, reports };
  const counts = { records, outcomes, balanced };
  const guards = outlook?.guards.map(({ examples, ...guard }) => ({ ...guard, keys: keysOf(examples) }));
  const detail =
    status === "REJECTED" ? { ...about, rejection } : { ...about, ...counts, ...(status === "HELD" && { guards }) };
  const ended: Announcement = { Source: "product-import", DetailType: eventOf[status], EventBusName, Detail: detail };
  if (outcomes.failed === 0) return [ended];
  const failed = { ...about, failed: outcomes.failed, codes: failuresByCode };
  return [ended, { Source: "product-import", DetailType: "RecordsFailed", EventBusName, Detail: failed }];
}

/**
 * The notice of an import, or nothing where its feed wants none. A file of an unknown feed is a problem. Messages of rejections and
 * errors stay in the report: they may quote the file.
 */
export function noticeOf(
  report: Report,
  wanted: NonNullable<FeedFile["notices"]>,
  deployment: Deployment,
): Notice | undefined {
  const { file, feed, importId, status, rejection, error, records, outcomes, failuresByCode, reports } = report;
  // Whoever previews a file waits for the answer; an import that waits for a person must be told to one.
  if (status === "PREVIEWED") return undefined;
  if (status !== "HELD" && (wanted === "never" || (wanted === "problems" && status === "COMPLETED"))) return undefined;
  const subject = subjectOf(`Product import ${status}: ${file.key}`);
  const counts = Object.entries(outcomes)
    .filter(([, count]) => count > 0)
    .map(([outcome, count]) => `  ${outcome}: ${count}`);
  const lines = [
    // Upstream has named both.
    `File: ${onOneLine(file.key)}`,
    `Feed: ${onOneLine(feed)}`,
    `Import: ${importId}`,
    `Status: ${status}`,
    ...(rejection ? rejectionLines(rejection) : []),
    // Its message follows the name.
    ...(error ? [`Error: ${error.split(":")[0]!}`] : []),
    ...(report.outlook?.guards.flatMap(guardLines) ?? []),
    `Records: ${records}`,
    ...counts,
    ...codeLines(failuresByCode),
    ...warningLines(report.warnings),
    `Report: ${reports.report}`,
    ...(reports.failedRecords ? [`Failed records: ${reports.failedRecords}`] : []),
    ...stepLines(stepsAfterImport(report), deployment),
  ];
  return { subject, message: lines.join("\n") };
}

/** What a guard saw; of its examples the keys, for other cells are nobody's but the report's. */
function guardLines({ message, examples }: Tripped): string[] {
  const keys = keysOf(examples);
  return [`Held: ${message}`, ...(keys.length > 0 ? [`  For example: ${keys.map(onOneLine).join(", ")}`] : [])];
}

function keysOf(examples: readonly GuardExample[]): string[] {
  return examples.map(({ key, line }) => key ?? `line ${line}`);
}

function rejectionLines({ code, line }: Rejection): string[] {
  const at = line === undefined ? "" : `, line ${line}`;
  // Another version of the catalogue may have refused the file.
  if (!Object.hasOwn(fileErrors, code)) return [`Rejected: ${code}${at}`];
  const { meaning, todo } = fileErrors[code as FileErrorCode];
  return [`Rejected: ${code}${at}. ${meaning}.`, `  ${todo}`];
}

function onOneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]/gu, "?");
}
