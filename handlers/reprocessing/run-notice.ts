import type { FailuresByCode, ImportStatus } from "#imports/import-entry.ts";
import type { StateError } from "#imports/flow.ts";
import { correctRows, stepsForFailures, type Step } from "#imports/next-steps.ts";
import { codeLines, stepLines, type Notice } from "#imports/notice-lines.ts";
import { quoted, type Deployment } from "#imports/ops-command.ts";
import type { FailureFilter, ReprocessRequest, RunCounts } from "#reprocessing/flow.ts";
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
  const subject = `Reprocessing ${status}: ${counts.resolved} of ${counts.selected} resolved`;
  return { subject, message: lines.join("\n") };
}

// A run has one import a feed; the list of imports has the others.
const mostShown = 5;

function stepsAfterRun({ runId, request, status, counts, imports, codes }: EndedRun): Step[] {
  const { corrections, includeFinal, filter = {} } = request;
  const options = optionsOf(filter);
  // An import says more precisely what failed again than what was asked for.
  const scope = imports.length === 1 ? [`--import ${imports[0]!.importId}`] : options;
  const again = corrections
    ? ["--corrections corrected.csv", '--reason "corrected"']
    : [...options, ...(includeFinal ? ["--include-final"] : []), '--reason "the cause is gone"'];
  const bad = imports.filter((one) => one.status === "FAILED" || one.status === "REJECTED").slice(0, mostShown);
  const file = `failed-${runId}.csv`;
  const steps: Step[] = [];
  if (bad.length > 0)
    steps.push({ why: "What stopped it:", commands: bad.map(({ importId }) => `imports show ${importId}`) });
  if (status === "FAILED") {
    const why = `Once the cause is gone, the run again${corrections ? ", with the corrected file" : ""}:`;
    steps.push({ why, commands: [["reprocess", ...again].join(" ")] });
  }
  if (counts.parked > 0)
    steps.push({
      why: "Those that were tried too often are parked; `reopen` takes one back by its id:",
      commands: [["failures", ...scope, "--status PARKED"].join(" ")],
    });
  if (counts.skipped.final)
    steps.push({
      why: `${counts.skipped.final} were left, for only a change heals them. ${correctRows}`,
      commands: [
        ["failures export", ...options, `--out ${file}`].join(" "),
        `reprocess --corrections ${file} --reason "corrected"`,
      ],
    });
  return [...steps, ...stepsForFailures(scope.join(" "), codes, file)];
}

const optionNames = { importId: "import", feed: "feed", code: "code", sku: "sku", since: "since" } as const;

/** A filter as the options of `ops`. A request that was refused may have anything in it: that is left out. */
function optionsOf(filter: FailureFilter): string[] {
  return Object.entries(optionNames).flatMap(([name, option]) => {
    const value: unknown = filter[name as keyof FailureFilter];
    return typeof value === "string" ? [`--${option} ${quoted(value)}`] : [];
  });
}
