import { compileArithmetic } from "#feeds/arithmetic.ts";
import { badCell } from "#feeds/bad-cell.ts";
import { settingsOf, type CompileField } from "#feeds/fields/field.ts";
import { numberSettings, numberSource, tellGrouped } from "#feeds/fields/number.ts";
import type { SourceSettings } from "#feeds/feed.ts";
import type { MappingContext } from "#feeds/mapping-context.ts";
import { isCurrency, readMoney, type Money, type MoneyProblem } from "#feeds/money.ts";
import type { Cells, SourceUse } from "#feeds/source.ts";
import type { Notes } from "#records/notes.ts";

/** An amount as its cell has it. */
export interface WrittenMoney extends Money {
  readonly text: string;
}

/** An amount in a currency: that of the setting, of another column, of the cell itself, or of the catalog. */
export const money: CompileField<WrittenMoney> = (source, use, context) => {
  const settings = settingsOf(source, [...numberSettings, "currency", "currencyFrom"], use, context);
  const { read, column } = numberSource(settings, use, context);
  const readAmount = amountReader(settings, use, context);
  return (cells, notes) => {
    const text = read(cells, notes);
    return text === undefined ? undefined : readAmount(text, column, undefined, cells, notes);
  };
};

/** Reads the text of an amount that stands in a column, in a currency that is known of it, if any is; notes what is wrong. */
export type ReadAmount = (
  text: string,
  column: string,
  known: string | undefined,
  cells: Cells,
  notes: Notes,
) => WrittenMoney | undefined;

export function amountReader(
  settings: Omit<SourceSettings, "from">,
  use: Pick<SourceUse, "field" | "path">,
  { compiler, catalog, columnOf }: MappingContext,
): ReadAmount {
  const { path } = use;
  const { currency: declared, currencyFrom, decimal = "." } = settings;
  const named = currencyFrom === undefined ? undefined : compiler.naming(currencyFrom, `${path}/currencyFrom`);
  if (named?.column !== undefined) columnOf.set("currency", named.column);
  if (declared !== undefined && currencyFrom !== undefined)
    compiler.fault(path, "give the currency or the column that names it, not both");
  if (declared !== undefined && !isCurrency(declared))
    compiler.fault(`${path}/currency`, `"${declared}" is not a currency of ISO 4217`);
  const compute = compileArithmetic(settings, compiler, use);
  const todo = named === undefined ? undefined : `fill in the column "${named.column}"`;
  const assumed = named === undefined && declared === undefined ? catalog.currency : undefined;

  return (text, column, known, cells, notes) => {
    let currency = known ?? declared;
    const word = currency === undefined ? (named?.read(cells, notes) as string | undefined) : undefined;
    if (word !== undefined) currency = word.trim().toUpperCase();
    if ((word !== undefined || known !== undefined) && !isCurrency(currency!)) {
      const problem = "which is not a currency: use a code of ISO 4217, like EUR.";
      notes.errors.push(badCell("BAD_MONEY", known === undefined ? named!.column! : column, word ?? known!, problem));
      return undefined;
    }
    const found = readAssuming(text, currency, assumed, decimal, todo);
    if (!("amount" in found)) {
      notes.errors.push(badCell("BAD_MONEY", column, text, found.problem));
      return undefined;
    }
    if (found.amount !== text) tellGrouped(column, text, decimal, found.amount, notes);
    const { amount } = found;
    const computed = compute === undefined ? amount : compute(amount, cells, notes);
    return computed === undefined ? undefined : { amount: computed, currency: found.currency, text };
  };
}

/** The catalog's currency is that of bare amounts; one that says its own keeps it. */
function readAssuming(
  text: string,
  currency: string | undefined,
  assumed: string | undefined,
  decimal: "." | ",",
  todo: string | undefined,
): Money | MoneyProblem {
  const found = readMoney(text, currency, decimal, todo);
  if (assumed === undefined || "amount" in found) return found;
  const again = readMoney(text, assumed, decimal, todo);
  return "amount" in again ? again : found;
}
