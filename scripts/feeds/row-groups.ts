import { familiesOf } from "./families.ts";
import { meantFields, plainName } from "./field-names.ts";
import type { Profile } from "./profile.ts";

/** A column whose runs of equal cells are products; in the rows behind the first one other cells are blank. */
export interface RowGroups {
  readonly column: Profile;
  /** Whether each row is the first one of its group. */
  readonly first: readonly boolean[];
}

/** Columns that say what a product is, and so are blank where its rows go on. */
const ofProducts: ReadonlySet<string> = new Set([
  "name",
  "description",
  "shortDescription",
  "brand",
  "categories",
  "status",
]);

/** Finds groups of rows. A column that only sorts the rows makes none: then no other cell is blank behind the first row. */
export function findGroups(profiles: readonly Profile[]): RowGroups | undefined {
  // What stands in several columns, by locale or by number, makes no group where it is missing in one.
  const inFamilies = new Set(familiesOf(profiles).flatMap(({ members }) => members.map(({ profile }) => profile)));
  const candidates = profiles.filter((profile) => !inFamilies.has(profile));
  const found = candidates.flatMap((column): (RowGroups & { readonly rank: number })[] => {
    const first = runsOf(column.cells);
    if (!first || !goesOn(profiles, column, first)) return [];
    if (!namesProducts(column)) return [];
    return [{ column, first, rank: rankOf(column) }];
  });
  // Of columns that are filled alike, the one that is written in every row says more plainly where a group ends.
  return found.sort((a, b) => a.rank - b.rank || a.column.index - b.column.index)[0];
}

/** For each row whether a run begins; undefined where nothing comes twice in a row, or something comes back further down. */
function runsOf(cells: readonly string[]): boolean[] | undefined {
  const seen = new Set<string>();
  let current: string | undefined;
  const first = cells.map((cell) => {
    if (cell === "" || cell === current) return false;
    current = cell;
    return true;
  });
  if (cells[0] === "" || first.every(Boolean)) return undefined;
  for (const [index, cell] of cells.entries()) {
    if (!first[index]) continue;
    if (seen.has(cell)) return undefined;
    seen.add(cell);
  }
  return first;
}

function goesOn(profiles: readonly Profile[], group: Profile, first: readonly boolean[]): boolean {
  const [starts, follows] = [first.filter(Boolean).length, first.filter((begins) => !begins).length];
  const blankBehind = profiles.filter(({ cells }) => {
    const count = (of: boolean): number => cells.filter((cell, index) => first[index] === of && cell !== "").length;
    return count(true) >= starts * 0.8 && count(false) <= follows * 0.1;
  });
  const others = blankBehind.filter((profile) => profile !== group);
  const says = others.some(({ name }) => meantFields(name).some(({ field }) => ofProducts.has(field)));
  return (says || others.length > 1) && starts > 1;
}

function rankOf(profile: Profile): number {
  const written = profile.cells.every((cell) => cell !== "") ? 0 : 10;
  return written + (isKey(profile) ? 0 : namesProducts(profile) ? 1 : 2);
}

function isKey({ name }: Profile): boolean {
  return (
    meantFields(name).some(({ field }) => field === "sku" || field === "parentSku") ||
    /\b(?:slug|handle|url key)\b/.test(plainName(name))
  );
}

function namesProducts(profile: Profile): boolean {
  return isKey(profile) || meantFields(profile.name).some(({ field }) => field === "name");
}
