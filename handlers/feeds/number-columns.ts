import type { MappingSettings, Source, SourceSettings } from "#feeds/feed.ts";
import { arithmeticSettings } from "#feeds/arithmetic.ts";
import { columnsOf } from "#feeds/field-sources.ts";
import { productKind, type Field, type TypeName } from "#kinds/kind.ts";

/** Columns whose text is read as a number. */
export interface NumberColumns {
  readonly columns: readonly string[];
  readonly sign: "." | ",";
  readonly isMoney: boolean;
}

const numberTypes: ReadonlySet<TypeName> = new Set<TypeName>(["money", "weight", "measure", "decimal"]);

/** The columns that a mapping reads as numbers: those of its fields by their types, of attributes by theirs, and of prices. */
export function numbersOf(mapping: MappingSettings): NumberColumns[] {
  return ofFields(mapping, productKind.fields);
}

function ofFields(settings: Readonly<Record<string, unknown>>, fields: ReadonlyMap<string, Field>): NumberColumns[] {
  return Object.entries(settings).flatMap(([name, own]) => {
    const field = fields.get(name);
    if (field === undefined || own === undefined) return [];
    if (field.type === "prices") return (own as SourceSettings[]).map((price) => ofSource(price, true));
    if (field.type === "attributes") return ofAttributes(own);
    if (field.fields) return ofFields(own as Readonly<Record<string, unknown>>, field.fields);
    return numberTypes.has(field.type) ? [ofSource(own as Source, field.type === "money")] : [];
  });
}

function ofAttributes(settings: unknown): NumberColumns[] {
  return [settings].flat().flatMap((named) =>
    Object.values(named as Record<string, Source & { type?: TypeName }>)
      .filter((source) => typeof source === "object" && source.type !== undefined && numberTypes.has(source.type))
      .map((source) => ofSource(source, false)),
  );
}

function ofSource(source: Source, isMoney: boolean): NumberColumns {
  if (typeof source === "string") return { columns: [source], sign: ".", isMoney };
  const operands = arithmeticSettings.flatMap((name) => {
    const operand = name === "round" ? undefined : source[name];
    return typeof operand === "object" ? [operand.from] : [];
  });
  const columns = [source.from, source.firstOf].flatMap(columnsOf);
  return { columns: [...columns, ...operands], sign: source.decimal ?? ".", isMoney };
}
