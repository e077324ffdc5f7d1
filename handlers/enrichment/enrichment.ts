import { findColumn, type Column } from "#feeds/columns.ts";
import type { EnrichmentSettings } from "#feeds/feed.ts";
import { pointer, type NoteFault } from "#feeds/invalid-feed.ts";

/** How a feed looks up the values of one of its columns at an HTTP service; see schemas/feed.schema.json for its contract. */
export interface Enrichment {
  readonly url: EnrichmentSettings["url"];
  /** The column whose values are looked up. */
  readonly column: string;
  readonly index: number;
  /** Which field of the answer goes into which cell. */
  readonly into: readonly { readonly field: string; readonly index: number }[];
  /** Values a request. */
  readonly batch: number;
  /** Requests at once. */
  readonly concurrency: number;
  /** Limit of each request. */
  readonly timeoutMs: number;
}

/** Compiles a feed's enrichment: columns to places among the cells, defaults filled in. */
export function compileEnrichment(
  settings: EnrichmentSettings,
  columns: ReadonlyMap<string, Column>,
  fault: NoteFault,
): Enrichment {
  const path = pointer("enrichment", "column");
  const column = findColumn(columns, settings.column, path, fault);
  if (column && (column.virtual || column.holds !== "text")) {
    fault(path, `the column "${column.name}" does not hold text of the file`);
  }
  const { url, batch = 100, concurrency = 4, timeoutMs = 5000 } = settings;
  if (typeof url === "string" && !URL.canParse(url)) fault(pointer("enrichment", "url"), `"${url}" is not a URL`);
  return {
    url,
    column: settings.column,
    index: column?.index ?? -1,
    into: Object.entries(settings.into).map(([name, field]) => ({ field, index: columns.get(name)?.index ?? -1 })),
    batch,
    concurrency,
    timeoutMs,
  };
}
