import type { GuardSettings } from "#guards/settings.ts";
import type { Delimiter } from "#imports/flow.ts";

/**
 * A feed as `schemas/feeds/<feed>.json` declares it. `schemas/feed.schema.json` is its authority, describes every setting,
 * and checks it when it is loaded.
 */
export interface FeedFile {
  description?: string;
  catalog: string;
  dialect?: DialectSettings;
  /** The column that holds the product key, or what it is made of. */
  key: Source;
  /** How rows make records; each is one where this is not said. */
  rows?: RowsSettings;
  /** What becomes of records of one file that have the same key. */
  duplicates?: "last" | "fail";
  /** What an import may do unseen; "none" lets it do anything. */
  guards?: "none" | Partial<GuardSettings>;
  /** A regular expression that whole keys match. */
  keyPattern?: string;
  /** The columns that matter, by the name in the header. */
  columns: Record<string, ColumnSettings>;
  unknownColumns?: "ignore" | "reject" | "attributes";
  /** Names of columns, with * for any text, that reject a file where they are not declared. */
  reject?: string[];
  /** Rows that are no records: totals, footers. */
  leaveOut?: LeaveOutSettings[];
  mapping: MappingSettings;
  validators?: ValidatorSettings;
  enrichment?: EnrichmentSettings;
  notices?: "always" | "problems" | "never";
  silentAfterHours?: number;
}

/** Consecutive rows with the same value in a column are one record, blank meaning as above; or each record starts with a word there. */
export type RowsSettings = { group: string; starts?: never } | { starts: StartSettings; group?: never };

export interface StartSettings {
  column: string;
  is: string | string[];
}

export interface DialectSettings {
  delimiter?: Delimiter;
  encoding?: string;
  /** Quotes mean nothing. */
  quote?: "none";
  /** Stands before a quote inside quotes. */
  escape?: "\\";
  /** Lines that begin with it are no records. */
  comment?: "#";
  /** The names of the columns, for files without a header. */
  columns?: string[];
}

export interface ColumnSettings {
  description?: string;
  /** A file without this column is rejected. */
  required?: boolean;
  /** Other names by which files may call it. */
  aliases?: string[];
  cleanse?: CleansingStep[];
}

/** A row is left out whose cell, trimmed, is this or matches this regular expression. */
export interface LeaveOutSettings {
  column: string;
  is?: string;
  matches?: string;
}

export type CleansingStep =
  | "trim"
  | "collapseSpaces"
  | "stripHtml"
  | "textMark"
  | "decimalComma"
  | "keepEmpty"
  | { boolean: { yes: string[]; no: string[] } }
  | { list: string }
  | { date: string | string[] };

/** Where the fields of a record come from, by the name of the field; the key always comes from the feed's `key`. */
export interface MappingSettings {
  attributes?: AttributesSettings;
  variants?: VariantsSettings;
  translations?: TranslationsSettings;
  prices?: PriceSettings[];
  [field: string]: Source | AttributesSettings | VariantsSettings | TranslationsSettings | PriceSettings[] | undefined;
}

/** A column's name, or what is made of columns: one origin, then steps in the order of these settings. */
export type Source = string | SourceSettings;

export interface SourceSettings {
  /** Several are for lists and images only. */
  from?: Source | Source[];
  join?: Source[];
  with?: string;
  firstOf?: Source[];
  constant?: string | boolean;
  /** A reference table; `by` finds its row, `give` is the column of the answer. */
  lookup?: string;
  by?: Record<string, Source>;
  give?: string;
  /** In keys only: the record's number, the file's name. */
  of?: "record" | "file";
  /** In a variant: a blank cell is read as in the rows above. */
  inherit?: boolean;
  when?: Condition;
  split?: string;
  part?: number;
  words?: Record<string, string>;
  otherwise?: string;
  default?: string;
  decimal?: "." | ",";
  times?: Operand;
  dividedBy?: Operand;
  plus?: Operand;
  percentOff?: Operand;
  /** Decimals to round to. */
  round?: number;
  currency?: string;
  currencyFrom?: string;
  unit?: string;
  unitFrom?: string;
  prefix?: string;
  levels?: string;
  paths?: string;
  /** A first level that is left out. */
  root?: string;
  else?: "omit";
}

/** The column has one of these words, or none of those; is filled, where neither is said. */
export interface Condition {
  column: string;
  is?: string | string[];
  isNot?: string | string[];
}

/** Decimal text, or the column that has it. */
export type Operand = string | { from: string };

/** What an attribute can be made, beside what its cell is. */
export type AttributeType = "text" | "flag" | "list" | "decimal" | "date" | "measure";

export type AttributeSource = string | (SourceSettings & { type?: AttributeType });

export type AttributesSettings =
  | Record<string, AttributeSource>
  | (Record<string, AttributeSource> | NamedAttributes | ColumnAttributes | PairAttributes)[];

/** Attributes whose names stand in columns of their own. */
export interface NamedAttributes {
  names: string;
  values: string;
  split?: string;
  when?: Condition;
}

/** An attribute for each column that a pattern fits. */
export interface ColumnAttributes {
  columns: string;
  /** Of the pattern's placeholders; the column's whole name where it is not given. */
  named?: string;
  split?: string;
  when?: Condition;
}

/** Attributes in one cell: size=XS,color=Black. */
export interface PairAttributes {
  pairs: Source;
  split: string;
  between: string;
  /** What stands between several items of one value. */
  items?: string;
  when?: Condition;
}

/** Variants by row of a group, or in one cell of the record. */
export type VariantsSettings = RowVariants | PairVariants;

export interface RowVariants {
  when?: Condition;
  options?: AttributesSettings;
  attributes?: AttributesSettings;
  prices?: PriceSettings[];
  [field: string]: Source | AttributesSettings | PriceSettings[] | Condition | undefined;
}

export interface PairVariants {
  pairs: Source;
  /** What stands between variants. */
  each: string;
  split: string;
  between: string;
  /** The pair that holds the key; the others are options. */
  sku: string;
}

export interface TranslationsSettings {
  /** The column that names the locale of a row, where rows hold translations. */
  locale?: string;
  attributes?: AttributesSettings;
  [field: string]: Source | AttributesSettings | undefined;
}

export interface PriceSettings extends Pick<
  SourceSettings,
  | "when"
  | "split"
  | "decimal"
  | "times"
  | "dividedBy"
  | "plus"
  | "percentOff"
  | "round"
  | "currency"
  | "currencyFrom"
  | "inherit"
  | "else"
> {
  from: Source;
  /** How prices in a cell are written: "{channel}-{currency} {price}". */
  form?: string | string[];
  country?: string;
  channel?: string;
  customerGroup?: string;
}

export interface ValidatorSettings {
  prohibited?: { categories?: string[]; keywords?: string[]; skus?: string[] };
  prices?: { currency: string; category?: string; min?: string; max?: string }[];
  /** By the name of the field. */
  range?: Record<string, { min?: string; max?: string }>;
  required?: string[];
  barcode?: boolean;
  images?: { schemes?: string[]; hosts?: string[]; relative?: boolean; extensions?: string[] };
}

export interface EnrichmentSettings {
  url: string | { environment: string };
  column: string;
  into: Record<string, string>;
  batch?: number;
  concurrency?: number;
  timeoutMs?: number;
}
