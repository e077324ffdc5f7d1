import { PutItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { dynamodbServer } from "../support/dynamodb-server.ts";

describe("the DynamoDB server", () => {
  const server = dynamodbServer({
    TableName: "letters",
    KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    AttributeDefinitions: ["id", "status", "at"].map((AttributeName) => ({
      AttributeName,
      AttributeType: "S" as const,
    })),
    GlobalSecondaryIndexes: [
      {
        IndexName: "byStatus",
        KeySchema: [
          { AttributeName: "status", KeyType: "HASH" },
          { AttributeName: "at", KeyType: "RANGE" },
        ],
        Projection: { ProjectionType: "ALL" },
      },
    ],
  });

  it("gives every item of an index whose keys are equal, whatever their hashes", async () => {
    for (const id of alike()) {
      await server.client.send(
        new PutItemCommand({ TableName: "letters", Item: { id: { S: id }, status: { S: "OPEN" }, at: { S: "2026" } } }),
      );
    }
    const { Count } = await server.client.send(
      new QueryCommand({
        TableName: "letters",
        IndexName: "byStatus",
        KeyConditionExpression: "#status = :open",
        ExpressionAttributeNames: { "#status": "status" },
        ExpressionAttributeValues: { ":open": { S: "OPEN" } },
      }),
    );
    expect(Count).toBe(2);
  });
});

/** Two ids whose hashes begin alike, as dynalite makes them. */
function alike(): readonly [string, string] {
  const seen = new Map<string, string>();
  for (let n = 0; ; n++) {
    const id = `letter-${n}`;
    const hash = createHash("md5").update("Outliers").update(id).digest("hex").slice(0, 6);
    const other = seen.get(hash);
    if (other !== undefined) return [other, id];
    seen.set(hash, id);
  }
}
