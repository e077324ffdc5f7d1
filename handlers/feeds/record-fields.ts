import type { AttributesSettings, PriceSettings, Source } from "#feeds/feed.ts";
import { attributes } from "#feeds/fields/attributes.ts";
import type { CompileField } from "#feeds/fields/field.ts";
import { list, paths, references } from "#feeds/fields/lists.ts";
import { measure, weight } from "#feeds/fields/measure.ts";
import { money, type WrittenMoney } from "#feeds/fields/money.ts";
import { decimal, number } from "#feeds/fields/number.ts";
import { options } from "#feeds/fields/options.ts";
import { prices } from "#feeds/fields/prices.ts";
import { flag } from "#feeds/fields/flag.ts";
import { date, identifier, text } from "#feeds/fields/text.ts";
import { badCell } from "#feeds/bad-cell.ts";
import { pointer } from "#feeds/invalid-feed.ts";
import type { MappingContext } from "#feeds/mapping-context.ts";
import { isOmitted, orOmit } from "#feeds/omitted.ts";
import type { Read, SourceUse } from "#feeds/source.ts";
import type { Field, TypeName } from "#kinds/kind.ts";
import type { Notes } from "#records/notes.ts";

/** How a field of each type is made of a source. */
const ofSource: Partial<Record<TypeName, CompileField<unknown>>> = {
  text,
  label: text,
  word: text,
  date,
  digits: text,
  identifier,
  quantity: number,
  decimal,
  money,
  flag,
  weight,
  measure,
  list,
  paths,
  references,
};

/** How a field of each type is made that has settings of its own. */
const ofSettings: Partial<
  Record<TypeName, (settings: never, use: SourceUse, context: MappingContext) => Read<unknown>>
> = {
  attributes: (settings: AttributesSettings, use, context) => attributes(settings, use, context),
  options: (settings: AttributesSettings, use, context) => options(settings, use, context),
  prices: (settings: PriceSettings[], use, context) => prices(settings, use, context),
};

/** One field of a record, compiled. */
export interface FieldReader {
  readonly name: string;
  readonly type: TypeName;
  readonly read: Read<unknown>;
  /** Whether a value that cannot be kept is left out and told, instead of failing the record. */
  readonly omits: boolean;
  /** The column by which errors call it. */
  readonly column: string | undefined;
}

/** Whether a type is made of a row's cells alone. */
export function isOfRow(type: TypeName): boolean {
  return Object.hasOwn(ofSource, type) || Object.hasOwn(ofSettings, type);
}

/** Compiles what a feed says of the fields of a record; fields of other types are their owner's business. */
export function compileFields(
  fields: ReadonlyMap<string, Field>,
  settings: Readonly<Record<string, unknown>>,
  { field: prefix, path: at }: SourceUse,
  context: MappingContext,
): FieldReader[] {
  return [...fields.values()].flatMap(({ name, type }): FieldReader[] => {
    const own = settings[name];
    if (own === undefined || !isOfRow(type)) return [];
    const field = prefix === "" ? name : `${prefix}.${name}`;
    const use = { field, path: at + pointer(name) };
    const compile = ofSource[type];
    const read = compile ? compile(own as Source, use, context) : ofSettings[type]!(own as never, use, context);
    return [
      { name, type, read: orOmit(own, read, context), omits: isOmitted(own), column: context.columnOf.get(field) },
    ];
  });
}

/**
 * Puts the value of a field into a record. What is money brings its currency along: `owner`, which is the record itself or the one
 * that it belongs to, has one for all.
 */
export function putField(
  record: Record<string, unknown>,
  { name, type, omits, column }: FieldReader,
  value: unknown,
  owner: { currency?: string },
  notes: Notes,
): void {
  if (type !== "money") {
    record[name] = value;
    return;
  }
  const { amount, currency, text } = value as WrittenMoney;
  owner.currency ??= currency;
  if (owner.currency !== currency) {
    const errors = notes.errors.length;
    notes.errors.push(otherCurrency(column ?? name, text, currency, owner.currency));
    if (omits && notes.omit(errors)) return;
  }
  record[name] = amount;
}

function otherCurrency(column: string, text: string, found: string, expected: string): ReturnType<typeof badCell> {
  const problem = `which is in ${found} where the price is in ${expected}: use one currency for both.`;
  return badCell("BAD_MONEY", column, text, problem);
}
