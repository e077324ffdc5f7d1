import type { ImportEntry } from "#imports/import-entry.ts";
import type { RunEntry } from "#reprocessing/flow.ts";
import { productsOf } from "./reports.ts";
import type { Place, Trial } from "./trial.ts";
import { until } from "./until.ts";

/** Another system asks, by an event, for the failures of an import to be run again: all of them are healed. */
export async function checkRequestedRun(trial: Trial, failed: ImportEntry): Promise<void> {
  const { aws, stack, progress } = trial;
  const { importId, records } = failed;
  const request = { who: "e2e", reason: "asked by an event", filter: { importId } };
  await aws.announce(stack["announcements_bus"]!, "ReprocessRequested", request);
  const run = await progress.step(
    "reprocess by event",
    () => endedRun(trial, request.reason, 60),
    ({ status }) => status,
  );
  progress.check("the run is done", [run.status, run.who], ["DONE", "e2e"]);
  progress.check(
    "it resolved every failure of the import",
    [run.counts?.selected, run.counts?.resolved],
    [records, records],
  );
  const [healing] = run.imports ?? [];
  const products = healing ? await productsOf(trial, healing.importId) : [];
  progress.check("every record has become a product", products.length, records);
}

/** The schedule starts the machine without anybody asking. */
export async function checkScheduledRun(trial: Trial): Promise<void> {
  const { progress } = trial;
  const run = await progress.step(
    "reprocess by schedule",
    () => endedRun(trial, "scheduled", 120),
    ({ status, startedAt }) => `${status}, begun at ${startedAt}`,
  );
  progress.check("the run is done, and nobody asked for it", [run.status, run.who], ["DONE", "schedule"]);
}

async function endedRun({ aws, stack }: Place, reason: string, seconds: number): Promise<RunEntry> {
  return until(`The end of a run (${reason})`, seconds, async () => {
    const entries = (await aws.items(stack["imports_table"]!)) as unknown as (RunEntry & { entry: string })[];
    return entries.find((run) => run.entry === "RUN" && run.reason === reason && run.status !== "RUNNING");
  });
}
