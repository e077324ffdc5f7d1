import type { AttributesSettings } from "#feeds/feed.ts";
import { attributes } from "#feeds/fields/attributes.ts";
import type { MappingContext } from "#feeds/mapping-context.ts";
import { asText, type Read, type SourceUse } from "#feeds/source.ts";

/** What tells a variant from the others, by the name of the option: attributes that are texts. */
export function options(
  settings: AttributesSettings,
  use: SourceUse,
  context: MappingContext,
): Read<Record<string, string>> {
  const read = attributes(settings, { ...use, pairsItems: true }, context);
  return (cells, notes) => {
    const found = Object.entries(read(cells, notes) ?? {}).flatMap(([name, value]): [string, string][] => {
      const text = asText(value);
      return text === undefined || text.trim() === "" ? [] : [[name, text.trim()]];
    });
    return found.length > 0 ? Object.fromEntries(found) : undefined;
  };
}
