import type { Construct } from "constructs";
import type { Config } from "./config.ts";
import type { DataKey } from "./data-key.ts";
import type { Naming } from "./naming.ts";
import { StorageBucket } from "./storage-bucket.ts";

/** The buckets of the product import. */
export interface ImportBuckets {
  /** What upstream dropped. */
  readonly inbox: StorageBucket;
  /** Manifests, stage outputs, map results. */
  readonly work: StorageBucket;
  /** Originals, normalised copies and reports, kept for years. */
  readonly archive: StorageBucket;
}

/** Makes the buckets; `naming` gives a bucket its name, which no other account may have. */
export function importBuckets(
  scope: Construct,
  config: Config,
  naming: Naming,
  key: DataKey,
  protect: boolean,
): ImportBuckets {
  return {
    inbox: new StorageBucket(scope, "inbox", {
      name: naming("inbox"),
      expireDays: config.inboxDays,
      // The next file of the same name must not take its forerunner along before that is imported.
      keepOldVersionsDays: config.inboxDays,
      announce: true,
      key,
      protect,
    }),
    work: new StorageBucket(scope, "work", {
      name: naming("work"),
      expireDays: config.workDays,
      keepOldVersionsDays: 1,
      key,
      protect,
    }),
    archive: new StorageBucket(scope, "archive", {
      name: naming("archive"),
      expireDays: config.archiveDays,
      keepOldVersionsDays: 90,
      coldDays: config.archiveColdDays,
      // What products were before imports replaced them.
      sooner: { "undo/": config.undoDays },
      key,
      protect,
    }),
  };
}
