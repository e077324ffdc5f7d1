import { variable } from "#aws/environment.ts";
import { dynamodb } from "#aws/dynamodb.ts";
import { formerStatesKey, writeFormerStates } from "#aws/former-states.ts";
import { lambda } from "#aws/lambda.ts";
import { replaceLines } from "#aws/lines.ts";
import { feeds, feedOf } from "#feeds/deployed.ts";
import { sumOfLines, type PreparedSum } from "#guards/prepared-sum.ts";
import { workKey } from "#imports/work-key.ts";
import type { ChunkTask } from "#imports/flow.ts";
import { dynamodbProductStore } from "#products/dynamodb-product-store.ts";
import { compareLines } from "#stages/compare.ts";
import validate from "#validators/states/chunk-task.js";

const work = variable("WORK_BUCKET");
const archive = variable("ARCHIVE_BUCKET");
const products = dynamodbProductStore(dynamodb, variable("PRODUCTS_TABLE"));

/** Looks at what is stored: says of each record of a chunk what would become of it, and keeps what it would replace. */
export const handler = lambda<ChunkTask, ChunkTask>("Compare", validate, async (task, attempt) => {
  const { catalog, guards } = feedOf(feeds, task.import.feed);
  const { importId } = task.import;
  const { chunk } = task.chunk;
  const to = workKey(work, importId, "compare", attempt, chunk);
  let sum: PreparedSum | undefined;
  const compared = await replaceLines("Compare", task, to, async (lines) => {
    const { compared, former } = await compareLines(products, catalog, task.import, lines, guards?.priceFactor);
    await writeFormerStates({ bucket: archive, key: formerStatesKey(importId, chunk, attempt) }, former);
    sum = sumOfLines(compared);
    return compared;
  });
  const keys = task.lines?.keys;
  return { ...compared, lines: { ...compared.lines!, ...(keys && { keys }), ...(sum && { sum }) } };
});
