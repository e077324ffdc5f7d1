import { variable } from "#aws/environment.ts";
import { lambda } from "#aws/lambda.ts";
import { replaceLines } from "#aws/lines.ts";
import { feeds, feedOf } from "#feeds/deployed.ts";
import { workKey } from "#imports/work-key.ts";
import type { ChunkTask } from "#imports/flow.ts";
import { validator } from "#stages/validator.ts";
import validate from "#validators/states/chunk-task.js";

const work = variable("WORK_BUCKET");

/** Holds the products of one chunk to the product schema and to the rules of their feed. */
export const handler = lambda<ChunkTask, ChunkTask>("Validator", validate, (task, attempt) => {
  const feed = feedOf(feeds, task.import.feed);
  const to = workKey(work, task.import.importId, "validator", attempt, task.chunk.chunk);
  return replaceLines("Validator", task, to, (lines) => lines.map((line) => validator(feed, line)));
});
