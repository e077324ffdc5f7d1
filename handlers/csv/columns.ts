import type { ColumnPattern } from "#feeds/column-pattern.ts";

/** A column that a feed declares, with every name by which files may call it. */
export interface DeclaredColumn {
  readonly name: string;
  readonly aliases?: readonly string[] | undefined;
  /** Where its name is one that several columns of a file may have. */
  readonly pattern?: ColumnPattern | undefined;
}

/** A name of the header that was taken for a declared column which it does not match exactly. */
export interface RecognisedColumn {
  /** Its place in the header, from 0. */
  readonly index: number;
  /** The declared name. */
  readonly column: string;
  /** The name in the file. */
  readonly value: string;
}

/** What the names of a header mean to a feed. */
export interface MatchedColumns {
  /** For each name of the header that of the declared column, where it is one, else the name itself. */
  readonly columns: readonly string[];
  readonly recognised: readonly RecognisedColumn[];
  /** For each name that fits a declared pattern, by its place: that pattern. Such a column keeps its own name. */
  readonly patterns: ReadonlyMap<number, string>;
}

/**
 * Finds a feed's columns among the names of a header (trimmed). A name matches exactly, or is an alias; else it matches without
 * regard to case, repeated white space, invisible characters and Unicode normal form, if it is the only one that fits and fits
 * one column only. What is left may be one of the columns of a pattern: the first that fits, in the order of the declaration.
 */
export function matchColumns(names: readonly string[], all: readonly DeclaredColumn[]): MatchedColumns {
  const columns = [...names];
  const declared = all.filter(({ pattern }) => pattern === undefined);
  const known = new Set(declared.map(({ name }) => name));
  const found = new Set(names.filter((name) => known.has(name)));
  const taken = new Set(names.flatMap((name, index) => (known.has(name) ? [index] : [])));
  const take = (index: number, column: string): void => {
    columns[index] = column;
    taken.add(index);
    found.add(column);
  };

  const byAlias = new Map(declared.flatMap(({ name, aliases = [] }) => aliases.map((alias) => [alias, name])));
  // Several aliases of one column in a file are as bad as its name twice: all of them are taken for it, and the gate says so.
  const aliased = names.flatMap((name, index) => {
    const column = taken.has(index) ? undefined : byAlias.get(name);
    return column === undefined || found.has(column) ? [] : [{ index, column }];
  });
  for (const { index, column } of aliased) take(index, column);

  const recognised: RecognisedColumn[] = [];
  const fitting = found.size === declared.length ? new Map<string, number[]>() : looselyFitting(names, declared, taken);
  for (const { name: column } of declared) {
    const [index, ...others] = found.has(column) ? [] : (fitting.get(column) ?? []);
    if (index === undefined || others.length > 0) continue;
    take(index, column);
    recognised.push({ index, column, value: names[index]! });
  }
  const patterns = fittingPatterns(columns, all, taken);
  return { columns, recognised: recognised.sort((a, b) => a.index - b.index), patterns };
}

/** Places of the names that fit a pattern; their white space, and what does not show of them, is as a person reads it. */
function fittingPatterns(
  names: string[],
  declared: readonly DeclaredColumn[],
  taken: ReadonlySet<number>,
): Map<number, string> {
  const patterns = declared.flatMap(({ name, pattern }) => (pattern ? [{ name, pattern }] : []));
  const fitting = new Map<number, string>();
  if (patterns.length === 0) return fitting;
  for (const [index, name] of names.entries()) {
    if (taken.has(index) || isUnnamed(name) || name.length > longestByPattern) continue;
    const shown = shownName(name);
    const fits = patterns.find(({ pattern }) => pattern.match(shown) !== undefined);
    if (!fits) continue;
    fitting.set(index, fits.name);
    names[index] = shown;
  }
  return fitting;
}

// Several placeholders of any text are tried at every place of a name.
const longestByPattern = 300;

/** A name as it is compared where it matches no other exactly. */
export function looseName(name: string): string {
  // First to capitals: only so is ß the SS that it is in a header in capitals.
  return shownName(name).toUpperCase().toLowerCase();
}

/** A name as a person reads it: on one line, in NFC, without characters that do not show. */
export function shownName(name: string): string {
  const visible = name
    .replaceAll(/\p{Cf}+/gu, "")
    .replaceAll(/\s+/g, " ")
    .replaceAll(/\p{Cc}+/gu, "");
  return visible.trim().normalize("NFC");
}

/** Whether nothing can be seen of a name. */
export function isUnnamed(name: string): boolean {
  return name === "" || (!/[\p{L}\p{N}]/u.test(name) && looseName(name) === "");
}

/**
 * The names made distinct, as keys of a row: a later column of the same name gets a number. What no feed wants may stand twice in a
 * file, and no cell of it may be lost. Columns without a name, in which nothing stands, stay without one.
 */
export function distinctNames(names: readonly string[]): string[] {
  const taken = new Set(names);
  const seen = new Set<string>();
  return names.map((name) => {
    if (name === "" || !seen.has(name)) {
      seen.add(name);
      return name;
    }
    let nth = 2;
    while (taken.has(`${name} (${nth})`)) nth++;
    taken.add(`${name} (${nth})`);
    return `${name} (${nth})`;
  });
}

/** The places of the names that fit a declared column loosely; names that fit several columns fit none. */
function looselyFitting(
  names: readonly string[],
  declared: readonly DeclaredColumn[],
  taken: ReadonlySet<number>,
): Map<string, number[]> {
  const byLooseName = new Map<string, string | undefined>();
  for (const { name, aliases = [] } of declared) {
    for (const each of [name, ...aliases]) {
      const loose = looseName(each);
      const ambiguous = byLooseName.has(loose) && byLooseName.get(loose) !== name;
      byLooseName.set(loose, ambiguous ? undefined : name);
    }
  }
  const fitting = new Map<string, number[]>();
  for (const [index, name] of names.entries()) {
    const column = taken.has(index) ? undefined : byLooseName.get(looseName(name));
    if (column !== undefined) fitting.set(column, [...(fitting.get(column) ?? []), index]);
  }
  return fitting;
}
