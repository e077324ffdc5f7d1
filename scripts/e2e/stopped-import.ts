import type { DeadLetter } from "#failures/dead-letter.ts";
import type { ImportEntry } from "#imports/import-entry.ts";
import { contentsOf, differenceOf } from "./contents.ts";
import { pacedFile } from "./paced-feed.ts";
import { begun, checkBalances, finished, reportOf } from "./reports.ts";
import type { Trial } from "./trial.ts";

const records = 40;

/** Stops an import that is under way: the event of its end wakes the watchdog, which has it closed. Gives the import. */
export async function checkStoppedImport(trial: Trial): Promise<ImportEntry> {
  const { aws, stack, progress, pace } = trial;
  const key = "incoming/paced/stopped.csv";
  const held = pace.hold("stopped");
  await aws.put(stack["inbox_bucket"]!, key, pacedFile("stopped", records));
  await held.asked(60);
  const { owner } = await begun(trial, key, 30);
  await aws.stop(owner);
  const closed = await progress.step(
    "stop an import under way",
    () => finished(trial, key, 60),
    ({ status }) => status,
  );
  progress.check("the execution was aborted", (await aws.execution(owner)).status, "ABORTED");
  progress.check("the import failed", closed.status, "FAILED");
  progress.check("another execution closed it", closed.owner === owner, false);
  progress.check("every record of it failed", closed.outcomes?.failed, records);
  const report = await reportOf(trial, closed.importId);
  await checkBalances(trial, [report]);
  const letters = (await aws.items(stack["failures_table"]!)) as unknown as DeadLetter[];
  const ofImport = letters.filter(({ importId }) => importId === closed.importId);
  progress.check(
    "every dead letter is open and may be run again",
    ofImport.filter(({ status, heals }) => status === "OPEN" && heals).length,
    records,
  );

  // AWS stops a Map's children with their parent; the emulator lets them go on.
  const before = await contentsOf(trial);
  held.release();
  await progress.step("let the children go on that outlived it", () => aws.childless(owner, 60));
  const changed = differenceOf(before, await contentsOf(trial));
  progress.check(
    "what came late changed nothing but what attempts leave under keys of their own",
    changed.filter((text) => !/^new: (work_bucket:|archive_bucket: undo\/)/.test(text)),
    [],
  );
  return closed;
}
