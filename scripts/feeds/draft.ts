import type { CleansingStep, ColumnSettings, DialectSettings, RowsSettings, ValidatorSettings } from "#feeds/feed.ts";
import { fieldColumns } from "./field-columns.ts";

/** Where a field comes from, as a feed says it. */
export type Setting = string | { readonly [setting: string]: unknown };

/** A feed's file in the making. The schema of feeds is its judge. */
export interface DraftFeed {
  $schema?: string;
  description?: string;
  catalog: string;
  dialect?: DialectSettings;
  rows?: RowsSettings;
  key: Setting;
  columns: Record<string, ColumnSettings>;
  mapping: Record<string, unknown>;
  validators?: ValidatorSettings;
  [setting: string]: unknown;
}

/** A feed in the making, with what is not sure of it. */
export class Draft {
  readonly feed: DraftFeed;
  readonly #doubts: string[] = [];

  constructor(feed: DraftFeed) {
    this.feed = feed;
  }

  get doubts(): readonly string[] {
    return this.#doubts;
  }

  doubt(...sentences: readonly string[]): void {
    for (const sentence of sentences) if (!this.#doubts.includes(sentence)) this.#doubts.push(sentence);
  }

  /** Declares a column, or adds to what is declared of it. */
  column(name: string, cleanse: readonly CleansingStep[] = [], required = false): void {
    this.feed.columns[name] = {
      ...this.feed.columns[name],
      ...(required && { required }),
      ...(cleanse.length > 0 && { cleanse: [...cleanse] }),
    };
  }

  map(field: string, source: unknown): void {
    this.feed.mapping[field] = source;
  }

  /** Settings of a field that has several: variants, translations. */
  part(field: string, name: string, source: unknown): void {
    const known = (this.feed.mapping[field] ?? {}) as Record<string, unknown>;
    this.feed.mapping[field] = { ...known, [name]: source };
  }

  attribute(name: string, source: Setting): void {
    // A name that no attribute can have.
    if (name === "__proto__" || name.trim() === "") return;
    const { mapping } = this.feed;
    const known = mapping["attributes"] ?? {};
    const [own = {}, ...many] = Array.isArray(known) ? (known as Record<string, unknown>[]) : [known];
    const named = { ...own, [name]: source };
    mapping["attributes"] = many.length > 0 ? [named, ...many] : named;
  }

  /** Attributes that are named in the file. */
  attributes(many: Setting): void {
    const { mapping } = this.feed;
    const known = mapping["attributes"] ?? {};
    mapping["attributes"] = [...(Array.isArray(known) ? (known as unknown[]) : [known]), many];
  }

  /** Takes a column for nothing but an attribute of its text; the fields that it fills. */
  demote(column: string): string[] {
    const { mapping, columns, rows } = this.feed;
    const fields = fieldColumns(this.feed).filter(
      ({ field, columns: read }) => field !== "sku" && read.includes(column),
    );
    const variants = mapping["variants"] as Record<string, unknown> | undefined;
    for (const { field } of fields) {
      const [head = "", ...rest] = field.split(".");
      const within = rest.length > 0 ? [mapping[head]].flat() : [mapping];
      const name = rest.length > 0 ? rest.join(".") : head;
      for (const settings of within as Record<string, unknown>[]) Reflect.deleteProperty(settings, name);
    }
    if (variants && variants["sku"] === undefined) delete mapping["variants"];
    const { cleanse: _cleansing, ...rest } = columns[column] ?? {};
    columns[column] = rest;
    if (column !== this.feed.key && column !== rows?.group) this.attribute(column, column);
    return fields.map(({ field }) => field);
  }
}
