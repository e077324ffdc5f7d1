import { once } from "node:events";
import { PassThrough, Readable } from "node:stream";
import { variable } from "#aws/environment.ts";
import { dynamodb } from "#aws/dynamodb.ts";
import { lambda } from "#aws/lambda.ts";
import { emit } from "#aws/metrics.ts";
import { readFormerStates } from "#aws/former-states.ts";
import { readLines, readRepetitions } from "#aws/lines.ts";
import { readJson, write, writeStream } from "#aws/objects.ts";
import { readHeader } from "#aws/table.ts";
import { withOriginal } from "#aws/with-original.ts";
import { recogniseHeader } from "#csv/header.ts";
import { placesIn } from "#csv/sheet-place.ts";
import { codeOfError } from "#errors/infrastructure.ts";
import { FailuresTable } from "#failures/failures-table.ts";
import { placed } from "#failures/places.ts";
import { feeds, feedOf } from "#feeds/deployed.ts";
import { announcementsOf, noticeOf, type Announcement } from "#imports/announcement.ts";
import { addLedger, balances, type LedgerSum } from "#imports/balance.ts";
import type { ChunkEntry } from "#imports/chunk-entry.ts";
import { failedRecordsHeader, failedRecordsRows } from "#imports/failed-records.ts";
import type { FinishedEntry, ImportEntry, ImportStatus } from "#imports/import-entry.ts";
import { ImportsTable, NotOwner } from "#imports/imports-table.ts";
import { noFeed } from "#imports/inbox-key.ts";
import type { Notice } from "#imports/notice-lines.ts";
import {
  failuresOf,
  listedFailures,
  reportOf,
  reportedFailures,
  type LeftAlone,
  type ReportedFailure,
} from "#imports/report.ts";
import { repeatedKeysWarning } from "#repeated-keys/warning.ts";
import { reportMetrics } from "#imports/report-metrics.ts";
import { reportPage } from "#imports/report-page.ts";
import { changesHeader, changesRows, wouldFailHeader, wouldFailRows } from "#outlook/csv.ts";
import { OutlookSum, type Outlook } from "#outlook/outlook.ts";
import { preparedLines } from "#outlook/prepared-lines.ts";
import { formerOf } from "#products/former-state.ts";
import { noOutcomes } from "#records/line.ts";
import { applyRepetitions } from "#repeated-keys/apply.ts";
import type { ChunkTask, Decided, ImportRef, ObjectRef, Plan, Planned, StateError } from "#imports/flow.ts";
import type { CountedWarning } from "#warnings/catalogue.ts";
import { addWarnings, countWarnings } from "#warnings/count.ts";
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
  const { warnings, ...seen } = await lookAhead(decided, known, { changes, wouldFail });
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

interface Ahead {
  readonly outlook: Outlook;
  readonly warnings: readonly CountedWarning[];
  readonly failures: readonly ReportedFailure[];
}

/** Goes through what is prepared, writing what would change and what would fail as it goes by: memory does not grow with the file. */
async function lookAhead(
  { manifest }: Decided,
  { importId, feed: name, held = [] }: ImportEntry,
  to: Pick<Addresses, "changes" | "wouldFail">,
): Promise<Ahead> {
  const feed = feedOf(feeds, name);
  const sum = new OutlookSum();
  const warnings: CountedWarning[] = [];
  const listed: ReportedFailure[] = [];
  const [changes, wouldFail] = [new PassThrough(), new PassThrough()];
  async function walk(): Promise<void> {
    await put(changes, changesHeader);
    await put(wouldFail, wouldFailHeader);
    for (const task of await readJson<ChunkTask[]>(manifest)) {
      const { chunk, lines: ref, table, error } = task;
      if (!ref) {
        sum.addFailed(chunk.records, codeOfError(error?.Error ?? ""));
        continue;
      }
      const [read, found, former] = await Promise.all([
        readLines(ref),
        readRepetitions(task.repetitions),
        readFormerStates(archive, importId, chunk.chunk),
      ]);
      const placeOf = table.sheet && placesIn(table.sheet, await columnsOf(task));
      const prepared = preparedLines(applyRepetitions(feed, importId, read, found, table.sheet), error);
      for (const line of prepared) {
        if (line.kind === "mapped" || line.kind === "restoring") {
          const states = former.get(line.record) ?? [];
          await put(changes, changesRows(sum.add(line, formerOf(line, states))));
          continue;
        }
        sum.add(line, undefined);
        if (line.kind !== "failed") continue;
        const failures = failuresOf({
          ...line,
          errors: placed(line.errors, line.line, placeOf, table.group !== undefined),
        });
        if (listed.length < listedFailures) listed.push(...failures);
        await put(wouldFail, wouldFailRows(failures));
      }
      warnings.push(...countWarnings(prepared, placeOf));
    }
  }
  await Promise.all([
    writeStream(to.changes, changes, "text/csv; charset=utf-8"),
    writeStream(to.wouldFail, wouldFail, "text/csv; charset=utf-8"),
    walk().then(
      () => {
        changes.end();
        wouldFail.end();
      },
      (error: unknown) => {
        changes.destroy(error as Error);
        wouldFail.destroy(error as Error);
        throw error;
      },
    ),
  ]);
  return { outlook: sum.outlook(held), warnings, failures: listed.slice(0, listedFailures) };
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

/** Waits while what is written is not taken. */
async function put(stream: PassThrough, text: string): Promise<void> {
  if (text !== "" && !stream.write(text)) await once(stream, "drain");
}

async function columnsOf({ table, import: { feed } }: ChunkTask): Promise<readonly string[]> {
  return recogniseHeader(await readHeader(table), feedOf(feeds, feed).headerRules).columns;
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
