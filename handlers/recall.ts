import { variable } from "#aws/environment.ts";
import { dynamodb } from "#aws/dynamodb.ts";
import { formerStatesKey, readFormerStates, writeFormerStates } from "#aws/former-states.ts";
import { lambda } from "#aws/lambda.ts";
import { writeLines } from "#aws/lines.ts";
import { feeds, feedOf } from "#feeds/deployed.ts";
import { workKey } from "#imports/work-key.ts";
import type { ChunkTask } from "#imports/flow.ts";
import { dynamodbProductStore } from "#products/dynamodb-product-store.ts";
import { keysOf, recall } from "#stages/recall.ts";
import validate from "#validators/states/chunk-task.js";

const work = variable("WORK_BUCKET");
const archive = variable("ARCHIVE_BUCKET");
const products = dynamodbProductStore(dynamodb, variable("PRODUCTS_TABLE"));

/** Finds what the products of a chunk were before an import replaced them, and which are still as it left them. */
export const handler = lambda<ChunkTask, ChunkTask>("Recall", validate, async (task, attempt) => {
  const { importId, undoes, feed } = task.import;
  if (undoes === undefined) throw new TypeError(`Import ${importId} takes nothing back.`);
  const { chunk } = task.chunk;
  const kept = await readFormerStates(archive, undoes, chunk);
  const now = await products.read(feedOf(feeds, feed).catalog, keysOf(kept), "latest");
  const { lines, former } = recall(task.chunk, [undoes, importId], kept, now);
  await writeFormerStates({ bucket: archive, key: formerStatesKey(importId, chunk, attempt) }, former);
  return { ...task, lines: await writeLines(workKey(work, importId, "recall", attempt, chunk), lines) };
});
