import type { Catalog } from "#feeds/catalog-settings.ts";
import type { Column } from "#feeds/columns.ts";
import type { SourceCompiler } from "#feeds/source.ts";

/** What the fields of a feed's mapping are compiled with. */
export interface MappingContext {
  readonly compiler: SourceCompiler;
  readonly columns: ReadonlyMap<string, Column>;
  readonly catalog: Catalog;
  /** The column that errors call a field by; filled while fields are compiled. */
  readonly columnOf: Map<string, string>;
}
