import {
  distinctNames,
  isUnnamed,
  looseName,
  matchColumns,
  shownName,
  type DeclaredColumn,
  type RecognisedColumn,
} from "#csv/columns.ts";
import { placeInSheet } from "#csv/sheet-place.ts";
import { unguard } from "#csv/spreadsheet-safe.ts";
import { FileRejected, type FileErrorCode } from "#errors/catalogue.ts";
import { quoteAll } from "#feeds/bad-cell.ts";
import { shownText } from "#feeds/spreadsheet-text.ts";
import { bookkeepingAmong, bookkeepingColumns } from "#imports/bookkeeping.ts";
import type { SheetRef } from "#imports/flow.ts";

/** What a feed demands of a header. */
export interface HeaderRules {
  /** Columns without which the file cannot be read. */
  readonly required: readonly string[];
  /** All columns that the feed declares; those of the other rules where there are none. */
  readonly declared?: readonly DeclaredColumn[];
  /** The names of all columns the feed declares; given where it refuses any other. */
  readonly only?: readonly string[];
  /** Names that are refused where the feed does not declare them; * stands for any text. */
  readonly reject?: readonly string[];
  /** Whether columns that are not declared become attributes of their name. */
  readonly keepsUnknown?: boolean;
  /** Set where the header is a sheet's: its places are said as the sheet shows them. */
  readonly sheet?: SheetRef | undefined;
}

/** A header that passed the gate. */
export interface Header {
  /** Cells exactly as the file has them. */
  readonly cells: readonly string[];
  /** Names to compare with: trimmed, as a spreadsheet shows them, and without the guard that a failed-records CSV puts before them. */
  readonly columns: readonly string[];
  /** Whether this is a failed-records CSV that came back, with bookkeeping columns and guarded cells. */
  readonly failedRecords: boolean;
}

/** The columns a header's cells name; see Header. */
export function headerOf(cells: readonly string[]): Header {
  const trimmed = cells.map((cell) => (isUnnamed(cell) ? "" : cell.trim()));
  const ours = bookkeepingAmong(trimmed);
  const failedRecords = ours.includes(bookkeepingColumns[0]);
  const names = failedRecords ? trimmed.map((name, index) => ours[index] ?? unguard(name)) : trimmed;
  return { cells, columns: names.map((name) => shownText(name).trim()), failedRecords };
}

/** A header whose columns are the feed's. */
export interface RecognisedHeader extends Header {
  /** For each cell the name of the declared column that it stands for, else its own. */
  readonly columns: readonly string[];
  /** Names that were taken for a declared column without being it. */
  readonly recognised: readonly RecognisedColumn[];
  /** For each cell that names one of the columns of a declared pattern, by its place: that pattern. */
  readonly patterns: ReadonlyMap<number, string>;
}

/** The declared columns, those of several by their pattern, and all others that a header has. */
export function namesIn({ columns, patterns }: Pick<RecognisedHeader, "columns" | "patterns">): Set<string> {
  return new Set([...columns, ...patterns.values()]);
}

/** The columns that a header's cells name to a feed: the same to the gate and to every stage. */
export function recogniseHeader(cells: readonly string[], rules: HeaderRules): RecognisedHeader {
  const header = headerOf(cells);
  const matched = matchColumns(header.columns, declaredBy(rules));
  // Bookkeeping is nobody's column, whatever pattern its name fits.
  const ours = header.failedRecords ? bookkeepingPlaces(header.columns) : new Set<number>();
  const patterns = new Map([...matched.patterns].filter(([index]) => !ours.has(index)));
  return {
    ...header,
    ...matched,
    columns: rules.keepsUnknown ? keptNames(matched.columns, rules) : matched.columns,
    patterns,
  };
}

function bookkeepingPlaces(names: readonly string[]): Set<number> {
  const ours = new Set<string>(bookkeepingColumns);
  return new Set(names.flatMap((name, index) => (ours.has(name) ? [index] : [])));
}

/** The names of a header whose undeclared columns become attributes: of those as they are read, but never for one that is declared. */
function keptNames(names: readonly string[], rules: HeaderRules): string[] {
  const known = new Set(declaredBy(rules).map(({ name }) => name));
  return names.map((name) => {
    const shown = shownName(name);
    return known.has(name) || known.has(shown) ? name : shown;
  });
}

/** The names by which a row's cells are told apart, and put beside those of other files: the feed's where it knows them, each once. */
export function columnKeys(cells: readonly string[], rules: HeaderRules): string[] {
  return distinctNames(recogniseHeader(cells, rules).columns);
}

