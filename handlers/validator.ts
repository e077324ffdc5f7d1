import { variable } from "#aws/environment.ts";
import { lambda } from "#aws/lambda.ts";
import { replaceLines } from "#aws/lines.ts";
import { write } from "#aws/objects.ts";
import { feeds, feedOf } from "#feeds/deployed.ts";
import { workKey } from "#imports/work-key.ts";
import type { ChunkTask } from "#imports/flow.ts";
import { keyIndexOf } from "#repeated-keys/key-index.ts";
import { validator } from "#stages/validator.ts";
import validate from "#validators/states/chunk-task.js";

const work = variable("WORK_BUCKET");

/** Holds the products of one chunk to the product schema and to the rules of their feed, and notes which keys it has. */
export const handler = lambda<ChunkTask, ChunkTask>("Validator", validate, async (task, attempt, remaining) => {
  const feed = feedOf(feeds, task.import.feed);
  const to = workKey(work, task.import.importId, "validator", attempt, task.chunk.chunk);
  const keys = { ...to, key: to.key.replace(/\.jsonl$/, ".keys") };
  const valid = await replaceLines({ stage: "Validator", task, to, remaining }, (lines) =>
    lines.map((line) => validator(feed, line)),
  );
  await write(keys, keyIndexOf(valid.lines, feed.duplicates === "fail"), "application/octet-stream");
  return { ...valid.task, lines: { ...valid.task.lines, keys } };
});
