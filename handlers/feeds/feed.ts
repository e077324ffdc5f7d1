import type { Delimiter } from "#imports/flow.ts";

/**
 * A feed as `schemas/feeds/<feed>.json` declares it. `schemas/feed.schema.json` is its authority, describes every setting,
 * and checks it when it is loaded.
 */
export interface FeedFile {
  description?: string;
  catalog: string;
  dialect?: DialectSettings;
  /** Column that holds the product key. */
  key: string;
  /** What becomes of records of one file that have the same key. */
  duplicates?: "last" | "fail";
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
  recordsAreGroups?: boolean;
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

/** How columns become product fields; the sku always comes from the key column. */
export interface MappingSettings {
  name?: TextSource;
  description?: TextSource;
  shortDescription?: TextSource;
  brand?: TextSource;
  categories?: CategoriesSource;
  price?: MoneySource;
  specialPrice?: MoneySource;
  specialPriceFrom?: TextSource;
  specialPriceTo?: TextSource;
  stock?: TextSource;
  attributes?: Record<string, TextSource>;
  images?: ImagesSource;
  barcode?: TextSource;
  weight?: WeightSource;
  status?: TextSource;
  parentSku?: TextSource;
}

/** A column's name, or what is made of one or several columns. */
export type TextSource =
  | string
  | {
      from?: string;
      split?: string;
      part?: number;
      words?: Record<string, string>;
      otherwise?: string;
      join?: string[];
      with?: string;
      constant?: string | boolean;
      else?: "omit";
    };

/** Where any field of a product comes from. */
export type Source = TextSource | MoneySource | CategoriesSource | ImagesSource | WeightSource;

export interface MoneySource {
  from: string;
  currency?: string;
  currencyFrom?: string;
  decimal?: "." | ",";
  else?: "omit";
}

export type CategoriesSource = string | { from: string; levels?: string; paths?: string; else?: "omit" };

export type ImagesSource = string | { from: string | string[]; split?: string; prefix?: string; else?: "omit" };

export interface WeightSource {
  from: string;
  unit?: "g" | "kg" | "oz" | "lb";
  unitFrom?: string;
  decimal?: "." | ",";
  else?: "omit";
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
