import type { MappingContext } from "#feeds/mapping-context.ts";
import type { Source, SourceSettings } from "#feeds/feed.ts";
import { sourceSettings, type Read, type SourceUse } from "#feeds/source.ts";

/** Compiles what a feed says of a field of one type. */
export type CompileField<T> = (source: Source, use: SourceUse, context: MappingContext) => Read<T>;

/** The settings of a source, which may be a column's name; checked to be those of every source and of its type. */
export function settingsOf(
  source: Source,
  own: readonly (keyof SourceSettings)[],
  use: SourceUse,
  { compiler }: MappingContext,
): SourceSettings {
  if (typeof source === "string") return { from: source };
  compiler.checkKnown(source, [...sourceSettings, ...own], use);
  return source;
}

/** The path of what a source is made of, for faults: a name stands at the source's own path. */
export function fromPath(source: Source, { path }: SourceUse): string {
  return typeof source === "string" ? path : `${path}/from`;
}
