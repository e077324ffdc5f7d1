import type { Notice } from "#imports/announcement.ts";
import type { StateError } from "#imports/flow.ts";
import type { ReprocessRequest, RunCounts } from "#reprocessing/flow.ts";
import { filterText } from "#reprocessing/select.ts";

/** The notice of a run; none where it found nothing to do. Counts only, no cell contents. */
export function runNotice(
  runId: string,
  request: ReprocessRequest,
  status: "DONE" | "FAILED",
  counts: RunCounts,
  error: StateError | undefined,
): Notice | undefined {
  if (status === "DONE" && counts.selected === 0) return undefined;
  const skipped = Object.entries(counts.skipped).map(([why, count]) => `  skipped, ${why}: ${count}`);
  const lines = [
    `Run: ${runId}`,
    `By: ${request.who}`,
    `Why: ${request.reason}`,
    `What: ${filterText(request)}`,
    `Status: ${status}`,
    ...(error ? [`Error: ${error.Error}${error.Cause ? `, ${error.Cause.slice(0, 500)}` : ""}`] : []),
    `Selected: ${counts.selected}`,
    `  resolved: ${counts.resolved}`,
    `  failed again: ${counts.failedAgain}`,
    `  parked: ${counts.parked}`,
    ...(counts.released > 0 ? [`  put back: ${counts.released}`] : []),
    ...skipped,
  ];
  const subject = `Reprocessing ${status}: ${counts.resolved} of ${counts.selected} resolved`;
  return { subject, message: lines.join("\n") };
}
