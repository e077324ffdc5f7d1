import { variable } from "#aws/environment.ts";
import { dynamodb } from "#aws/dynamodb.ts";
import { lambda } from "#aws/lambda.ts";
import { emit } from "#aws/metrics.ts";
import { FailuresTable } from "#failures/failures-table.ts";
import { feeds } from "#feeds/deployed.ts";
import type { FailuresByCode } from "#imports/import-entry.ts";
import type { Notice } from "#imports/notice-lines.ts";
import { ImportsTable } from "#imports/imports-table.ts";
import { forEachAtOnce } from "#records/concurrently.ts";
import type { RunCounts, Selected, SelectInput } from "#reprocessing/flow.ts";
import { countReprocessed } from "#reprocessing/count.ts";
import { filterText } from "#reprocessing/select.ts";
import { runNotice } from "#reprocessing/run-notice.ts";
import validate from "#validators/states/settle.js";

/** Input of Settle: output of SelectFailures, or its input with an error where that gave up. */
type SettleInput = SelectInput & Partial<Selected>;

interface Settled {
  readonly runId: string;
  readonly status: "DONE" | "FAILED";
  readonly counts: RunCounts;
  readonly notice?: Notice;
}

const imports = new ImportsTable(dynamodb, variable("IMPORTS_TABLE"));
const failures = new FailuresTable(dynamodb, variable("FAILURES_TABLE"));
const deployment = { environment: variable("IMPORT_ENVIRONMENT"), namePrefix: variable("IMPORT_NAME_PREFIX") };
const concurrency = 32;

/** Ends a run: counts what became of its dead letters, and puts back those that no import will settle. */
export const handler = lambda<SettleInput, Settled>("Settle", validate, async (input) => {
  const { runId, execution, request, startedAt, selected, error } = input;
  const counts = {
    selected: selected?.records ?? 0,
    resolved: 0,
    failedAgain: 0,
    parked: 0,
    skipped: selected?.skipped ?? {},
  };
  const statuses = [];
  let codes: FailuresByCode = {};
  for (const { feed, importId } of selected?.feeds ?? []) {
    const entry = await imports.get(importId);
    statuses.push({ feed, importId, ...(entry && { status: entry.status }) });
    if (!entry || entry.status === "RUNNING") continue;
    const { resolved, failedAgain, parked, skipped } = await countReprocessed(failures, imports, entry);
    counts.resolved += resolved;
    counts.failedAgain += failedAgain;
    counts.parked += parked;
    codes = add(codes, entry.failuresByCode ?? {});
    counts.skipped = add(counts.skipped, skipped);
  }
  // An import that still runs settles its own; the sweep looks after it.
  const unsettled = statuses.filter(({ status }) => status === "RUNNING").map(({ feed }) => feed);
  const released = await release(request.filter?.feed, unsettled, execution);
  const all = { ...counts, released };
  const status =
    error || statuses.some((one) => one.status !== "COMPLETED" && one.status !== "COMPLETED_WITH_FAILURES")
      ? "FAILED"
      : "DONE";
  const finishedAt = new Date().toISOString();
  // Who and when once more: a request that SelectFailures refused has left no entry.
  const about = {
    execution,
    startedAt,
    who: request.who,
    reason: request.reason,
    filter: filterText(request),
  };
  const known = await imports.run(runId);
  await imports.noteRun({ runId, ...about, status, counts: all, imports: statuses, finishedAt });
  // A retry has nothing new to count.
  if (!known?.counts) emit([{ name: "FailedRuns", unit: "Count", value: status === "FAILED" ? 1 : 0 }]);
  const notice = runNotice({ runId, request, status, counts: all, imports: statuses, codes, error }, deployment);
  return { runId, status, counts: all, ...(notice && { notice }) };
});

/** Puts back what the run holds in feeds whose import is over, or never began. */
async function release(feed: string | undefined, unsettled: readonly string[], owner: string): Promise<number> {
  let released = 0;
  const at = new Date().toISOString();
  for (const name of feed === undefined ? feeds.keys() : [feed]) {
    if (unsettled.includes(name)) continue;
    const held = [];
    for await (const letter of failures.ofStatus(name, "REPROCESSING")) if (letter.owner === owner) held.push(letter);
    await forEachAtOnce(held, concurrency, async (letter) => {
      if (await failures.release(letter, owner, at)) released += 1;
    });
  }
  return released;
}

/** Two counts by name as one. */
function add<Counts extends Readonly<Partial<Record<string, number>>>>(a: Counts, b: Counts): Counts {
  const sum: Partial<Record<string, number>> = { ...a };
  for (const [name, count = 0] of Object.entries(b)) sum[name] = (sum[name] ?? 0) + count;
  return sum as Counts;
}
