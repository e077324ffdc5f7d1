import { isCurrency } from "#feeds/money.ts";
import type { Profile } from "./profile.ts";

/** Columns whose names differ in one word: a number, a locale, a currency. */
export interface Family {
  /** As a feed declares them: `Image {n}`, `name-{locale}`. */
  readonly pattern: string;
  readonly word: "n" | "locale" | "currency";
  /** What stands around the word. */
  readonly before: string;
  readonly after: string;
  readonly members: readonly { readonly profile: Profile; readonly value: string }[];
}

/** Languages by which columns are told apart; what may as well be a unit or a small word is none of them. */
const languages = new Set(
  "en de fr es it nl pl pt sv da fi nb nn cs sk hu ro bg el ru uk tr ja zh ko ar he hr sl et lv lt ca".split(" "),
);

/** Finds the families among columns; a column is of one family at most. */
export function familiesOf(profiles: readonly Profile[]): Family[] {
  const taken = new Set<Profile>();
  return (["locale", "currency", "n"] as const).flatMap((word) => {
    const found = new Map<string, { before: string; after: string; members: { profile: Profile; value: string }[] }>();
    for (const profile of profiles) {
      if (taken.has(profile)) continue;
      const split = splitters[word](profile.name);
      if (!split || split.before.trim() + split.after.trim() === "" || /[{}]/.test(profile.name)) continue;
      const pattern = `${split.before}{${word}}${split.after}`;
      const family = found.get(pattern) ?? { ...split, members: [] };
      family.members.push({ profile, value: split.value });
      found.set(pattern, family);
    }
    const families = [...found].filter(([, { before, members }]) =>
      isFamily(
        word,
        before,
        members.map(({ value }) => value),
      ),
    );
    for (const [, { members }] of families) for (const { profile } of members) taken.add(profile);
    return families.map(([pattern, { before, after, members }]): Family => ({ pattern, word, before, after, members }));
  });
}

interface Split {
  readonly before: string;
  readonly value: string;
  readonly after: string;
}

const splitters: Readonly<Record<Family["word"], (name: string) => Split | undefined>> = {
  locale: (name) => {
    const [, before = "", value = "", after = ""] =
      /^(.+?[-_. (:])([a-z]{2}(?:[-_][A-Z]{2})?)((?:[-_. ):].*)?)$/.exec(name) ?? [];
    const known = value.length > 2 || languages.has(value);
    return known && value !== "" ? { before, value, after } : undefined;
  },
  currency: (name) => {
    const [, before = "", value = "", after = ""] = /^(.+?[-_. (:])([A-Z]{3})((?:[-_. ):].*)?)$/.exec(name) ?? [];
    return isCurrency(value) ? { before, value, after } : undefined;
  },
  n: (name) => {
    const [, before = "", value = "", after = ""] = /^(.*?)(\d{1,2})(?!\d)(.*)$/.exec(name) ?? [];
    return value === "" ? undefined : { before, value, after };
  },
};

function isFamily(word: Family["word"], before: string, values: readonly string[]): boolean {
  if (new Set(values).size < values.length) return false;
  // One column of a locale with its country is of a language all the same.
  if (word === "locale") return values.length > 1 || values[0]!.length > 2;
  // Shops without further options have the first alone.
  if (word === "n" && /option/i.test(before) && values[0] === "1") return true;
  // Numbers count from one: 250 and 500 are sizes.
  return values.length > 1 && (word === "currency" || values.some((value) => Number(value) <= 1));
}
