import type { FailuresTable } from "#failures/failures-table.ts";
import type { ImportEntry } from "#imports/import-entry.ts";
import type { ImportsTable } from "#imports/imports-table.ts";
import { noOutcomes } from "#records/line.ts";
import type { RunCounts } from "#reprocessing/flow.ts";

/** What a finished import made of the dead letters in its file, by the traces of those that failed again or were left alone. */
export async function countReprocessed(
  failures: FailuresTable,
  imports: ImportsTable,
  { importId, outcomes }: ImportEntry,
): Promise<Pick<RunCounts, "resolved" | "failedAgain" | "parked" | "skipped">> {
  const { failed: _tracesTell, held: _undecided, ...resolving } = outcomes ?? noOutcomes();
  const resolved = Object.values(resolving).reduce((sum, count) => sum + count, 0);
  const counts = { resolved, failedAgain: 0, parked: 0 };
  const skipped = { notOpen: 0, unknown: 0 };
  for await (const entry of imports.ledger(importId)) {
    if (!entry.outcomes?.failed) continue;
    for await (const trace of failures.ofChunk(importId, entry.chunk)) {
      if (trace.code === "FAILURE_NOT_OPEN") skipped.notOpen += 1;
      else if (trace.code === "FAILURE_UNKNOWN" || trace.code === "FAILURE_ALTERED") skipped.unknown += 1;
      else if (trace.trace && (await failures.get(trace.id))?.status === "PARKED") counts.parked += 1;
      else counts.failedAgain += 1;
    }
  }
  return { ...counts, skipped: Object.fromEntries(Object.entries(skipped).filter(([, count]) => count > 0)) };
}
