import { quote, quoteAll } from "#feeds/bad-cell.ts";
import type { Draft, Setting } from "./draft.ts";
import type { Family } from "./families.ts";
import { meantFields, plainName, type SuggestedField } from "./field-names.ts";
import type { Profile } from "./profile.ts";
import { categorySeparators, imageSeparator, listSeparator } from "./separators.ts";

/** What a draft is made of, as far as families need it. */
export interface FamilyContext {
  readonly draft: Draft;
  /** Says that a column fills a field, so that no other is looked for. */
  readonly take: (field: SuggestedField, profile: Profile) => void;
  readonly isTaken: (field: SuggestedField) => boolean;
  /** The settings of an amount in that column. */
  readonly money: (profile: Profile) => Setting;
  /** Whether options of variants may stand in the file. */
  readonly hasVariants: boolean;
}

/** A family that was found to mean something: written where its first column stands. */
export interface PlannedFamily {
  readonly family: Family;
  readonly write: () => void;
}

/** Decides what families mean; one that means nothing as a whole is left to its columns. */
export function planFamilies(families: readonly Family[], context: FamilyContext): PlannedFamily[] {
  const planned = [
    ...localePlans(
      families.filter(({ word }) => word === "locale"),
      context,
    ),
    ...currencyPlans(
      families.filter(({ word }) => word === "currency"),
      context,
    ),
    ...numberPlans(
      families.filter(({ word }) => word === "n"),
      context,
    ),
  ];
  return planned;
}

const textFields: ReadonlySet<SuggestedField> = new Set(["name", "description", "shortDescription"] as const);

function localePlans(families: readonly Family[], { draft, take, isTaken }: FamilyContext): PlannedFamily[] {
  const texts = families.filter(({ members }) =>
    members.every(({ profile }) => !profile.numbers && !profile.dates && !profile.flags),
  );
  const main = mainLocale(texts);
  if (main === undefined) return [];
  const locales = new Set(texts.flatMap(({ members }) => members.map(({ value }) => value)));
  draft.doubt(
    `The texts are in ${[...locales].join(", ")}: those in ${main} fill the fields themselves, the others are translations.`,
  );
  return texts.flatMap((family): PlannedFamily[] => {
    const { pattern, before, after, members } = family;
    const own = members.find(({ value }) => value === main)?.profile;
    const meant =
      meantFields(before + after).find(({ field }) => textFields.has(field))?.field ??
      meantFields(before).find(({ field }) => textFields.has(field))?.field;
    const field = meant !== undefined && !isTaken(meant) ? meant : undefined;
    if (field !== undefined && own) take(field, own);
    const attribute = trimmedName(before + after);
    const html = members.some(({ profile }) => profile.html);
    return [
      {
        family,
        write: () => {
          draft.column(pattern, [...(html ? (["stripHtml"] as const) : []), "trim"]);
          if (field !== undefined) {
            if (own) draft.map(field, own.name);
            draft.part("translations", field, pattern);
          } else {
            if (own) draft.attribute(attribute, own.name);
            const translated = (draft.feed.mapping["translations"] as { attributes?: object } | undefined)?.attributes;
            draft.part("translations", "attributes", { ...translated, [attribute]: pattern });
          }
        },
      },
    ];
  });
}

/** The locale that most is written in; English where there is as much in others. */
function mainLocale(families: readonly Family[]): string | undefined {
  const filled = new Map<string, number>();
  for (const { members } of families)
    for (const { profile, value } of members) filled.set(value, (filled.get(value) ?? 0) + profile.values.length);
  const isEnglish = (locale: string): number => Number(locale.startsWith("en"));
  return [...filled].sort(([a, x], [b, y]) => y - x || isEnglish(b) - isEnglish(a))[0]?.[0];
}

function currencyPlans(families: readonly Family[], { draft, take, isTaken, money }: FamilyContext): PlannedFamily[] {
  return families.flatMap((family): PlannedFamily[] => {
    const { pattern, before, after, members } = family;
    const meant = meantFields(before + after)[0]?.field;
    if (
      meant !== "price" ||
      isTaken("price") ||
      !members.every(({ profile }) => profile.values.length === 0 || (profile.numbers && !profile.numbers.negative))
    )
      return [];
    const main = [...members].sort((a, b) => b.profile.values.length - a.profile.values.length)[0]!;
    take("price", main.profile);
    return [
      {
        family,
        write: () => {
          const source = { ...(money(main.profile) as object), currency: main.value };
          const { decimal } = source as { decimal?: string };
          draft.column(pattern, ["trim"]);
          draft.map("price", source);
          draft.map("prices", [{ from: pattern, ...(decimal !== undefined && { decimal }) }]);
          draft.doubt(
            `The prices are in ${members.map(({ value }) => value).join(", ")}: those in ${main.value} are the products' price, all of them stand among the prices.`,
          );
        },
      },
    ];
  });
}

