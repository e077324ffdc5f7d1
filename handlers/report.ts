import { Readable } from "node:stream";
import { variable } from "#aws/environment.ts";
import { dynamodb } from "#aws/dynamodb.ts";
import { lambda } from "#aws/lambda.ts";
import { emit } from "#aws/metrics.ts";
import { write, writeStream } from "#aws/objects.ts";
import { readHeader } from "#aws/table.ts";
import { withOriginal } from "#aws/with-original.ts";
import { FailuresTable } from "#failures/failures-table.ts";
import { feeds } from "#feeds/deployed.ts";
import { announcementsOf, noticeOf, type Announcement } from "#imports/announcement.ts";
import { addLedger, balances, type LedgerSum } from "#imports/balance.ts";
import type { ChunkEntry } from "#imports/chunk-entry.ts";
import { failedRecordsHeader, failedRecordsRows } from "#imports/failed-records.ts";
import type { FinishedEntry, ImportStatus } from "#imports/import-entry.ts";
import { ImportsTable, NotOwner } from "#imports/imports-table.ts";
import { noFeed } from "#imports/inbox-key.ts";
import type { Notice } from "#imports/notice-lines.ts";
import { listedFailures, reportOf, reportedFailures, type ReportedFailure } from "#imports/report.ts";
import { repeatedKeysWarning } from "#repeated-keys/warning.ts";
import { reportMetrics } from "#imports/report-metrics.ts";
import { reportPage } from "#imports/report-page.ts";
import type { ImportRef, ObjectRef, Plan, Planned, StateError } from "#imports/flow.ts";
import { addWarnings } from "#warnings/count.ts";
import validate from "#validators/states/report.js";

interface ReportInput {
  readonly import: ImportRef;
  /** Absent where Plan itself failed. */
  readonly plan?: Plan;
  /** What made the machine give up; the import is FAILED then. */
  readonly error?: StateError;
  /** Present after CloseRemaining: no chunk will be closed any more. */
  readonly closed?: object;
}

interface ReportOutput extends ReportInput {
  readonly report:
    | { readonly status: ImportStatus; readonly events: readonly Announcement[]; readonly notice?: Notice }
    /** Chunks are open and may still be closed: nothing was concluded. */
    | { readonly unclosed: number };
}

const archive = variable("ARCHIVE_BUCKET");
const bus = variable("EVENT_BUS_NAME");
const deployment = { environment: variable("IMPORT_ENVIRONMENT"), namePrefix: variable("IMPORT_NAME_PREFIX") };
const imports = new ImportsTable(dynamodb, variable("IMPORTS_TABLE"));
const failures = new FailuresTable(dynamodb, variable("FAILURES_TABLE"));

