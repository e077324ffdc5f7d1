/** What holds for a catalog whichever feed fills it. */
export interface Catalog {
  /** The locale of the fields themselves; texts of others are translations. */
  readonly locale?: string;
  /** ISO 4217: the currency of amounts for which nothing else says one. */
  readonly currency?: string;
}
