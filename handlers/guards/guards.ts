import { guards, type Guard, type GuardSettings } from "#guards/settings.ts";
import type { GuardExample, PreparedSum } from "#guards/prepared-sum.ts";

/** A guard that holds an import. */
export interface Tripped {
  readonly guard: Guard;
  /** What it saw, and what the feed lets through: percent. */
  readonly percent: number;
  readonly limit: number;
  /** The sentence for a person, with both. */
  readonly message: string;
  readonly examples: readonly GuardExample[];
}

/** What the feed's last imports were like; see `usualOf`. */
export interface Usual {
  readonly records: number;
  readonly createdPercent: number;
}

/** The last imports of a feed that say what is usual; a first or second file is neither usual nor unusual. */
const fewestImports = 2;
export const mostImports = 5;

/** What is usual in imports: half of them have as many records or more. Undefined where they are too few to tell. */
export function usualOf(imports: readonly { readonly records: number; readonly created: number }[]): Usual | undefined {
  if (imports.length < fewestImports) return undefined;
  const records = imports.map((one) => one.records).sort((a, b) => a - b);
  const all = records.reduce((sum, count) => sum + count, 0);
  const created = imports.reduce((sum, one) => sum + one.created, 0);
  return { records: records[Math.floor(records.length / 2)]!, createdPercent: percent(created, all) };
}

// A feed that mostly updates creates at most one in ten.
const hardlyCreates = 10;

/** The guards that an import trips, by what it would do. */
export function trippedBy(settings: GuardSettings, sum: PreparedSum, usual: Usual | undefined): Tripped[] {
  if (sum.records < settings.minRecords) return [];
  return guards.flatMap((guard) => judge(guard, settings, sum, usual) ?? []);
}

function judge(guard: Guard, settings: GuardSettings, sum: PreparedSum, usual: Usual | undefined): Tripped | undefined {
  const { records, existing } = sum;
  const limit = settings[guard];
  if (guard === "fewer") {
    if (usual === undefined || usual.records < settings.minRecords) return undefined;
    const share = percent(records, usual.records);
    if (share >= limit) return undefined;
    const message = `The file has ${count(records)}, ${shown(share)} of the ${usual.records} that the feed's last files usually had; the limit is ${limit} %.`;
    return { guard, percent: share, limit, message, examples: [] };
  }
  if (guard === "created" && (usual === undefined || usual.createdPercent > hardlyCreates)) return undefined;
  const of = guard === "failed" || guard === "created" ? records : existing;
  const share = percent(sum[guard], of);
  if (share <= limit) return undefined;
  const message = `${sentences[guard](`${sum[guard]} of ${of}`, settings)}: ${shown(share)}, and the limit is ${limit} %.`;
  return { guard, percent: share, limit, message, examples: sum.examples[guard] ?? [] };
}

const sentences: Readonly<Record<Exclude<Guard, "fewer">, (many: string, settings: GuardSettings) => string>> = {
  failed: (many) => `${many} records would fail`,
  repriced: (many, { priceFactor }) =>
    `${many} products that are stored would change their price by more than ${priceFactor} times`,
  losing: (many) => `${many} products that are stored would lose a field`,
  created: (many) => `${many} records would create a product, in a feed that hardly creates any`,
};

function percent(part: number, of: number): number {
  return of === 0 ? 0 : (part / of) * 100;
}

function shown(share: number): string {
  // Rounded down it would be the limit itself, just above it.
  return `${Math.round(share * 100) / 100} %`;
}

function count(records: number): string {
  return `${records} ${records === 1 ? "record" : "records"}`;
}
