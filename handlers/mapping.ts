import { variable } from "#aws/environment.ts";
import { lambda } from "#aws/lambda.ts";
import { replaceLines } from "#aws/lines.ts";
import { feeds, feedOf } from "#feeds/deployed.ts";
import { workKey } from "#imports/work-key.ts";
import type { ChunkTask } from "#imports/flow.ts";
import { mapping } from "#stages/mapping.ts";
import validate from "#validators/states/chunk-task.js";

const work = variable("WORK_BUCKET");

/** Makes products of the cells of one chunk. */
export const handler = lambda<ChunkTask, ChunkTask>("Mapping", validate, async (task, attempt, remaining) => {
  const feed = feedOf(feeds, task.import.feed);
  const to = workKey(work, task.import.importId, "mapping", attempt, task.chunk.chunk);
  const replaced = await replaceLines({ stage: "Mapping", task, to, remaining }, (lines) =>
    lines.map((line) => mapping(feed, line)),
  );
  return replaced.task;
});
