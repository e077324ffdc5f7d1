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

/** Stores the products of one chunk, one conditional write each. */
export const handler = lambda<ChunkTask, ChunkTask>("Import", validate, (task, attempt) => {
  const feed = feedOf(feeds, task.import.feed);
  const { importId } = task.import;
  const { sheet } = task.table;
  const to = workKey(work, importId, "import", attempt, task.chunk.chunk);
  let kept = 0;
  const keep: KeepFormer = (former) => {
    const key = formerStatesKey(importId, task.chunk.chunk, `${attempt}-${++kept}`);
    return writeFormerStates({ bucket: archive, key }, former);
  };
  return replaceLines("Import", task, to, async (lines) => {
    const repetitions = await readRepetitions(task.repetitions);
    const left = applyRepetitions(feed, importId, lines, repetitions, sheet);
    return storeLines(products, feed.catalog, task.import, left, concurrency, keep);
  });
});