/** The columns that the rules know of. */
export function declaredBy({ required, only = [], declared }: HeaderRules): readonly DeclaredColumn[] {
  return declared ?? [...new Set([...required, ...only].map((name) => name.trim()))].map((name) => ({ name }));
}

/** How many of the required columns names of a header have. */
export function requiredAmong(names: readonly string[], rules: HeaderRules): number {
  const columns = namesIn(matchColumns(names, declaredBy(rules)));
  return rules.required.filter((name) => columns.has(name)).length;
}

/** Throws FileRejected for the first thing wrong with a header that has all required columns and stands on that line. */
export function checkHeader(header: RecognisedHeader, rules: HeaderRules, line: number): void {
  checkDuplicates(header, rules, line);
  checkReserved(header, line);
  checkUnknown(header, rules, line);
}

/** The places, from 0, of columns that have no name. */
export function unnamedColumns({ columns }: Pick<Header, "columns">): number[] {
  return columns.flatMap((name, index) => (name === "" ? [index] : []));
}

/** Names that several columns have, with their places from 0. */
export function duplicatesIn({ columns }: Pick<Header, "columns">): [name: string, places: readonly number[]][] {
  const places = new Map<string, number[]>();
  for (const [index, name] of columns.entries()) {
    const known = places.get(name);
    if (known) known.push(index);
    else places.set(name, [index]);
  }
  return [...places].filter(([name, { length }]) => length > 1 && name !== "");
}

/** Two columns of one name are no fault where nobody asks for it. */
function checkDuplicates(header: RecognisedHeader, rules: HeaderRules, line: number): void {
  const wanted = new Set<string>(declaredBy(rules).map(({ name }) => name));
  for (const place of header.patterns.keys()) wanted.add(header.columns[place]!);
  if (header.failedRecords) for (const name of bookkeepingColumns) wanted.add(name);
  const [name, [first = 0, second = 0] = []] =
    duplicatesIn(header).find(([name]) => wanted.has(name) || rules.keepsUnknown) ?? [];
  if (name === undefined) return;
  const names = [headerOf(header.cells).columns[first]!, headerOf(header.cells).columns[second]!];
  const both = names.every((own) => own === name) ? "" : `, ${quoteAll(names)},`;
  const { sheet } = rules;
  const places = sheet
    ? `The cells ${placeInSheet(sheet.name, sheet.headerRow, first)} and ${placeInSheet(sheet.name, sheet.headerRow, second)}`
    : `Columns ${first + 1} and ${second + 1} of the header`;
  throw rejectHeader(
    "DUPLICATE_COLUMN",
    `${places}${both} are both ${both ? "the column" : "named"} ${quoteAll([name])}: rename or remove one of them.`,
    line,
  );
}

/** Bookkeeping columns belong to a failed-records CSV; `__proto__` is no name that a JSON object could carry safely. */
function checkReserved({ columns, failedRecords }: Header, line: number): void {
  const reserved = new Set<string>(failedRecords ? ["__proto__"] : ["__proto__", ...bookkeepingColumns]);
  const name = columns.find((column) => reserved.has(column));
  if (name === undefined) return;
  throw rejectHeader(
    "RESERVED_COLUMN",
    `The column name ${quoteAll([name])} is kept for bookkeeping: rename the column.`,
    line,
  );
}

function checkUnknown(header: RecognisedHeader, rules: HeaderRules, line: number): void {
  const { only, reject = [] } = rules;
  if (only === undefined && reject.length === 0) return;
  const known = new Set([
    ...declaredBy(rules).map(({ name }) => name),
    ...[...header.patterns.keys()].map((place) => header.columns[place]!),
    ...(header.failedRecords ? bookkeepingColumns : []),
  ]);
  const refused = reject.map(patternOf);
  const unknown = header.columns.filter((name) => {
    const loose = looseName(name);
    return name !== "" && !known.has(name) && (only !== undefined || refused.some((pattern) => pattern.test(loose)));
  });
  if (unknown.length === 0) return;
  throw rejectHeader(
    "UNKNOWN_COLUMN",
    unknown.length === 1
      ? `The feed does not declare the column ${quoteAll(unknown)}: remove the column, or have the feed declare it.`
      : `The feed does not declare the columns ${quoteAll(unknown)}: remove the columns, or have the feed declare them.`,
    line,
  );
}

/** A name with * for any text, as it is compared loosely. */
function patternOf(name: string): RegExp {
  const parts = looseName(name)
    .split("*")
    .map((part) => part.replaceAll(/[\\^$.|?+()[\]{}]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "su");
}

/** A file whose header, on that line, cannot be trusted. */
export function rejectHeader(code: FileErrorCode, message: string, line: number): FileRejected {
  return new FileRejected(code, message, line);
}
