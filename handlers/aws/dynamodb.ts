import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DynamoDBClient,
  QueryCommand,
  UpdateItemCommand,
  type AttributeValue,
  type DynamoDBClientConfig,
  type QueryCommandInput,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { setTimeout as pause } from "node:timers/promises";
import { Throttled } from "#errors/infrastructure.ts";
import { forEachAtOnce } from "#records/concurrently.ts";

/**
 * A client for the Lambdas. It sends at the rate that a table takes once it has been told to slow down, and waits at random before it asks
 * again; longer troubles are the state machine's to retry.
 */
export function dynamodbClient(settings: DynamoDBClientConfig = {}): DynamoDBClient {
  const client = new DynamoDBClient({ maxAttempts: 10, retryMode: "adaptive", ...settings });
  // It copies every request and answer for a logger that nobody set, which is a sixth of the processor time of a write.
  client.middlewareStack.remove("loggerMiddleware");
  return client;
}

/** Made once a cold start. */
export const dynamodb = dynamodbClient();

/** True where a conditional write was refused. */
export function isRefused(error: unknown): boolean {
  return error instanceof ConditionalCheckFailedException;
}

/** True where a write was refused because the item would be larger than the 400 KB that DynamoDB stores. */
export function isTooLarge(error: unknown): boolean {
  return error instanceof Error && error.name === "ValidationException" && /size/i.test(error.message);
}

/** Text keys of one item. */
export type Key = Readonly<Record<string, string>>;

/**
 * Sets attributes of one item, if the condition holds; those that are undefined are left alone, those that are null removed.
 * `condition` speaks of attributes by name and of `values` by `:name`. Returns false where the condition refused.
 */
export async function setIf(
  client: DynamoDBClient,
  table: string,
  key: Key,
  attributes: Readonly<Record<string, unknown>>,
  condition: string,
  values: Readonly<Record<string, unknown>> = {},
): Promise<boolean> {
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
  const set = given.filter(([, value]) => value !== null);
  const remove = given.filter(([, value]) => value === null).map(([name]) => `#${name}`);
  const conditionNames = [...condition.matchAll(/#(\w+)/g)].map(([, name]) => name!);
  const names = new Set([...given.map(([name]) => name), ...conditionNames]);
  const allValues = { ...Object.fromEntries(set.map(([name, value]) => [`:set_${name}`, value])), ...values };
  try {
    await client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: marshall(key),
        UpdateExpression:
          `SET ${set.map(([name]) => `#${name} = :set_${name}`).join(", ")}` +
          (remove.length > 0 ? ` REMOVE ${remove.join(", ")}` : ""),
        ConditionExpression: condition,
        // Always by placeholder: half of the natural names (status, owner, records, …) are reserved words.
        ExpressionAttributeNames: Object.fromEntries([...names].map((name) => [`#${name}`, name])),
        ExpressionAttributeValues: marshall(allValues, { removeUndefinedValues: true }),
      }),
    );
    return true;
  } catch (error) {
    if (isRefused(error)) return false;
    throw error;
  }
}

/** All items of a query, page by page. */
export async function* queryAll(
  client: DynamoDBClient,
  query: QueryCommandInput,
): AsyncGenerator<Record<string, unknown>> {
  let from: QueryCommandInput["ExclusiveStartKey"];
  do {
    const page = await client.send(new QueryCommand({ ...query, ...(from && { ExclusiveStartKey: from }) }));
    for (const item of page.Items ?? []) yield unmarshall(item);
    from = page.LastEvaluatedKey;
  } while (from);
}

type Item = Record<string, AttributeValue>;

// BatchGetItem takes a hundred keys.
const largestBatch = 100;
const batchesAtOnce = 8;
const mostInVain = 8;

/**
 * The items of these keys, which differ, in no order; keys that have none are missing. What DynamoDB leaves unread, for want of capacity or
 * because an answer has 16 MB at most, is asked for again, a little later each time that nothing came. Throws Throttled where it stays so.
 */
export async function getAll(
  client: DynamoDBClient,
  table: string,
  keys: readonly Item[],
  ConsistentRead: boolean,
): Promise<Item[]> {
  const items: Item[] = [];
  const batches = Array.from({ length: Math.ceil(keys.length / largestBatch) }, (_, index) =>
    keys.slice(index * largestBatch, (index + 1) * largestBatch),
  );
  await forEachAtOnce(batches, batchesAtOnce, async (batch) => {
    let left = batch;
    let inVain = 0;
    while (left.length > 0) {
      if (inVain === mostInVain) throw new Throttled(`${table} leaves ${left.length} of ${batch.length} items unread.`);
      if (inVain > 0) await pause(Math.random() * 50 * 2 ** inVain);
      const { Responses, UnprocessedKeys } = await client.send(
        new BatchGetItemCommand({ RequestItems: { [table]: { Keys: left, ConsistentRead } } }),
      );
      const read = Responses?.[table] ?? [];
      items.push(...read);
      left = UnprocessedKeys?.[table]?.Keys ?? [];
      inVain = read.length > 0 ? 0 : inVain + 1;
    }
  });
  return items;
}
