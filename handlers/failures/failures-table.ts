import { BatchWriteItemCommand, type DynamoDBClient, type WriteRequest } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { setTimeout as pause } from "node:timers/promises";
import { queryAll } from "#aws/dynamodb.ts";
import { Throttled } from "#errors/infrastructure.ts";
import { failurePartition, type DeadLetter } from "#failures/dead-letter.ts";

// BatchWriteItem's documented limits are 25 items and 16 MB; 25 items of 400 KB stay below.
const batchSize = 25;
const maxRounds = 8;

/** The failures table: dead letters by import and chunk. */
export class FailuresTable {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  /** Writes dead letters under their deterministic keys. Throws Throttled where the table keeps refusing some. */
  async write(letters: readonly DeadLetter[]): Promise<void> {
    for (let start = 0; start < letters.length; start += batchSize) {
      await this.#writeBatch(letters.slice(start, start + batchSize));
    }
  }

  /** The dead letters of one chunk, in the order of their records. */
  async *ofChunk(importId: string, chunk: number): AsyncGenerator<DeadLetter> {
    const items = queryAll(this.#client, {
      TableName: this.#table,
      ConsistentRead: true,
      KeyConditionExpression: "#chunk = :chunk",
      ExpressionAttributeNames: { "#chunk": "chunk" },
      ExpressionAttributeValues: marshall({ ":chunk": failurePartition(importId, chunk) }),
    });
    for await (const item of items) yield item as unknown as DeadLetter;
  }

  async #writeBatch(letters: readonly DeadLetter[]): Promise<void> {
    let left: WriteRequest[] = letters.map((letter) => ({
      PutRequest: { Item: marshall(letter, { removeUndefinedValues: true }) },
    }));
    for (let round = 0; left.length > 0; round++) {
      if (round === maxRounds)
        throw new Throttled(`The failures table refused ${left.length} dead letters ${maxRounds} times.`);
      // The SDK does not retry what comes back unprocessed with HTTP 200.
      if (round > 0) await pause(Math.random() * 50 * 2 ** round);
      const answer = await this.#client.send(new BatchWriteItemCommand({ RequestItems: { [this.#table]: left } }));
      left = answer.UnprocessedItems?.[this.#table] ?? [];
    }
  }
}
