import { badCell } from "#feeds/bad-cell.ts";
import type { PriceSettings } from "#feeds/feed.ts";
import { amountReader } from "#feeds/fields/money.ts";
import { numberSettings } from "#feeds/fields/number.ts";
import type { MappingContext } from "#feeds/mapping-context.ts";
import { orOmit } from "#feeds/omitted.ts";
import { itemsOf, splitAt } from "#feeds/separator.ts";
import { asText, entriesOf, type Cells, type Read, type SourceUse } from "#feeds/source.ts";
import type { Price } from "#products/product.ts";
import type { Notes } from "#records/notes.ts";

/** What can be said of a price, in a pattern's placeholders or in a form's. */
const aspects = ["currency", "country", "channel", "customerGroup"] as const;
type Aspects = Partial<Record<(typeof aspects)[number], string>>;

/** One amount with what is known of it. */
interface Amount extends Aspects {
  readonly text: string;
  readonly column: string;
}

const own = [
  ...numberSettings,
  "from",
  "when",
  "split",
  "inherit",
  "else",
  "currency",
  "currencyFrom",
  "form",
  "country",
  "channel",
  "customerGroup",
];

/** Further prices, by currency, country, channel or customer group. */
export function prices(settings: readonly PriceSettings[], use: SourceUse, context: MappingContext): Read<Price[]> {
  const all = settings.map((one, at) => {
    const path = `${use.path}/${at}`;
    return orOmit(one, pricesOf(one, { ...use, path }, context), context);
  });
  return (cells, notes) => {
    const found = all.flatMap((read) => read(cells, notes) ?? []);
    return found.length > 0 ? found : undefined;
  };
}

function pricesOf(settings: PriceSettings, use: SourceUse, context: MappingContext): Read<Price[]> {
  const { compiler } = context;
  const { path } = use;
  compiler.checkKnown(settings, own, { field: "prices", path });
  const amounts = amountsOf(settings, use, context);
  const asked = settings.when === undefined ? undefined : compiler.condition(settings.when, `${path}/when`);
  const readAmount = amountReader(settings, use, context);
  return (cells, notes) => {
    if (asked && !asked(cells, notes)) return undefined;
    const found: Price[] = [];
    for (const { text, column, ...said } of amounts(cells, notes)) {
      const price = readAmount(text, column, said.currency, cells, notes);
      if (price === undefined) continue;
      const { country = settings.country, channel = settings.channel, customerGroup = settings.customerGroup } = said;
      found.push({
        price: price.amount,
        currency: price.currency,
        ...(country !== undefined && { country }),
        ...(channel !== undefined && { channel }),
        ...(customerGroup !== undefined && { customerGroup }),
      });
    }
    return found.length > 0 ? found : undefined;
  };
}

function amountsOf(
  { from, split, form, inherit }: PriceSettings,
  { path, field }: SourceUse,
  context: MappingContext,
): (cells: Cells, notes: Notes) => Amount[] {
  const { compiler, columns, columnOf } = context;
  const pattern = typeof from === "string" ? columns.get(from) : undefined;
  const forms = form === undefined ? undefined : [form].flat().map((one) => compileForm(one));
  for (const [at, one] of (forms ?? []).entries())
    if (!one)
      compiler.fault(
        `${path}/form${Array.isArray(form) ? `/${at}` : ""}`,
        `must hold {price}, and beside it only {currency}, {channel} and {customerGroup}`,
      );
  const cut = split === undefined ? undefined : splitAt(split);
  const inCell = (cell: unknown, column: string, said: Aspects, notes: Notes): Amount[] => {
    const text = asText(cell as string);
    if (text === undefined) return [];
    const items = cut === undefined ? [text.trim()] : (itemsOf(text, cut) ?? []);
    return items.flatMap((item): Amount[] => {
      if (forms === undefined) return [{ ...said, text: item, column }];
      for (const read of forms) {
        const found = read?.(item);
        if (found) return [{ ...said, ...found, column }];
      }
      const written = [form ?? []].flat().join(" or ");
      notes.errors.push(badCell("BAD_MONEY", column, item, `which is not written like ${written}: correct the price.`));
      return [];
    });
  };
  if (pattern?.pattern) {
    const { index, name, pattern: match } = pattern;
    columnOf.set(field, name);
    return (cells, notes) =>
      Object.entries(entriesOf(cells[index]) ?? {}).flatMap(([column, cell]) =>
        inCell(cell, column, aspectsOf(match.match(column) ?? {}), notes),
      );
  }
  const source = compiler.compile(inherit === true ? { from, inherit } : from, { field, path: `${path}/from` });
  if (source.column !== undefined) columnOf.set(field, source.column);
  return (cells, notes) => inCell(source.read(cells, notes), source.column ?? field, {}, notes);
}

function aspectsOf(words: Readonly<Record<string, string>>): Aspects {
  return Object.fromEntries(aspects.flatMap((name) => (words[name] === undefined ? [] : [[name, words[name]]])));
}

/** How one price in a cell is written; undefined where the form cannot be one. */
function compileForm(form: string): ((item: string) => (Aspects & { text: string }) | undefined) | undefined {
  const names = [...form.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
  const known: readonly string[] = [...aspects, "price"];
  if (!names.includes("price") || new Set(names).size < names.length || !names.every((name) => known.includes(name)))
    return undefined;
  const pattern = form
    .split(/\{(\w+)\}/)
    .map((part, at) => {
      if (at % 2 === 0) return part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/\s+/g, "\\s+");
      return part === "currency"
        ? "(?<currency>[A-Z]{3})"
        : part === "price"
          ? "(?<price>[+-]?\\d[\\d.,'’ ]*)"
          : `(?<${part}>.+?)`;
    })
    .join("");
  const whole = new RegExp(`^${pattern}$`);
  return (item) => {
    const found = whole.exec(item)?.groups;
    return found && { text: found["price"]!.trim(), ...aspectsOf(found) };
  };
}
