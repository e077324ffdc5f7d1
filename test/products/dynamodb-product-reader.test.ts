import { expect, it } from "vitest";
import { dynamodbProductReader } from "#products/dynamodb-product-reader.ts";
import { dynamodbProductStore } from "#products/dynamodb-product-store.ts";
import { dynamodbServer } from "../support/dynamodb-server.ts";
import { overStored, writeOf } from "./product-store-contract.ts";

const server = dynamodbServer({
  TableName: "products",
  KeySchema: [{ AttributeName: "product", KeyType: "HASH" }],
  AttributeDefinitions: [{ AttributeName: "product", AttributeType: "S" }],
});
const store = () => dynamodbProductStore(server.client, "products");
const reader = () => dynamodbProductReader(server.client, "products");

async function keysOf(catalog: string, since?: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { product } of reader().ofCatalog(catalog, since)) keys.push(product.sku);
  return keys.sort();
}

it("gives a product with what its last write was", async () => {
  await overStored(store(), { ...writeOf(1, "Hat", "last", 7), line: 9 });
  const first = { product: { sku: "last", name: "Hat" }, importId: "import-1", record: 7, line: 9, outcome: "created" };
  expect(await reader().get("test", "last")).toMatchObject(first);
  await overStored(store(), writeOf(2, "Cap", "last"));
  const second = await reader().get("test", "last");
  expect(second).toMatchObject({ product: { name: "Cap" }, importId: "import-2", record: 1, outcome: "updated" });
  // A write that knows no line leaves none of an older record's.
  expect(second).not.toHaveProperty("line");
  expect(await reader().get("other", "last")).toBeUndefined();
});

it("lists a catalog's products, all pages of the table, and those from a time on", async () => {
  const large = "x".repeat(300_000);
  for (const [index, catalog] of ["shop", "other", "shop", "shop", "other"].entries()) {
    await overStored(store(), { ...writeOf(index + 1, large, `L${index}`), catalog });
  }
  expect(await keysOf("shop")).toEqual(["L0", "L2", "L3"]);
  expect(await keysOf("shop", "2026-01-01T00:00:03.000Z")).toEqual(["L2", "L3"]);
  expect(await keysOf("nobody")).toEqual([]);
});

it("misses what was taken away", async () => {
  const first = writeOf(1, "Hat", "gone");
  await overStored(store(), { ...first, catalog: "emptied" });
  const gone = { ...first, catalog: "emptied", product: undefined, sourceVersion: `${first.sourceVersion}/undone` };
  await overStored(store(), gone);
  expect(await reader().get("emptied", "gone")).toBeUndefined();
  expect(await keysOf("emptied")).toEqual([]);
});
