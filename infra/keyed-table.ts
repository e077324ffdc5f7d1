import { DynamodbTable, type DynamodbTableConfig } from "@cdktf/provider-aws/lib/dynamodb-table/index.js";
import { Construct } from "constructs";
import type { DataKey } from "./data-key.ts";
import type { ConfigurableGrantee, Grantee } from "./policy.ts";

/** Names of the attributes that make a key; all keys are texts. */
export interface Key {
  readonly partition: string;
  readonly sort?: string;
}

/** Units a second: 0 where nothing is said, -1 to take away what stands. */
export interface Ceiling {
  readonly readUnits: number;
  readonly writeUnits: number;
}

export interface KeyedTableProps {
  readonly name: string;
  readonly key: Key;
  /** Global secondary indexes by name; each holds whole items. */
  readonly indexes?: Readonly<Record<string, Required<Key>>>;
  /** Attribute with the epoch second at which an item may go. */
  readonly expiresAt?: string;
  /** What it serves a second at most. */
  readonly ceiling: Ceiling;
  /** Encrypts the table. */
  readonly dataKey: DataKey;
  /** Refuses to be deleted. */
  readonly protect: boolean;
}

/** A table billed by request, encrypted, that can be restored to any second of the last 35 days. */
export class KeyedTable extends Construct {
  readonly name: string;
  readonly arn: string;
  readonly indexes: readonly string[];
  readonly #dataKey: DataKey;

  constructor(scope: Construct, id: string, props: KeyedTableProps) {
    super(scope, id);
    const indexes = Object.entries(props.indexes ?? {});
    const keys = [props.key, ...indexes.map(([, key]) => key)];
    const attributes = new Set(keys.flatMap(({ partition, sort }) => (sort ? [partition, sort] : [partition])));
    const table = new DynamodbTable(this, "table", {
      name: props.name,
      billingMode: "PAY_PER_REQUEST",
      hashKey: props.key.partition,
      ...(props.key.sort && { rangeKey: props.key.sort }),
      attribute: [...attributes].map((name) => ({ name, type: "S" })),
      globalSecondaryIndex: indexes.map(([name, { partition, sort }]) => ({
        name,
        hashKey: partition,
        rangeKey: sort,
        projectionType: "ALL",
      })),
      ...(props.expiresAt && { ttl: { attributeName: props.expiresAt, enabled: true } }),
      ...onDemandThroughput(props.ceiling),
      pointInTimeRecovery: { enabled: true },
      serverSideEncryption: { enabled: true, kmsKeyArn: props.dataKey.arn },
      deletionProtectionEnabled: props.protect,
      lifecycle: { preventDestroy: props.protect },
    });
    this.name = table.name;
    this.arn = table.arn;
    this.#dataKey = props.dataKey;
    this.indexes = indexes.map(([name]) => name);
  }

  /** Lets `who` call the actions on the table's items, and tells it the table's name. */
  grant(who: ConfigurableGrantee, variable: string, ...actions: ItemAction[]): void {
    who.setVariable(variable, this.name);
    this.allow(who, ...actions);
  }

  /** Lets `who` call the actions on the table's items; for one that knows the table by other means. */
  allow(who: Grantee, ...actions: ItemAction[]): void {
    who.allow({ actions: actions.map((action) => `dynamodb:${action}`), resources: [this.arn] });
    this.#dataKey.allowTables(who);
  }

  /** Lets `who` query the indexes, and tells it the table's name. Throws where the table has no such index. */
  grantIndexes(who: ConfigurableGrantee, variable: string, ...indexes: string[]): void {
    who.setVariable(variable, this.name);
    this.allowIndexes(who, ...indexes);
  }

  /** Lets `who` query the indexes; for one that knows the table by other means. Throws where the table has no such index. */
  allowIndexes(who: Grantee, ...indexes: string[]): void {
    const stranger = indexes.find((index) => !this.indexes.includes(index));
    if (stranger) throw new Error(`${this.node.path} has no index ${stranger}, but ${this.indexes.join(", ")}.`);
    who.allow({ actions: ["dynamodb:Query"], resources: indexes.map((index) => `${this.arn}/index/${index}`) });
    this.#dataKey.allowTables(who);
  }
}

/** The provider leaves a ceiling as it stands where nothing is said of it; -1 is DynamoDB's word for none. */
function onDemandThroughput({ readUnits, writeUnits }: Ceiling): Pick<DynamodbTableConfig, "onDemandThroughput"> {
  if (readUnits === 0 && writeUnits === 0) return {};
  return {
    onDemandThroughput: {
      ...(readUnits !== 0 && { maxReadRequestUnits: readUnits }),
      ...(writeUnits !== 0 && { maxWriteRequestUnits: writeUnits }),
    },
  };
}

/** Actions on items that this project calls. */
export type ItemAction = "GetItem" | "BatchGetItem" | "PutItem" | "UpdateItem" | "Query" | "Scan";
