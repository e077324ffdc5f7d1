import type { Delimiter } from "#imports/flow.ts";

/**
 * A feed as `schemas/feeds/<feed>.json` declares it; `schemas/feed.schema.json` is its authority and checks it at build
 * time. The rest of this type is filled in beside it (columns, cleansing, mapping, validators, enrichment).
 */
export interface FeedFile {
  catalog: string;
  dialect?: { delimiter?: Delimiter; encoding?: string };
  /** Column that holds the product key. */
  key: string;
}