const nameWords = /^(?:name|names|label|title|nom|nombre|nome|naam|nazwa|bezeichnung)$/;
const valueWords =
  /^(?:value|values|value s|val|wert|werte|valeur|valeurs|valor|valores|valore|valori|waarde|waarden|wartosc|wartosci)$/;

function numberPlans(families: readonly Family[], context: FamilyContext): PlannedFamily[] {
  const planned: PlannedFamily[] = [];
  const left = new Set(families);
  for (const names of families) {
    if (!nameWords.test(plainName(names.after))) continue;
    const values = families.find((other) => other.before === names.before && valueWords.test(plainName(other.after)));
    if (!values) continue;
    left.delete(names);
    left.delete(values);
    planned.push(...namedAttributes(names, values, context));
    // What else is said of such an attribute, like whether a shop shows it, is nothing of the product.
    for (const other of [...left].filter(({ before }) => before === names.before)) {
      left.delete(other);
      const told = `The columns ${quoteAll(other.members.map(({ profile }) => profile.name))} say something of attributes, and the feed leaves them out.`;
      planned.push({
        family: other,
        write: () => {
          context.draft.doubt(told);
        },
      });
    }
  }
  for (const family of left) planned.push(...listOf(family, context));
  return planned;
}

const noOption = "Default Title";

function namedAttributes(names: Family, values: Family, { draft, hasVariants }: FamilyContext): PlannedFamily[] {
  const cells = values.members.flatMap(({ profile }) => profile.values);
  const isOption = hasVariants && /\b(?:option|variant|attribut|attribute)\b/.test(plainName(names.before));
  const split = isOption ? undefined : listSeparator(cells, true);
  const [first] = values.members;
  // Shopify writes this where a product has no options.
  const when = isOption && cells.includes(noOption) && { when: { column: first!.profile.name, isNot: noOption } };
  const source = { names: names.pattern, values: values.pattern, ...(split !== undefined && { split }), ...when };
  const write = (): void => {
    for (const { pattern, members } of [names, values])
      draft.column(pattern, members.some(({ profile }) => profile.padded) ? ["trim"] : []);
    if (isOption) draft.part("variants", "options", [source]);
    else draft.attributes(source);
    if (split !== undefined)
      draft.doubt(
        `Columns like ${quote(values.members[0]!.profile.name)} have ${quote(cells.find((text) => text.includes(split))!)}: it was taken for a list, split by ${quote(split)}.`,
      );
  };
  return [
    { family: names, write },
    { family: values, write: () => undefined },
  ];
}

/** Columns that hold the items of one list: images, tags, the levels of a category. */
function listOf(family: Family, { draft, take, isTaken }: FamilyContext): PlannedFamily[] {
  const { pattern, before, after, members } = family;
  const cells = members.flatMap(({ profile }) => profile.values);
  const meant = meantFields(before + after)[0]?.field;
  const [first] = members as [Family["members"][number], ...Family["members"]];
  if (meant === "images" && !isTaken("images") && imageSeparator(cells) !== undefined) {
    const split = imageSeparator(cells);
    take("images", first.profile);
    return [
      {
        family,
        write: () => {
          draft.column(pattern, ["trim"]);
          draft.map("images", split ? { from: pattern, split } : pattern);
        },
      },
    ];
  }
  if (
    meant === "categories" &&
    !isTaken("categories") &&
    categorySeparators({ ...first.profile, values: cells }).levels === undefined
  ) {
    take("categories", first.profile);
    const names = members.map(({ profile }) => profile.name);
    return [
      {
        family,
        write: () => {
          for (const name of names) draft.column(name, ["trim"]);
          draft.map("categories", { from: { join: names, with: " > " }, levels: ">" });
          draft.doubt(`The columns ${quoteAll(names)} were taken for the levels of one category, the outermost first.`);
        },
      },
    ];
  }
  const plain = members.every(({ profile }) => !profile.numbers && !profile.dates && !profile.flags && !profile.html);
  if (meant !== undefined || !plain || members.length < 3) return [];
  return [
    {
      family,
      write: () => {
        draft.column(pattern, ["trim"]);
        draft.attribute(trimmedName(before + after), { from: pattern, type: "list" });
        draft.doubt(
          `The columns ${quoteAll(members.map(({ profile }) => profile.name))} were taken for the items of one list.`,
        );
      },
    },
  ];
}

/** What is left of a name without the word that differs. */
function trimmedName(name: string): string {
  return name.replaceAll(/[-_. (:]+$|^[-_. ):]+/g, "").replaceAll(/([-_. :])[-_. :]+/g, "$1");
}
