import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { expect, it } from "vitest";
import { dynamodbProductStore } from "#products/dynamodb-product-store.ts";
import { dynamodbServer } from "../support/dynamodb-server.ts";
import { overStored, productStoreContract, writeOf } from "./product-store-contract.ts";

const server = dynamodbServer({
  TableName: "products",
  KeySchema: [{ AttributeName: "product", KeyType: "HASH" }],
  AttributeDefinitions: [{ AttributeName: "product", AttributeType: "S" }],
});
const store = () => dynamodbProductStore(server.client, "products");

productStoreContract("DynamoDB", store);

it("replaces the whole product: a field that the newer one lacks is gone", async () => {
  const older = writeOf(1, "Hat", "whole");
  await overStored(store(), { ...older, product: { ...older.product!, brand: "Arctic" } });
  await overStored(store(), writeOf(2, "Hat", "whole"));
  const { Item } = await server.client.send(
    new GetItemCommand({ TableName: "products", Key: { product: { S: "test#whole" } } }),
  );
  expect(unmarshall(Item!)).toMatchObject({ body: { sku: "whole", name: "Hat" }, importId: "import-2", record: 1 });
  expect(unmarshall(Item!)["body"]).not.toHaveProperty("brand");
});

it("keeps identifiers as text: 0017 and 17 are two products", async () => {
  await overStored(store(), writeOf(1, "Hat", "0017"));
  expect(await overStored(store(), writeOf(2, "Hat", "17"))).toEqual({ outcome: "created" });
});
