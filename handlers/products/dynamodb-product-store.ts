import {
  ConditionalCheckFailedException,
  GetItemCommand,
  UpdateItemCommand,
  type AttributeValue,
  type DynamoDBClient,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { getAll, isTooLarge } from "#aws/dynamodb.ts";
import type { StoredOutcome } from "#records/line.ts";
import type { Product } from "#products/product.ts";
import { ProductRefused, type ProductStore, type ProductWrite, type StoredState } from "#products/product-store.ts";

type Item = Record<string, AttributeValue>;

// DynamoDB's item limit is 400 KB; the rest is room for the attributes beside the product.
const largestProduct = 390 * 1024;

/**
 * Products in DynamoDB, one item a product, one conditional write a record. `previousHash` is what makes one write enough:
 * the expression reads the item as it was before the update, so the item remembers what its last write made of it.
 */
export function dynamodbProductStore(client: DynamoDBClient, table: string): ProductStore {
  return {
    async upsert(write) {
      const key = productKey(write.catalog, write.sku);
      try {
        const answer = await client.send(
          new UpdateItemCommand({ TableName: table, Key: key, ...replaceIfNewer(write) }),
        );
        return { outcome: write.product ? outcomeOf(answer.Attributes ?? {}) : "removed" };
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) {
          // Not every server returns the blocking item with the refusal; then it is read.
          const stored =
            error.Item ??
            (await client.send(new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }))).Item;
          const version = stored?.sourceVersion?.S ?? "";
          if (version === write.sourceVersion) return { outcome: outcomeOf(stored!) };
          if (version < write.sourceVersion) return { outcome: "moved" };
          return { outcome: "superseded", ...(stored?.importId?.S && { supersededBy: stored.importId.S }) };
        }
        if (isTooLarge(error)) {
          throw new ProductRefused(tooLarge, { cause: error });
        }
        throw error;
      }
    },

    refusal: refusalOf,

    async read(catalog, skus, latest) {
      const keys = [...new Set(skus)].map((sku) => productKey(catalog, sku));
      const items = await getAll(client, table, keys, latest === "latest");
      return new Map(items.map((item) => [item["sku"]!.S!, stateOf(item)]));
    },
  };
}

type Update = Omit<ConstructorParameters<typeof UpdateItemCommand>[0], "TableName" | "Key">;

function replaceIfNewer(write: ProductWrite): Update {
  const body = write.product && bodyOf(write.product);
  const set = {
    contentHash: body && { S: write.contentHash },
    sourceVersion: { S: write.sourceVersion },
    body: body && { M: body },
    catalog: { S: write.catalog },
    sku: { S: write.sku },
    importId: { S: write.importId },
    record: { N: String(write.record) },
    line: write.line === undefined ? undefined : { N: String(write.line) },
  };
  const given = Object.entries(set).filter(([, value]) => value !== undefined);
  const gone = Object.entries(set).filter(([, value]) => value === undefined);
  return {
    UpdateExpression:
      `SET previousHash = if_not_exists(#contentHash, :none), ${given.map(([name]) => `#${name} = :${name}`).join(", ")}` +
      (gone.length > 0 ? ` REMOVE ${gone.map(([name]) => `#${name}`).join(", ")}` : ""),
    ConditionExpression:
      write.over === undefined
        ? "attribute_not_exists(#sourceVersion)"
        : "#sourceVersion = :over AND #sourceVersion < :sourceVersion",
    // Some are reserved words of DynamoDB.
    ExpressionAttributeNames: Object.fromEntries(Object.keys(set).map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: {
      ":none": { S: "" },
      ...Object.fromEntries(given.map(([name, value]) => [`:${name}`, value!])),
      ...(write.over !== undefined && { ":over": { S: write.over } }),
    },
    ReturnValues: "UPDATED_NEW",
    ReturnValuesOnConditionCheckFailure: "ALL_OLD",
  };
}

function bodyOf(product: Product): Record<string, AttributeValue> {
  const body = marshall(product, {
    removeUndefinedValues: true,
    // An attribute may be called "constructor", which makes a plain object look like an instance of some class.
    convertClassInstanceToMap: true,
  });
  const why = refusalOf(product);
  if (why !== undefined) throw new ProductRefused(why);
  return body;
}

const tooLarge = "The product is larger than the 400 KB that the catalogue can store.";

function refusalOf(product: Product): string | undefined {
  const text = JSON.stringify(product);
  // A character has three bytes at most: of nearly all nothing need be counted.
  return text.length * 3 > largestProduct && Buffer.byteLength(text) > largestProduct ? tooLarge : undefined;
}

function stateOf(item: Item): StoredState {
  const { sourceVersion, body, contentHash, importId } = item;
  return {
    sourceVersion: sourceVersion!.S!,
    product: body?.M && (unmarshall(body.M) as Product),
    contentHash: contentHash?.S ?? "",
    importId: importId!.S!,
    outcome: outcomeOf(item),
  };
}

/** The key of a product's item. */
export function productKey(catalog: string, sku: string): Item {
  return { product: { S: `${catalog}#${sku}` } };
}

/** What the last write of a product made of it. */
export function outcomeOf(item: Item): StoredOutcome {
  if (item.contentHash === undefined) return "removed";
  if (!item.previousHash?.S) return "created";
  return item.previousHash.S === item.contentHash.S ? "unchanged" : "updated";
}
