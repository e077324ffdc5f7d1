import type { AttributeSource, CleansingStep, FeedFile, MappingSettings } from "#feeds/feed.ts";
import { isMany } from "#feeds/field-sources.ts";
import { fieldColumns } from "./field-columns.ts";

/** A feed in the making, with what is not sure of it. */
export class Draft {
  readonly feed: FeedFile & { $schema?: string };
  readonly #doubts: string[] = [];

  constructor(feed: FeedFile & { $schema?: string }) {
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
    const known = this.feed.columns[name] ?? {};
    this.feed.columns[name] = {
      ...known,
      ...(required && { required }),
      ...(cleanse.length > 0 && { cleanse: [...cleanse] }),
    };
  }

  map<F extends keyof MappingSettings>(field: F, source: NonNullable<MappingSettings[F]>): void {
    this.feed.mapping[field] = source;
  }

  attribute(name: string, source: AttributeSource): void {
    const attributes = this.#attributes();
    // A name that no attribute can have.
    if (name !== "__proto__") attributes[name] = source;
  }

  /** Takes a column for nothing but an attribute of its text; the fields that it fills. */
  demote(column: string): string[] {
    const { mapping, columns } = this.feed;
    const fields = fieldColumns(this.feed).filter(
      ({ field, columns: read }) => field !== "sku" && read.includes(column),
    );
    for (const { field } of fields) {
      const attribute = field.startsWith("attributes.") ? field.slice("attributes.".length) : undefined;

      // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- an attribute of the mapping
      if (attribute !== undefined) delete this.#attributes()[attribute];
      // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- a field of the mapping
      else delete mapping[field as keyof MappingSettings];
    }
    const { cleanse: _cleansing, ...rest } = columns[column] ?? {};
    columns[column] = rest;
    if (column !== this.feed.key) this.attribute(column, column);
    return fields.map(({ field }) => field);
  }

  /** The attributes that have a source each: those of the mapping, or the first such entry of it. */
  #attributes(): Record<string, AttributeSource> {
    const { mapping } = this.feed;
    mapping.attributes ??= {};
    if (!Array.isArray(mapping.attributes)) return mapping.attributes;
    const named = mapping.attributes.find((entry): entry is Record<string, AttributeSource> => !isMany(entry));
    if (named) return named;
    const own: Record<string, AttributeSource> = {};
    mapping.attributes.unshift(own);
    return own;
  }
}
