import { SFNClient } from "@aws-sdk/client-sfn";
import { variable, wholeNumber } from "#aws/environment.ts";
import { dynamodb } from "#aws/dynamodb.ts";
import { lambda } from "#aws/lambda.ts";
import { emit } from "#aws/metrics.ts";
import { s3 } from "#aws/objects.ts";
import { FailuresTable } from "#failures/failures-table.ts";
import { feeds } from "#feeds/deployed.ts";
import { ImportsTable } from "#imports/imports-table.ts";
import { closeOrphans } from "#recovery/close-orphans.ts";
import { endRuns } from "#recovery/end-runs.ts";
import { Executions } from "#recovery/executions.ts";
import { feedMetrics, heldMetrics } from "#recovery/feed-metrics.ts";
import { inboxFiles } from "#recovery/inbox.ts";
import { releaseOrphans } from "#recovery/release-orphans.ts";
import { startMissing } from "#recovery/start-missing.ts";
import validate from "#validators/states/sweep.js";

interface SweepInput {
  /** The time for which it is swept, in ISO 8601; now where there is none. */
  readonly at?: string;
}

interface Swept {
  readonly closed: number;
  readonly released: number;
  readonly started: number;
  /** Whether some are left for the next sweep. */
  readonly more: boolean;
}

const inbox = variable("INBOX_BUCKET");
const afterMinutes = wholeNumber("SWEEP_INBOX_AFTER_MINUTES");
const imports = new ImportsTable(dynamodb, variable("IMPORTS_TABLE"));
const failures = new FailuresTable(dynamodb, variable("FAILURES_TABLE"));
const importMachine = variable("IMPORT_MACHINE_ARN");
const stepFunctions = new SFNClient({});
const seen = new Set<string>();

// What is younger is left: Step Functions may not know an execution yet that has just begun.
const settledMilliseconds = 60_000;
const most = { closed: 500, released: 100_000, started: 500 };

/**
 * Finds what nobody told of: imports without an execution, dead letters without an owner, files without an import. Measures
 * what no import can tell: how long dead letters have been open, and imports held, and which feeds are silent.
 */
export const handler = lambda<SweepInput, Swept>("Sweep", validate, async ({ at }) => {
  const now = at === undefined ? new Date() : new Date(at);
  const settled = new Date(now.getTime() - settledMilliseconds).toISOString();
  const executions = new Executions(stepFunctions, importMachine);
  // What keeps one of them from its work is no reason to leave the others.
  const [closed, released, started, ended, measured, waiting] = await Promise.allSettled([
    closeOrphans(imports, executions, {
      isOrphan: async ({ owner, startedAt }) => startedAt < settled && !(await executions.isRunning(owner)),
      reason: "The execution that owned the import ended without a word.",
      most: most.closed,
      now,
    }),
    releaseOrphans(failures, imports, executions, {
      feeds: feeds.keys(),
      looksAt: ({ history }) => (history.at(-1)?.at ?? "") < settled,
      most: most.released,
      now,
    }),
    startMissing(inboxFiles(s3, inbox, "incoming/", "preview/"), imports, executions, {
      before: new Date(now.getTime() - afterMinutes * 60_000),
      seen,
      most: most.started,
      now,
    }),
    endRuns(imports, executions, now),
    feedMetrics(feeds, failures, imports, now).then(emit),
    heldMetrics(imports, now).then(emit),
  ]);
  const [a, b, c] = [valueOf(closed), valueOf(released), valueOf(started)];
  valueOf(ended);
  valueOf(measured);
  valueOf(waiting);
  return { closed: a.count, released: b.count, started: c.count, more: a.more || b.more || c.more };
});

function valueOf<T>(settled: PromiseSettledResult<T>): T {
  if (settled.status === "rejected") throw settled.reason;
  return settled.value;
}
