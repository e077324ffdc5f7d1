import { compileCleansing, type Cleanse, type Holds } from "#feeds/cleansing.ts";
import type { FeedFile } from "#feeds/feed.ts";
import { columnPattern, type ColumnPattern } from "#feeds/column-pattern.ts";
import { neededColumns } from "#feeds/field-sources.ts";
import { pointer, type NoteFault } from "#feeds/invalid-feed.ts";
import { bookkeepingColumns } from "#imports/bookkeeping.ts";

/** A column that a feed declares, or that its enrichment adds. */
export interface Column {
  readonly name: string;
  /** Its place among the cells of a restructured line. */
  readonly index: number;
  readonly required: boolean;
  /** Whether the enrichment fills it, so that no file has it. */
  readonly virtual: boolean;
  readonly cleanse: Cleanse | undefined;
  /** What its cells can be; those of an enrichment can be anything. */
  readonly holds: Holds | "any";
  /** Where its name is one that several columns of a file may have. */
  readonly pattern?: ColumnPattern | undefined;
}

/** Compiles the columns of a feed: the declared ones in their order, then those that the enrichment adds. */
export function compileColumns(file: FeedFile, fault: NoteFault): Column[] {
  const columns: Column[] = [];
  const needed = new Set(neededColumns(file.key));
  for (const [name, settings] of Object.entries(file.columns)) {
    if ((bookkeepingColumns as readonly string[]).includes(name)) {
      fault(pointer("columns", name), "the name belongs to the failed-records CSV");
    }
    if (name !== name.trim() || name === "")
      fault(pointer("columns", name), "white space around a column's name is ignored: leave it out");
    checkAliases(file, name, fault);
    const pattern = columnPattern(name);
    if (pattern && settings.aliases)
      fault(pointer("columns", name, "aliases"), "a column by pattern has no other names: declare another pattern");
    const { cleanse, holds } = compileCleansing(name, settings, fault);
    const required = settings.required === true || needed.has(name);
    columns.push({
      name,
      index: columns.length,
      required,
      virtual: false,
      cleanse,
      holds,
      ...(pattern && { pattern }),
    });
  }
  for (const name of Object.keys(file.enrichment?.into ?? {})) {
    if (Object.hasOwn(file.columns, name))
      fault(pointer("enrichment", "into", name), `the column "${name}" is declared already`);
    columns.push({ name, index: columns.length, required: false, virtual: true, cleanse: undefined, holds: "any" });
  }
  return columns;
}

/** Finds a column by name; an unknown name is a fault at the path, and undefined. */
export function findColumn(
  columns: ReadonlyMap<string, Column>,
  name: string,
  path: string,
  fault: NoteFault,
): Column | undefined {
  const column = columns.get(name);
  if (!column) fault(path, `no column "${name}" is declared`);
  return column;
}

/** An alias must lead to one column. */
function checkAliases({ columns }: FeedFile, name: string, fault: NoteFault): void {
  for (const [index, alias] of (columns[name]?.aliases ?? []).entries()) {
    const path = pointer("columns", name, "aliases", index);
    if (alias !== alias.trim()) fault(path, "white space around a column's name is ignored: leave it out");
    if ((bookkeepingColumns as readonly string[]).includes(alias))
      fault(path, "the name belongs to the failed-records CSV");
    for (const [other, { aliases = [] }] of Object.entries(columns)) {
      if (other === alias)
        fault(path, other === name ? "the column has this name already" : `the column "${other}" has this name`);
      else if (other < name && aliases.includes(alias)) fault(path, `the column "${other}" has this alias as well`);
    }
  }
}
