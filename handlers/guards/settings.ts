/** What a feed lets an import do unseen; see `schemas/feed.schema.json`. Shares are in percent. */
export interface GuardSettings {
  /** A file of fewer records trips no guard. */
  readonly minRecords: number;
  /** Of the records: those that fail by what is in them. */
  readonly failed: number;
  /** Of the products that are stored already: those whose price changes by more than `priceFactor`, up or down. */
  readonly repriced: number;
  readonly priceFactor: number;
  /** Of the products that are stored already: those that lose a field. */
  readonly losing: number;
  /** Of the records: those that create a product, in a feed whose last imports hardly created any. */
  readonly created: number;
  /** Records, of as many as the feed's last imports usually had. */
  readonly fewer: number;
}

/** The guards, in the order in which they are told. */
export const guards = ["failed", "repriced", "losing", "created", "fewer"] as const;
export type Guard = (typeof guards)[number];

/** What holds for a feed that says nothing else: a merchant wants to see a file first that does more than this. */
export const usualGuards: GuardSettings = {
  minRecords: 20,
  failed: 20,
  repriced: 20,
  priceFactor: 2,
  losing: 20,
  created: 50,
  fewer: 50,
};
