import { CreateTableCommand, DynamoDBClient, type CreateTableCommandInput } from "@aws-sdk/client-dynamodb";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll } from "vitest";
import { dynalite } from "../../scripts/local/dynalite.ts";

/** A table with the keys of the imports table, without its indexes. */
export const importsTable = {
  TableName: "imports",
  KeySchema: [
    { AttributeName: "importId", KeyType: "HASH" },
    { AttributeName: "entry", KeyType: "RANGE" },
  ],
  AttributeDefinitions: [
    { AttributeName: "importId", AttributeType: "S" },
    { AttributeName: "entry", AttributeType: "S" },
  ],
} satisfies TableInput;

type TableInput = Omit<CreateTableCommandInput, "BillingMode">;

/** A real DynamoDB server in memory for the tests of one file, with one table. The client is usable inside tests. */
export function dynamodbServer(table: TableInput): {
  readonly client: DynamoDBClient;
} {
  const server = dynalite({ createTableMs: 0 });
  let client: DynamoDBClient | undefined;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    client = new DynamoDBClient({
      endpoint: `http://127.0.0.1:${port}`,
      region: "eu-central-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
    await client.send(new CreateTableCommand({ ...table, BillingMode: "PAY_PER_REQUEST" }));
  });
  afterAll(async () => {
    client?.destroy();
    await new Promise<void>((resolve) =>
      server.close(() => {
        resolve();
      }),
    );
  });
  return {
    get client() {
      if (!client) throw new Error("The DynamoDB server starts with the first test.");
      return client;
    },
  };
}
