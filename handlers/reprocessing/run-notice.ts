import type { FailuresByCode, ImportStatus } from "#imports/import-entry.ts";
import type { StateError } from "#imports/flow.ts";
import { corrected, correctRows, stepsForFailures, type Step } from "#imports/next-steps.ts";
import { codeLines, stepLines, subjectOf, type Notice } from "#imports/notice-lines.ts";
import type { Deployment } from "#imports/ops-command.ts";
import type { ReprocessRequest, RunCounts } from "#reprocessing/flow.ts";
import { filterText } from "#reprocessing/select.ts";

/** A run that is over. */
export interface EndedRun {
  readonly runId: string;
  readonly request: ReprocessRequest;
  readonly status: "DONE" | "FAILED";
  readonly counts: RunCounts;
  /** One a feed. */
  readonly imports: readonly { readonly importId: string; readonly status?: ImportStatus }[];
  /** Codes of the records that failed again. */
  readonly codes: FailuresByCode;
  readonly error: StateError | undefined;
}

/** The notice of a run; none where it found nothing to do. The message of an error stays with the run: it may quote a file. */
export function runNotice(run: EndedRun, deployment: Deployment): Notice | undefined {
  const { runId, request, status, counts, codes, error } = run;
  if (status === "DONE" && counts.selected === 0) return undefined;
  const skipped = Object.entries(counts.skipped).map(([why, count]) => `  skipped, ${why}: ${count}`);
  const lines = [
    `Run: ${runId}`,
    `By: ${request.who}`,
    `Why: ${request.reason}`,
    `What: ${filterText(request)}`,
    `Status: ${status}`,
    ...(error ? [`Error: ${error.Error}`] : []),
    `Selected: ${counts.selected}`,
    `  resolved: ${counts.resolved}`,
    `  failed again: ${counts.failedAgain}`,
    `  parked: ${counts.parked}`,
    ...(counts.released > 0 ? [`  put back: ${counts.released}`] : []),
    ...skipped,
    ...codeLines(codes),
    ...stepLines(stepsAfterRun(run), deployment),
  ];
  const subject = subjectOf(`Reprocessing ${status}: ${counts.resolved} of ${counts.selected} resolved`);
  return { subject, message: lines.join("\n") };
}

// A run has one import a feed; the list of imports has the others.
const mostShown = 5;

function stepsAfterRun({ runId, request, status, counts, imports, codes }: EndedRun): Step[] {
  const { corrections, includeFinal = false, filter = {} } = request;
  // An import says more precisely what failed again than what was asked for.
  const scope = imports.length === 1 ? { importId: imports[0]!.importId } : filter;
  const bad = imports.filter((one) => one.status === "FAILED" || one.status === "REJECTED").slice(0, mostShown);
  const file = `failed-${runId}.csv`;
  const steps: Step[] = [];
  if (bad.length > 0)
    steps.push({ why: "What stopped it:", actions: bad.map(({ importId }) => ({ ask: "import", importId })) });
  if (status === "FAILED")
    steps.push({
      why: `Once the cause is gone, the run again${corrections ? ", with the corrected file" : ""}:`,
      actions: corrections
        ? [{ ask: "reprocess", corrections: "corrected.csv", reason: "corrected" }]
        : [{ ask: "reprocess", filter, includeFinal, reason: "the cause is gone" }],
    });
  if (counts.parked > 0)
    steps.push({
      why: "Those that were tried too often are parked; `reopen` takes one back by its id:",
      actions: [{ ask: "failures", filter: scope, status: "PARKED" }],
    });
  if (counts.skipped.final)
    steps.push({
      why: `${counts.skipped.final} were left, for only a change heals them. ${correctRows}`,
      actions: corrected(filter, file),
    });
  return [...steps, ...stepsForFailures(scope, codes, file)];
}
