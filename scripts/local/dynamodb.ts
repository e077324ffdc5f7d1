import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceInUseException,
  waitUntilTableExists,
  type CreateTableCommandInput,
  type DynamoDBClientConfig,
  type ScalarAttributeType,
  type TableDescription,
} from "@aws-sdk/client-dynamodb";
import { NotEmulated } from "./errors.ts";
import type { Server } from "./s3.ts";
import { account, blocks, type Block, type Resource, type Stack } from "./terraform.ts";

/** Starts the DynamoDB server in its own process (it keeps a core busy by itself), over a folder; `log` is told if it dies. */
export async function startDynamoDb(
  directory: string,
  region: string,
  log: (line: string) => void,
): Promise<Server & { readonly pid: number }> {
  mkdirSync(directory, { recursive: true });
  const child = fork(fileURLToPath(new URL("./dynamodb-server.ts", import.meta.url)), [directory], {
    env: { AWS_ACCOUNT_ID: account, AWS_REGION: region },
    execArgv: [],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const ended = once(child, "exit");
  const failed = ended.then(([code]) => {
    throw new Error(`The DynamoDB server ended with ${String(code)} while it started.`);
  });
  const [port] = (await Promise.race([once(child, "message"), failed])) as [number];
  const died = () => {
    log("The DynamoDB server has died; stop the engine and start it again.");
  };
  child.once("exit", died);
  const stop = async () => {
    child.off("exit", died);
    if (child.connected) child.disconnect();
    await ended;
  };
  return { endpoint: `http://127.0.0.1:${port}`, pid: child.pid!, stop };
}

/** Creates the stack's tables where they are not there yet; refuses one that is there with other keys. */
export async function createTables(stack: Stack, config: DynamoDBClientConfig): Promise<void> {
  const client = new DynamoDBClient(config);
  for (const resource of stack.all("aws_dynamodb_table")) {
    await client.send(new CreateTableCommand(tableOf(resource))).catch((error: unknown) => {
      if (!(error instanceof ResourceInUseException)) throw error;
    });
    const wait = { client, maxWaitTime: 10, minDelay: 0.01, maxDelay: 0.05 };
    await waitUntilTableExists(wait, { TableName: resource.name });
    const { Table = {} } = await client.send(new DescribeTableCommand({ TableName: resource.name }));
    if (shapeOf(Table) !== shapeOf(tableOf(resource)))
      throw new Error(`The table ${resource.name} was stored with other keys or indexes; use an empty data directory.`);
  }
  client.destroy();
}

function shapeOf({ KeySchema, GlobalSecondaryIndexes = [] }: TableDescription | CreateTableCommandInput): string {
  return JSON.stringify([KeySchema, GlobalSecondaryIndexes.map(({ IndexName, KeySchema }) => [IndexName, KeySchema])]);
}

function tableOf({ name, block }: Resource): CreateTableCommandInput {
  const indexes = blocks(block["global_secondary_index"]).map((index) => {
    if (index["projection_type"] !== "ALL") throw new NotEmulated(`an index that does not project ALL (table ${name})`);
    return {
      IndexName: String(index["name"]),
      KeySchema: keysOf(index),
      Projection: { ProjectionType: "ALL" as const },
    };
  });
  return {
    TableName: name,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: blocks(block["attribute"]).map((attribute) => ({
      AttributeName: String(attribute["name"]),
      AttributeType: String(attribute["type"]) as ScalarAttributeType,
    })),
    KeySchema: keysOf(block),
    ...(indexes.length > 0 && { GlobalSecondaryIndexes: indexes }),
  };
}

function keysOf({ hash_key, range_key }: Block) {
  const hash = { AttributeName: hash_key as string, KeyType: "HASH" as const };
  return range_key === undefined ? [hash] : [hash, { AttributeName: range_key as string, KeyType: "RANGE" as const }];
}
