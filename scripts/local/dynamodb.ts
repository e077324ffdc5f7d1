import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceNotFoundException,
  waitUntilTableExists,
  type CreateTableCommandInput,
  type DynamoDBClientConfig,
  type KeySchemaElement,
  type Projection,
  type ProjectionType,
  type ScalarAttributeType,
  type TableDescription,
} from "@aws-sdk/client-dynamodb";
import type { Server } from "./s3.ts";
import { account, blocks, type Block, type Resource, type Stack } from "./terraform.ts";

/** Starts the DynamoDB server in its own process (it keeps a core busy by itself), over a folder. */
export async function startDynamoDb(directory: string, region: string): Promise<Server & { readonly pid: number }> {
  mkdirSync(directory, { recursive: true });
  const child = fork(fileURLToPath(new URL("./dynamodb-server.ts", import.meta.url)), [directory], {
    env: { AWS_ACCOUNT_ID: account, AWS_REGION: region },
    execArgv: [],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const ended = once(child, "exit");
  const [port] = (await Promise.race([
    once(child, "message"),
    ended.then(([code]) =>
      Promise.reject(new Error(`The DynamoDB server ended with ${String(code)} while it started.`)),
    ),
  ])) as [number];
  return {
    endpoint: `http://127.0.0.1:${port}`,
    pid: child.pid!,
    stop: async () => {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}

/** Creates the stack's tables where they are not there yet; refuses a table that has other keys or indexes. */
export async function createTables(stack: Stack, config: DynamoDBClientConfig): Promise<void> {
  const client = new DynamoDBClient(config);
  for (const wanted of stack.all("aws_dynamodb_table").map((resource) => tableOf(stack, resource))) {
    const found = await describe(client, wanted.TableName!);
    if (found && shapeOf(found) !== shapeOf(wanted))
      throw new Error(
        `The stored table ${wanted.TableName!} has other keys than the stack declares; start with an empty data directory.`,
      );
    if (found) continue;
    await client.send(new CreateTableCommand(wanted));
    await waitUntilTableExists(
      { client, maxWaitTime: 10, minDelay: 0.01, maxDelay: 0.05 },
      { TableName: wanted.TableName },
    );
  }
  client.destroy();
}

async function describe(client: DynamoDBClient, table: string): Promise<TableDescription | undefined> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName: table }))).Table;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

function tableOf(stack: Stack, resource: Resource): CreateTableCommandInput {
  const { block } = resource;
  const indexes = blocks(block["global_secondary_index"]).map((index) => ({
    IndexName: String(index["name"]),
    KeySchema: keysOf(index),
    Projection: projectionOf(stack, index),
  }));
  return {
    TableName: resource.name,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: blocks(block["attribute"]).map((attribute) => ({
      AttributeName: String(attribute["name"]),
      AttributeType: String(attribute["type"]) as ScalarAttributeType,
    })),
    KeySchema: keysOf(block),
    ...(indexes.length > 0 && { GlobalSecondaryIndexes: indexes }),
  };
}

function projectionOf(stack: Stack, index: Block): Projection {
  const named = stack.resolve(index["non_key_attributes"]) as string[] | undefined;
  return { ProjectionType: index["projection_type"] as ProjectionType, ...(named && { NonKeyAttributes: named }) };
}

function keysOf(block: Block): KeySchemaElement[] {
  const range = block["range_key"] as string | undefined;
  return [
    { AttributeName: String(block["hash_key"]), KeyType: "HASH" },
    ...(range === undefined ? [] : [{ AttributeName: range, KeyType: "RANGE" as const }]),
  ];
}

function shapeOf({ KeySchema, GlobalSecondaryIndexes }: TableDescription | CreateTableCommandInput): string {
  const keys = (schema: readonly KeySchemaElement[] = []) => schema.map((key) => key.AttributeName).join("+");
  const indexes = (GlobalSecondaryIndexes ?? []).map((index) => `${index.IndexName ?? ""}=${keys(index.KeySchema)}`);
  return [keys(KeySchema), ...indexes.sort()].join(" ");
}
