import { arithmeticSettings, compileArithmetic } from "#feeds/arithmetic.ts";
import { badCell } from "#feeds/bad-cell.ts";
import { settingsOf, type CompileField } from "#feeds/fields/field.ts";
import { text, textual } from "#feeds/fields/text.ts";
import type { SourceSettings } from "#feeds/feed.ts";
import type { MappingContext } from "#feeds/mapping-context.ts";
import { asText, type Cells, type Read, type SourceUse } from "#feeds/source.ts";
import { isGroupedOnce, readDecimal } from "#products/decimal.ts";
import type { Notes } from "#records/notes.ts";

/** Settings of all that is a number. */
export const numberSettings = ["decimal", ...arithmeticSettings] as const satisfies (keyof SourceSettings)[];

/** What a number is made of. */
export interface NumberSource {
  readonly read: Read<string>;
  /** The column by which errors call it. */
  readonly column: string;
}

export function numberSource(settings: SourceSettings, use: SourceUse, context: MappingContext): NumberSource {
  const made = context.compiler.compile(settings, use);
  context.compiler.needText(made, `${use.path}/from`);
  if (made.column !== undefined) context.columnOf.set(use.field, made.column);
  return {
    read: (cells, notes) => asText(made.read(cells, notes)),
    column: made.column ?? use.field,
  };
}

/** Tells of a number that could be read two ways. */
export function tellGrouped(column: string, value: string, decimal: "." | ",", became: string, notes: Notes): void {
  if (isGroupedOnce(value, decimal)) notes.warn({ code: "NUMBER_GROUPED", column, value, became });
}

/** A whole or decimal number. Where nothing is said of how it is written, it is text that the schema judges. */
export const number: CompileField<string> = (source, use, context) => {
  const settings = settingsOf(source, numberSettings, use, context);
  if (!numberSettings.some((name) => settings[name] !== undefined)) return text(source, use, context);
  textual(source, use, context);
  return decimalNumber(settings, use, context);
};

/** A decimal number, which may be negative. */
export const decimal: CompileField<string> = (source, use, context) =>
  decimalNumber(settingsOf(source, numberSettings, use, context), use, context);

function decimalNumber(settings: SourceSettings, use: SourceUse, context: MappingContext): Read<string> {
  const { read, column } = numberSource(settings, use, context);
  const compute = compileArithmetic(settings, context.compiler, use);
  const { decimal: sign = "." } = settings;
  return (cells: Cells, notes: Notes) => {
    const found = read(cells, notes);
    if (found === undefined) return undefined;
    const negative = found.startsWith("-");
    const size = readDecimal(negative ? found.slice(1) : found, sign);
    if (size === undefined) {
      notes.errors.push(badCell("BAD_NUMBER", column, found, `which is not a number: write it like 1234${sign}5.`));
      return undefined;
    }
    const value = negative ? `-${size}` : size;
    if (value !== found) tellGrouped(column, found, sign, value, notes);
    return compute === undefined ? value : compute(value, cells, notes);
  };
}