/** Checks the balance, writes the reports and the final status. Says only how many chunks are open while they may still be closed. */
export const handler = lambda<ReportInput, ReportOutput>("Report", validate, async (input) => {
  const { import: from, plan, error } = input;
  const known = await imports.get(from.importId);
  // Before anything is written: the reports of whoever has taken the import over are not ours to replace.
  if (known?.owner !== from.owner)
    throw new NotOwner(`Import ${from.importId} is owned by ${known?.owner ?? "nobody"}.`);
  const planned = plan?.decision === "planned" ? plan : undefined;
  const sum = addLedger(planned ? await ledgerOf(from.importId) : [], planned?.chunks ?? 0);
  if (sum.unclosed > 0 && !error && !input.closed) return { ...input, report: { unclosed: sum.unclosed } };

  const reports = addressesOf(from.importId);
  const letters = planned ? await readFailures(from, planned, sum, reports.failedRecords) : noFailures;
  const balanced =
    plan?.decision === "rejected" || (planned !== undefined && balances(planned.records, sum, letters.deadLetters));
  const end: FinishedEntry = {
    status: statusOf(plan, error, sum, balanced),
    // A retry after the import was finished keeps the time.
    finishedAt: known.finishedAt ?? new Date().toISOString(),
    outcomes: sum.outcomes,
    failuresByCode: sum.failuresByCode,
    balanced,
    changedFields: sum.changedFields,
    warnings: addWarnings([
      ...(planned ? (known.fileWarnings ?? []) : []),
      ...sum.warnings,
      ...(known.repeatedKeys ? [repeatedKeysWarning(known.repeatedKeys)] : []),
    ]),
    reports: {
      report: reports.report,
      page: reports.page,
      ...(letters.deadLetters > 0 && { failedRecords: reports.failedRecords }),
    },
    ...(plan?.decision === "rejected" && { rejection: plan.rejection }),
    ...(error && { error }),
  };

  const { repeatedKeys } = known;
  const report = reportOf(
    from,
    planned?.records ?? 0,
    { ...end, ...(repeatedKeys && { repeatedKeys }), ...(planned?.rows !== undefined && { rows: planned.rows }) },
    letters.failures,
  );
  await write(reports.report, JSON.stringify(report, null, 2), "application/json");
  await write(reports.page, reportPage(report), "text/html; charset=utf-8");
  await imports.finished(from, end);
  // A retry has nothing new to count. A folder that is no feed is named by whoever made it: such names would have no end.
  if (!known.finishedAt) {
    const feed = feeds.has(from.feed) ? from.feed : noFeed;
    emit(reportMetrics({ ...report, feed }, known, planned?.table.failedRecords));
  }

  const notice = noticeOf(report, feeds.get(from.feed)?.notices ?? "problems", deployment);
  return { ...input, report: { status: end.status, events: announcementsOf(report, bus), ...(notice && { notice }) } };
});

function statusOf(
  plan: Plan | undefined,
  error: StateError | undefined,
  sum: LedgerSum,
  balanced: boolean,
): FinishedEntry["status"] {
  if (error || !plan) return "FAILED";
  if (plan.decision === "rejected") return "REJECTED";
  if (!balanced) return "FAILED";
  return sum.outcomes.failed > 0 ? "COMPLETED_WITH_FAILURES" : "COMPLETED";
}

function addressesOf(importId: string): Record<"report" | "page" | "failedRecords", ObjectRef> {
  const at = (name: string): ObjectRef => ({ bucket: archive, key: `reports/${importId}/${name}` });
  return { report: at("report.json"), page: at("report.html"), failedRecords: at("failed-records.csv") };
}

async function ledgerOf(importId: string): Promise<ChunkEntry[]> {
  const ledger: ChunkEntry[] = [];
  for await (const entry of imports.ledger(importId)) ledger.push(entry);
  return ledger;
}

interface ReadFailures {
  readonly deadLetters: number;
  readonly failures: readonly ReportedFailure[];
}
const noFailures: ReadFailures = { deadLetters: 0, failures: [] };

/** Reads all dead letters back, writing the failed-records CSV as they go by: memory does not grow with their number. */
async function readFailures(from: ImportRef, planned: Planned, sum: LedgerSum, to: ObjectRef): Promise<ReadFailures> {
  if (sum.failedChunks.length === 0) return noFailures;
  const header = await readHeader(planned.table);
  const { delimiter } = planned.table;
  const listed: ReportedFailure[] = [];
  let deadLetters = 0;
  async function* rows(): AsyncGenerator<string> {
    yield failedRecordsHeader(header, delimiter);
    for (const chunk of sum.failedChunks) {
      for await (const letter of failures.ofChunk(from.importId, chunk)) {
        deadLetters += 1;
        if (listed.length < listedFailures) listed.push(...reportedFailures(letter));
        yield failedRecordsRows(await withOriginal(letter), header, delimiter);
      }
    }
  }
  await writeStream(to, Readable.from(rows()), "text/csv; charset=utf-8");
  return { deadLetters, failures: listed.slice(0, listedFailures) };
}
