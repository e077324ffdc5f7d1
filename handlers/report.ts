import { Readable } from "node:stream";
import { variable } from "#aws/environment.ts";
import { dynamodb } from "#aws/dynamodb.ts";
import { lambda } from "#aws/lambda.ts";
import { emit } from "#aws/metrics.ts";
import { readLines } from "#aws/lines.ts";
import { lookAhead } from "#aws/look-ahead.ts";
import { write, writeStream } from "#aws/objects.ts";
import { readHeader } from "#aws/table.ts";
import { withOriginal } from "#aws/with-original.ts";
import { FailuresTable } from "#failures/failures-table.ts";
import { feeds, feedOf } from "#feeds/deployed.ts";
import { announcementsOf, noticeOf, type Announcement } from "#imports/announcement.ts";
import { addLedger, balances, type LedgerSum } from "#imports/balance.ts";
import type { ChunkEntry } from "#imports/chunk-entry.ts";
import { failedRecordsHeader, failedRecordsRows } from "#imports/failed-records.ts";
import type { FinishedEntry, ImportEntry, ImportStatus } from "#imports/import-entry.ts";
import { ImportsTable, NotOwner } from "#imports/imports-table.ts";
import { noFeed } from "#imports/inbox-key.ts";
import type { Notice } from "#imports/notice-lines.ts";
import { listedFailures, reportOf, reportedFailures, type LeftAlone, type ReportedFailure } from "#imports/report.ts";
import { repeatedKeysWarning } from "#repeated-keys/warning.ts";
import { reportMetrics } from "#imports/report-metrics.ts";
import { reportPage } from "#imports/report-page.ts";
import type { Outlook } from "#outlook/outlook.ts";
import { noOutcomes } from "#records/line.ts";
import type { Decided, ImportRef, ObjectRef, Plan, Planned, StateError } from "#imports/flow.ts";
import { addWarnings } from "#warnings/count.ts";
import validate from "#validators/states/report.js";

interface ReportInput {
  readonly import: ImportRef;
  /** Absent where Plan itself failed. */
  readonly plan?: Plan;
  /** Present where Decide has come to its end. */
  readonly decided?: Decided;
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
  const reports = addressesOf(from.importId);
  const isUnstored = input.decided?.held !== undefined || from.preview === true || known.discarded !== undefined;
  const concluded = isUnstored ? await unstored(input, known, reports) : await stored(input, known, reports);
  if ("unclosed" in concluded) return { ...input, report: concluded };
  const { failures: listed, outlook, ...found } = concluded;
  const end: FinishedEntry = {
    ...found,
    // A retry after the import was finished keeps the time.
    finishedAt: known.finishedAt ?? new Date().toISOString(),
    ...(plan?.decision === "rejected" && { rejection: plan.rejection }),
    ...(error && { error }),
  };

  const { repeatedKeys } = known;
  const report = reportOf(
    from,
    planned?.records ?? (known.discarded && known.records) ?? 0,
    { ...end, ...(repeatedKeys && { repeatedKeys }), ...(planned?.rows !== undefined && { rows: planned.rows }) },
    listed,
    outlook,
    from.undoes !== undefined && planned ? await leftAlone(from.importId) : undefined,
  );
  await write(reports.report, JSON.stringify(report, null, 2), "application/json");
  await write(reports.page, reportPage(report), "text/html; charset=utf-8");
  await imports.finished(from, end);
  // A retry has nothing new to count. A folder that is no feed is named by whoever made it: such names would have no end.
  if (!known.finishedAt) {
    const feed = feeds.has(from.feed) ? from.feed : noFeed;
    const again = planned?.table.failedRecords ?? from.undoes !== undefined;
    emit(reportMetrics({ ...report, feed }, known, again));
  }

  const notice = noticeOf(report, feeds.get(from.feed)?.notices ?? "problems", deployment);
  return { ...input, report: { status: end.status, events: announcementsOf(report, bus), ...(notice && { notice }) } };
});

/** How an import ends, with the first of its failures. */
interface Concluded extends Omit<FinishedEntry, "finishedAt" | "rejection" | "error"> {
  readonly failures: readonly ReportedFailure[];
  readonly outlook?: Outlook;
}

/** The end of an import that has stored what could be stored; how many chunks are open, while they may still be closed. */
async function stored(
  { import: from, plan, error, closed }: ReportInput,
  known: ImportEntry,
  reports: Addresses,
): Promise<Concluded | { readonly unclosed: number }> {
  const planned = plan?.decision === "planned" ? plan : undefined;
  const sum = addLedger(planned ? await ledgerOf(from.importId) : [], planned?.chunks ?? 0);
  if (sum.unclosed > 0 && !error && !closed) return { unclosed: sum.unclosed };
  const letters =
    planned && from.undoes === undefined ? await readFailures(from, planned, sum, reports.failedRecords) : noFailures;
  const balanced =
    plan?.decision === "rejected" || (planned !== undefined && balances(planned.records, sum, letters.deadLetters));
  return {
    status: statusOf(plan, error, sum, balanced),
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
    failures: letters.failures,
  };
}

/** The end of an import that stores nothing: it waits for a person, was a preview, or was discarded. */
async function unstored(
  { plan, decided, error }: ReportInput,
  known: ImportEntry,
  reports: Addresses,
): Promise<Concluded> {
  const records = (plan?.decision === "planned" ? plan.records : known.discarded && known.records) ?? 0;
  const { report, page, changes, wouldFail } = reports;
  const end = { outcomes: { ...noOutcomes(), held: records }, failuresByCode: {}, balanced: true };
  if (plan?.decision !== "planned" || !decided?.held || error) {
    const status = plan?.decision === "rejected" && !error ? "REJECTED" : "FAILED";
    return { status, ...end, balanced: status === "REJECTED" || records > 0, reports: { report, page }, failures: [] };
  }
  const { importId, feed, held = [] } = known;
  const options = { importId, feed: feedOf(feeds, feed), held, archive, changes, wouldFail };
  const { warnings, ...seen } = await lookAhead(decided.manifest, options);
  return {
    status: decided.held === "preview" ? "PREVIEWED" : "HELD",
    ...end,
    warnings: addWarnings([
      ...(known.fileWarnings ?? []),
      ...warnings,
      ...(known.repeatedKeys ? [repeatedKeysWarning(known.repeatedKeys)] : []),
    ]),
    reports: { report, page, changes, ...(seen.failures.length > 0 && { wouldFail }) },
    ...seen,
  };
}

/** The first products that an undo leaves alone. */
async function leftAlone(importId: string): Promise<LeftAlone[]> {
  const left: LeftAlone[] = [];
  for await (const { lines } of imports.ledger(importId)) {
    if (!lines || left.length >= listedFailures) continue;
    for (const line of await readLines(lines))
      if (line.kind === "stored" && line.outcome === "superseded") {
        const { record, key, supersededBy: by } = line;
        left.push({ record, key, ...(by !== undefined && { by }) });
      }
  }
  return left.slice(0, listedFailures);
}

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

type Addresses = Required<FinishedEntry["reports"]>;

function addressesOf(importId: string): Addresses {
  const at = (name: string): ObjectRef => ({ bucket: archive, key: `reports/${importId}/${name}` });
  return {
    ...{ report: at("report.json"), page: at("report.html"), failedRecords: at("failed-records.csv") },
    ...{ changes: at("changes.csv"), wouldFail: at("would-fail.csv") },
  };
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
