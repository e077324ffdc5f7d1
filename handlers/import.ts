import { variable, wholeNumber } from "#aws/environment.ts";
import { dynamodb } from "#aws/dynamodb.ts";
import { lambda } from "#aws/lambda.ts";
import { replaceLines } from "#aws/lines.ts";
import { feeds, feedOf } from "#feeds/deployed.ts";
import { workKey } from "#imports/work-key.ts";
import type { ChunkTask } from "#imports/flow.ts";
import { dynamodbProductStore } from "#products/dynamodb-product-store.ts";
import { storeLines } from "#products/store-lines.ts";
import validate from "#validators/states/chunk-task.js";

const work = variable("WORK_BUCKET");
const products = dynamodbProductStore(dynamodb, variable("PRODUCTS_TABLE"));
const concurrency = wholeNumber("WRITE_CONCURRENCY");

/** Stores the products of one chunk, one conditional write each. */
export const handler = lambda<ChunkTask, ChunkTask>("Import", validate, (task, attempt) => {
  const { catalog } = feedOf(feeds, task.import.feed);
  const to = workKey(work, task.import.importId, "import", attempt, task.chunk.chunk);
  return replaceLines("Import", task, to, (lines) => storeLines(products, catalog, task.import, lines, concurrency));
});
