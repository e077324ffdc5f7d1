import type { DeadLetter } from "#failures/dead-letter.ts";
import type { ImportEntry } from "#imports/import-entry.ts";
import type { Cloud } from "./cloud.ts";
import { contentsOf, differenceOf } from "./contents.ts";
import type { StackOutputs } from "./deployment.ts";
import type { Pace } from "./pace.ts";
import { pacedFile } from "./paced-feed.ts";
import type { Progress } from "./progress.ts";
import { begun, checkBalances, finished, reportOf } from "./reports.ts";

const records = 40;

/** Stops an import that is under way: the event of its end wakes the watchdog, which has it closed. Gives the import. */
export async function checkStoppedImport(
  aws: Cloud,
  stack: StackOutputs,
  progress: Progress,
  pace: Pace,
): Promise<ImportEntry> {
  const key = "incoming/paced/stopped.csv";
  const held = pace.hold("stopped");
  await aws.put(stack["inbox_bucket"]!, key, pacedFile("stopped", records));
  await held.asked;
  const { owner } = await begun(aws, stack, key, 30);
  await aws.stop(owner);
  const closed = await progress.step(
    "stop an import under way",
    () => finished(aws, stack, key, 60),
    ({ status }) => status,
  );
  progress.check("the execution was aborted", (await aws.execution(owner)).status, "ABORTED");
  progress.check("the import failed", closed.status, "FAILED");
  progress.check("another execution closed it", closed.owner === owner, false);
  progress.check("every record of it failed", closed.outcomes?.failed, records);
  const report = await reportOf(aws, stack, closed.importId);
  await checkBalances(aws, stack, progress, [report]);
  const letters = (await aws.items(stack["failures_table"]!)) as unknown as DeadLetter[];
  const ofImport = letters.filter(({ importId }) => importId === closed.importId);
  progress.check(
    "every dead letter is open and may be run again",
    ofImport.filter(({ status, heals }) => status === "OPEN" && heals).length,
    records,
  );

  // AWS stops a Map's children with their parent; the emulator lets them go on.
  const before = await contentsOf(aws, stack);
  held.release();
  await progress.step("let the children go on that outlived it", () => aws.childless(owner, 60));
  const changed = differenceOf(before, await contentsOf(aws, stack));
  progress.check(
    "what came late changed nothing but the work bucket",
    changed.filter((text) => !text.startsWith("new: work_bucket:")),
    [],
  );
  return closed;
}
