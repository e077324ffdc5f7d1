import { quote } from "#feeds/bad-cell.ts";
import { cleanKey } from "#products/key.ts";
import { meantFields } from "./field-names.ts";
import { isGtin, type Profile } from "./profile.ts";

/** The column that is most likely a product's key, or several that make one together. */
export interface FoundKey {
  readonly columns: readonly string[];
  readonly doubts: readonly string[];
}

/** Finds the key: a column that is never blank and never twice the same, by its name, else by its cells. */
export function findKey(profiles: readonly Profile[], rows: number): FoundKey {
  const complete = profiles.filter(({ values }) => values.length === rows);
  const unique = complete.filter((profile) => distinctKeys(profile) === rows);
  const named = profiles
    .flatMap((profile) => {
      const rank = rankOf(profile);
      return rank === undefined ? [] : [{ profile, rank }];
    })
    .sort((a, b) => a.rank - b.rank)
    .map(({ profile }) => profile);

  const sure = named.find((profile) => unique.includes(profile));
  if (sure) {
    const others = named
      .filter((profile) => profile !== sure && unique.includes(profile))
      .map(({ name }) => quote(name));
    const doubt = `Column ${quote(sure.name)} was taken for the key of the products; ${others.join(", ")} would do as well: check which of them never changes.`;
    return { columns: [sure.name], doubts: others.length > 0 ? [doubt] : [] };
  }
  const nearly = named.find(
    (profile) => profile.values.length >= rows * 0.95 && distinctKeys(profile) >= profile.values.length * 0.95,
  );
  if (nearly) return { columns: [nearly.name], doubts: flaws(nearly, rows) };

  const likely = [...unique].sort((a, b) => unlikeliness(a) - unlikeliness(b))[0];
  if (likely && unlikeliness(likely) < 100) {
    const doubt = `No column is named like a key: ${quote(likely.name)} was taken, whose cells are never blank and never the same twice; check it.`;
    return { columns: [likely.name], doubts: [doubt] };
  }
  const best = [...(named.length > 0 ? named : profiles)].sort(
    (a, b) => Number(unlikeliness(a) >= 100) - Number(unlikeliness(b) >= 100) || distinctKeys(b) - distinctKeys(a),
  )[0]!;
  const doubt = `No column is unique: ${quote(best.name)} was taken for the key.`;
  return { columns: [best.name], doubts: [doubt, ...flaws(best, rows)] };
}

function flaws(profile: Profile, rows: number): string[] {
  const { name, values } = profile;
  const blank = rows - values.length;
  const repeated = values.length - distinctKeys(profile);
  return [
    ...(blank > 0 ? [`Column ${quote(name)}, the key, is blank in ${blank} of ${rows} rows: these fail.`] : []),
    ...(repeated > 0
      ? [
          `Column ${quote(name)}, the key, has a value of an earlier row in ${repeated} of ${rows} rows: the last row of a key is stored; with "duplicates": "fail" all of them fail.`,
        ]
      : []),
  ];
}

/** How likely the name is that of a key; undefined where it is none. */
function rankOf({ name, values, dates }: Profile): number | undefined {
  if (dates || values.length === 0) return undefined;
  return meantFields(name).find(({ field }) => field === "sku")?.rank;
}

function distinctKeys({ distinct }: Pick<Profile, "distinct">): number {
  return new Set([...distinct].map(cleanKey)).size;
}

/** What keys rarely are. */
function unlikeliness({ values, numbers, dates, html, index }: Profile): number {
  const long = values.some((text) => text.length > 60) ? 100 : 0;
  const spaced = (values.filter((text) => /\s/.test(text)).length / Math.max(values.length, 1)) * 60;
  const decimals = numbers && !numbers.whole ? 100 : 0;
  const addresses = values.some((text) => /^https?:|\.(?:jpe?g|png|webp|gif)$/i.test(text)) ? 100 : 0;
  const barcodes = values.every(isGtin) ? 20 : 0;
  return long + spaced + decimals + addresses + barcodes + (dates ? 100 : 0) + (html ? 100 : 0) + index / 1000;
}
