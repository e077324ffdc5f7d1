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
      // Expiry hides a file, and only then do the days of an old version begin (lifecycle-expire-general-considerations of S3's
      // guide): both together are what is configured. Receive and the sweep ask for versions, so they find what is hidden.
      expireDays: config.inboxDays - config.eventDays,
      // A file that the next of its name has overwritten must be found by the sweep, and by its event when that is replayed.
      keepOldVersionsDays: config.eventDays,
      announce: true,
      writers: Object.fromEntries(
        Object.entries(config.upstreamPrincipals).map(([feed, principal]) => [`incoming/${feed}/`, principal]),
      ),
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
      // Nothing of the pipeline overwrites or deletes here but a report that is written anew: a month to notice what people did.
      keepOldVersionsDays: 30,
      coldDays: config.archiveColdDays,
      lockDays: config.archiveLockDays,
      // What products were before imports replaced them.
      sooner: { "undo/": config.undoDays },
      key,
      protect,
    }),
  };
}
