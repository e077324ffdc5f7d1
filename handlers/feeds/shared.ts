import type { Catalogs } from "#catalogs/load.ts";
import type { References } from "#references/lookup.ts";

/** What feeds share: it lies beside their folder. */
export interface Shared {
  readonly references: References;
  readonly catalogs: Catalogs;
}

/** For feeds that stand alone. */
export const nothingShared: Shared = { references: () => undefined, catalogs: () => ({}) };
