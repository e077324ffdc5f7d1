import type { FeedFile } from "#feeds/feed.ts";
import type { Report } from "#imports/report.ts";

/** An entry of events:PutEvents, as the optimised integration takes it: Detail is an object. */
export interface Announcement {
  readonly Source: "product-import";
  readonly DetailType: "ImportCompleted" | "ImportRejected" | "ImportFailed" | "RecordsFailed";
  readonly EventBusName: string;
  readonly Detail: Readonly<Record<string, unknown>>;
}

/** The events that tell other systems how an import ended, and which codes its failed records carry. */
export function announcementsOf(report: Report, EventBusName: string): Announcement[] {
  const { importId, feed, file, status, rejection, records, outcomes, balanced, failuresByCode, reports } = report;
  const about = { importId, feed, file, status, reports };
  const DetailType =
    status === "REJECTED" ? "ImportRejected" : status === "FAILED" ? "ImportFailed" : "ImportCompleted";
  const detail = status === "REJECTED" ? { ...about, rejection } : { ...about, records, outcomes, balanced };
  const ended: Announcement = { Source: "product-import", DetailType, EventBusName, Detail: detail };
  if (outcomes.failed === 0) return [ended];
  const failed = { ...about, failed: outcomes.failed, codes: failuresByCode };
  return [ended, { Source: "product-import", DetailType: "RecordsFailed", EventBusName, Detail: failed }];
}

/** A notice for people: counts and codes, no cell contents. */
export interface Notice {
  readonly subject: string;
  readonly message: string;
}

// SNS refuses subjects that are longer, have line breaks, or are not ASCII.
const longestSubject = 100;

/** The notice of an import, or nothing where its feed wants none. A file of an unknown feed is a problem. */
export function noticeOf(report: Report, wanted: NonNullable<FeedFile["notices"]>): Notice | undefined {
  if (wanted === "never" || (wanted === "problems" && report.status === "COMPLETED")) return undefined;
  const subject = `Product import ${report.status}: ${report.file.key}`
    .replaceAll(/[^\x20-\x7e]/g, "?")
    .slice(0, longestSubject);
  const counts = Object.entries(report.outcomes)
    .filter(([, count]) => count > 0)
    .map(([outcome, count]) => `  ${outcome}: ${count}`);
  const codes = Object.entries(report.failuresByCode)
    .sort(([, a], [, b]) => b - a)
    .map(([code, count]) => `  ${code}: ${count}`);
  const lines = [
    `File: ${report.file.key}`,
    `Feed: ${report.feed}`,
    `Import: ${report.importId}`,
    `Status: ${report.status}`,
    ...(report.rejection ? [`Rejected: ${report.rejection.code}. ${report.rejection.message}`] : []),
    ...(report.error ? [`Error: ${report.error}`] : []),
    `Records: ${report.records}`,
    ...counts,
    ...(codes.length > 0 ? ["Failures by code:", ...codes] : []),
    `Report: ${report.reports.report}`,
    ...(report.reports.failedRecords ? [`Failed records: ${report.reports.failedRecords}`] : []),
  ];
  return { subject, message: lines.join("\n") };
}
