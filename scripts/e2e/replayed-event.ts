import { contentsOf, differenceOf } from "./contents.ts";
import type { Trial } from "./trial.ts";
import { until } from "./until.ts";

/**
 * Starts every import that S3's events started once more, by the event as a replay from the archive delivers it: with the
 * replay's name in it. Twice is once.
 */
export async function checkReplayedEvents(trial: Trial): Promise<void> {
  const { aws, stack, progress } = trial;
  const machine = stack["import_machine_arn"]!;
  const delivered = (await aws.executions(machine))
    .map(({ input }) => JSON.parse(input) as { "detail-type"?: string })
    .filter((event) => event["detail-type"] === "Object Created");
  const before = await contentsOf(trial);
  const ended = await progress.step("deliver the events again, as replayed", () =>
    Promise.all(
      delivered.map(async (event) => {
        const started = await aws.start(machine, { ...event, "replay-name": "e2e" });
        return until("The end of a replayed event", 60, async () => {
          const execution = await aws.execution(started);
          return execution.status === "RUNNING" ? undefined : execution;
        });
      }),
    ),
  );
  progress.check(
    `all ${delivered.length} ended quietly, as duplicates`,
    ended.filter(({ status, output }) => status !== "SUCCEEDED" || !output.includes('"duplicate"')),
    [],
  );
  progress.check("nothing changed", differenceOf(before, await contentsOf(trial)), []);
}
