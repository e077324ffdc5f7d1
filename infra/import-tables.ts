import type { Construct } from "constructs";
import type { Config } from "./config.ts";
import type { DataKey } from "./data-key.ts";
import { KeyedTable } from "./keyed-table.ts";
import type { Naming } from "./naming.ts";

/** The tables of the product import. */
export interface ImportTables {
  /** Imports and the ledger of their chunks. */
  readonly imports: KeyedTable;
  /** Dead letters. */
  readonly failures: KeyedTable;
  readonly products: KeyedTable;
}

/** Makes the tables. */
export function importTables(
  scope: Construct,
  config: Config,
  naming: Naming,
  dataKey: DataKey,
  protect: boolean,
): ImportTables {
  const ceiling = { readUnits: config.maxTableReadUnits, writeUnits: config.maxTableWriteUnits };
  const common = { ceiling, dataKey, protect };
  return {
    imports: new KeyedTable(scope, "imports", {
      name: naming("imports"),
      key: { partition: "importId", sort: "entry" },
      indexes: {
        byFeed: { partition: "feed", sort: "startedAt" },
        // Holds only the few that are not finished.
        byRunning: { partition: "running", sort: "startedAt" },
      },
      ...common,
    }),
    failures: new KeyedTable(scope, "failures", {
      name: naming("failures"),
      key: { partition: "chunk", sort: "record" },
      indexes: {
        byStatus: { partition: "feedStatus", sort: "failedAt" },
        byKey: { partition: "catalogKey", sort: "failedAt" },
      },
      expiresAt: "expiresAt",
      ...common,
    }),
    products: new KeyedTable(scope, "products", {
      name: naming("products"),
      key: { partition: "product" },
      ...common,
    }),
  };
}
