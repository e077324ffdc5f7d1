import { variable } from "#aws/environment.ts";
import { dynamodb } from "#aws/dynamodb.ts";
import { formerStatesKey, writeFormerStates } from "#aws/former-states.ts";
import { lambda } from "#aws/lambda.ts";
import { replaceLines } from "#aws/lines.ts";
import { feeds, feedOf } from "#feeds/deployed.ts";
import { sumOfLines } from "#guards/prepared-sum.ts";
import { workKey } from "#imports/work-key.ts";
import type { ChunkTask } from "#imports/flow.ts";
import { dynamodbProductStore } from "#products/dynamodb-product-store.ts";
import { compareLines } from "#stages/compare.ts";
import validate from "#validators/states/chunk-task.js";

const work = variable("WORK_BUCKET");
const archive = variable("ARCHIVE_BUCKET");
const products = dynamodbProductStore(dynamodb, variable("PRODUCTS_TABLE"));

/** Looks at what is stored: says of each record of a chunk what would become of it, and keeps what it would replace. */
export const handler = lambda<ChunkTask, ChunkTask>("Compare", validate, async (task, attempt, remaining) => {
  const { catalog, guards } = feedOf(feeds, task.import.feed);
  const { importId } = task.import;
  const { chunk } = task.chunk;
  const to = workKey(work, importId, "compare", attempt, chunk);
  let kept = 0;
  const compared = await replaceLines({ stage: "Compare", task, to, remaining }, async (lines) => {
    const { compared, former } = await compareLines(products, catalog, task.import, lines, guards?.priceFactor);
    const key = formerStatesKey(importId, chunk, `${attempt}-${++kept}`);
    await writeFormerStates({ bucket: archive, key }, former);
    return compared;
  });
  const keys = task.lines?.keys;
  const sum = sumOfLines(compared.lines);
  return { ...compared.task, lines: { ...compared.task.lines, ...(keys && { keys }), sum } };
});
