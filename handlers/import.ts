import { variable, wholeNumber } from "#aws/environment.ts";
import { dynamodb } from "#aws/dynamodb.ts";
import { formerStatesKey, writeFormerStates } from "#aws/former-states.ts";
import { lambda } from "#aws/lambda.ts";
import { readRepetitions, replaceLines } from "#aws/lines.ts";
import { feeds, feedOf } from "#feeds/deployed.ts";
import { workKey } from "#imports/work-key.ts";
import type { ChunkTask } from "#imports/flow.ts";
import { dynamodbProductStore } from "#products/dynamodb-product-store.ts";
import { storeLines, type KeepFormer } from "#products/store-lines.ts";
import { applyRepetitions } from "#repeated-keys/apply.ts";
import validate from "#validators/states/chunk-task.js";

const work = variable("WORK_BUCKET");
const archive = variable("ARCHIVE_BUCKET");
const products = dynamodbProductStore(dynamodb, variable("PRODUCTS_TABLE"));
const concurrency = wholeNumber("WRITE_CONCURRENCY");

// The pauses before ten attempts, each as long as it can be: 0.5, 1, 2, … and at most 20 seconds; see `dynamodbClient`.
const longestWriteMilliseconds = 92_000;

/** Stores the products of one chunk, one conditional write each. */
export const handler = lambda<ChunkTask, ChunkTask>("Import", validate, async (task, attempt, remaining) => {
  const feed = feedOf(feeds, task.import.feed);
  const { importId } = task.import;
  const { sheet } = task.table;
  const to = workKey(work, importId, "import", attempt, task.chunk.chunk);
  let kept = 0;
  const keep: KeepFormer = (former) => {
    const key = formerStatesKey(importId, task.chunk.chunk, `${attempt}-${++kept}`);
    return writeFormerStates({ bucket: archive, key }, former);
  };
  const goesOn = () => remaining() > longestWriteMilliseconds;
  const imported = await replaceLines(
    { stage: "Import", task, to, remaining },
    (lines) => storeLines(products, feed.catalog, task.import, lines, { concurrency, keep, goesOn }),
    async (lines) => applyRepetitions(feed, importId, lines, await readRepetitions(task.repetitions), sheet),
  );
  return imported.task;
});
