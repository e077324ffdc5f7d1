import { GetItemCommand, ScanCommand, type AttributeValue, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { outcomeOf, productKey } from "#products/dynamodb-product-store.ts";
import type { ProductReader, StoredProduct } from "#products/product-reader.ts";
import type { Product } from "#products/product.ts";

type Item = Record<string, AttributeValue>;

/**
 * Reads products in DynamoDB. A list of a catalog reads the whole table: an index by catalog would have one partition that takes
 * every write of an import, and would hold all of them up for what a person asks now and then.
 */
export function dynamodbProductReader(client: DynamoDBClient, table: string): ProductReader {
  return {
    async get(catalog, key) {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: table, Key: productKey(catalog, key), ConsistentRead: true }),
      );
      return Item?.["body"] ? stored(Item) : undefined;
    },

    async *ofCatalog(catalog, since = "") {
      let from: Item | undefined;
      do {
        const page = await client.send(
          new ScanCommand({
            TableName: table,
            FilterExpression: "#catalog = :catalog AND sourceVersion >= :since AND attribute_exists(body)",
            ExpressionAttributeNames: { "#catalog": "catalog" },
            ExpressionAttributeValues: marshall({ ":catalog": catalog, ":since": since || "0" }),
            ...(from && { ExclusiveStartKey: from }),
          }),
        );
        for (const item of page.Items ?? []) yield stored(item);
        from = page.LastEvaluatedKey;
      } while (from);
    },
  };
}

function stored(item: Item): StoredProduct {
  const { catalog, body, sourceVersion, importId, record, line } = unmarshall(item) as {
    readonly body: Product;
  } & Omit<StoredProduct, "product" | "outcome">;
  const place = { importId, record, ...(line !== undefined && { line }) };
  return { catalog, product: body, sourceVersion, ...place, outcome: outcomeOf(item) };
}
