import type { ImportsTable } from "#imports/imports-table.ts";
import type { Executions } from "#recovery/executions.ts";
import type { RunEntry } from "#reprocessing/flow.ts";

/** Notes that a run is over which ended without a word. */
export async function endRun(imports: ImportsTable, run: RunEntry | undefined, now: Date): Promise<void> {
  if (run?.status !== "RUNNING") return;
  await imports.noteRun({ runId: run.runId, status: "FAILED", finishedAt: now.toISOString() });
}

// The reprocessing machine runs for four days at most.
const longestRunMilliseconds = 5 * 24 * 3600 * 1000;

/** Notes of every run that is no longer running, and did not say so, that it is over. */
export async function endRuns(imports: ImportsTable, executions: Executions, now: Date): Promise<void> {
  const since = new Date(now.getTime() - longestRunMilliseconds).toISOString();
  for await (const run of imports.runs(since)) {
    if (run.status === "RUNNING" && !(await executions.isRunning(run.execution))) await endRun(imports, run, now);
  }
}
