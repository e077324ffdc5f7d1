import { matchColumns, type DeclaredColumn, type RecognisedColumn } from "#csv/columns.ts";
import { delimiterName, fittingDelimiter, headerCells, type HeaderRecord } from "#csv/dialect.ts";
import { isMalformed } from "#csv/parse.ts";
import { unguard } from "#csv/spreadsheet-safe.ts";
import { shorten } from "#feeds/bad-cell.ts";
import { visible } from "#feeds/visible.ts";
import { FileRejected } from "#errors/catalogue.ts";
import { bookkeepingColumns } from "#imports/failed-records.ts";

/** What a feed demands of a header. */
export interface HeaderRules {
  /** Columns without which the file cannot be read. */
  readonly required: readonly string[];
  /** All columns that the feed declares; those of the other rules where there are none. */
  readonly declared?: readonly DeclaredColumn[];
  /** The names of all columns the feed declares; given where it refuses any other. */
  readonly only?: readonly string[];
}

/** A header that passed the gate. */
export interface Header {
  /** Cells exactly as the file has them. */
  readonly cells: readonly string[];
  /** Names to compare with: trimmed, and without the guard that a failed-records CSV puts before them. */
  readonly columns: readonly string[];
  /** Whether this is a failed-records CSV that came back, with bookkeeping columns and guarded cells. */
  readonly failedRecords: boolean;
}

/** The columns a header's cells name; see Header. */
export function headerOf(cells: readonly string[]): Header {
  const trimmed = cells.map((cell) => cell.trim());
  const failedRecords = trimmed.includes(bookkeepingColumns[0]);
  return { cells, columns: failedRecords ? trimmed.map((name) => unguard(name).trim()) : trimmed, failedRecords };
}

/** A header whose columns are the feed's. */
export interface RecognisedHeader extends Header {
  /** For each cell the name of the declared column that it stands for, else its own. */
  readonly columns: readonly string[];
  /** Names that were taken for a declared column without being it. */
  readonly recognised: readonly RecognisedColumn[];
}

/** The columns that a header's cells name to a feed: the same to the gate and to every stage. */
export function recogniseHeader(cells: readonly string[], rules: HeaderRules): RecognisedHeader {
  const header = headerOf(cells);
  return { ...header, ...matchColumns(header.columns, declaredBy(rules)) };
}

/** The columns that the rules know of. */
export function declaredBy({ required, only = [], declared }: HeaderRules): readonly DeclaredColumn[] {
  return declared ?? [...new Set([...required, ...only].map((name) => name.trim()))].map((name) => ({ name }));
}

/**
 * Checks the header record in the head of a file and throws FileRejected for the first thing wrong with it. `whole` says that
 * nothing follows the head.
 */
export function checkHeader(
  head: Uint8Array,
  record: HeaderRecord,
  rules: HeaderRules,
  whole: boolean,
): RecognisedHeader {
  const cells = headerCells(head, record);
  if (isMalformed(cells)) {
    throw reject("MALFORMED_HEADER", `The header's quotes do not follow CSV rules: ${cells.reason}`);
  }
  const header = recogniseHeader(cells, rules);
  checkNotEmpty(header);
  checkRequired(header, rules.required, record, () => fittingDelimiter(head, namesRequired(rules), whole));
  checkBlanks(header);
  checkDuplicates(header);
  checkReserved(header);
  checkUnknown(header, rules);
  return header;
}

/** Whether names of a header have every required column. */
function namesRequired(rules: HeaderRules): (names: readonly string[]) => boolean {
  return (names) => requiredAmong(names, rules) === rules.required.length;
}

/** How many of the required columns names of a header have. */
export function requiredAmong(names: readonly string[], rules: HeaderRules): number {
  const columns = new Set(matchColumns(names, declaredBy(rules)).columns);
  return rules.required.filter((name) => columns.has(name.trim())).length;
}

function checkNotEmpty({ columns }: Header): void {
  if (columns.length === 1 && columns[0] === "") {
    throw reject("BLANK_COLUMN", "Line 1 is empty where the column names must be: remove the empty lines at the top.");
  }
}

function checkRequired(
  { columns }: Header,
  required: readonly string[],
  record: HeaderRecord,
  fitting: () => string | undefined,
): void {
  const missing = required.filter((name) => !columns.includes(name.trim()));
  if (missing.length === 0) return;
  const used = delimiterName(record.delimiter);
  const better = fitting() as HeaderRecord["delimiter"] | undefined;
  if (better !== undefined) {
    throw reject(
      "WRONG_DELIMITER",
      `The header has the required columns when it is split by ${delimiterName(better)}, not by ${used}: ` +
        `export the file with ${used} as the delimiter, or declare ${delimiterName(better)} in the feed.`,
    );
  }
  if (columns.length === 1 && required.length > 1) {
    throw reject(
      "WRONG_DELIMITER",
      `The header is the one column ${quoted(columns)} where ${required.length} are required, and no comma, semicolon, ` +
        `vertical bar or tab separates it into ${quoted(required)}: export the file with one of these delimiters.`,
    );
  }
  const lookalike = missing
    .map((name) => [name, columns.find((column) => column.toLowerCase() === name.trim().toLowerCase())] as const)
    .find(([, column]) => column !== undefined);
  const hint = lookalike === undefined ? "" : ` (${quoted([lookalike[1]!])} is not ${quoted([lookalike[0]])})`;
  throw reject(
    "MISSING_COLUMN",
    missing.length === 1
      ? `The header lacks the required column ${quoted(missing)}${hint}: add the column, or correct its name.`
      : `The header lacks the required columns ${quoted(missing)}${hint}: add the columns, or correct their names.`,
  );
}

function checkBlanks({ columns }: Header): void {
  const blank = columns.indexOf("");
  if (blank === -1) return;
  throw reject(
    "BLANK_COLUMN",
    blank === columns.length - 1
      ? `The header ends with a delimiter, so that column ${blank + 1} has no name: name it, or remove the delimiter from the end of every line.`
      : `Column ${blank + 1} of the header has no name: name it, or remove the column.`,
  );
}

function checkDuplicates({ columns }: Header): void {
  const at = columns.findIndex((name, index) => columns.indexOf(name) !== index);
  if (at === -1) return;
  const name = columns[at]!;
  throw reject(
    "DUPLICATE_COLUMN",
    `Columns ${columns.indexOf(name) + 1} and ${at + 1} of the header are both named ${quoted([name])}: rename or remove one of them.`,
  );
}

/** Bookkeeping columns belong to a failed-records CSV; `__proto__` is no name that a JSON object could carry safely. */
function checkReserved({ columns, failedRecords }: Header): void {
  const reserved = new Set<string>(failedRecords ? ["__proto__"] : ["__proto__", ...bookkeepingColumns]);
  const name = columns.find((column) => reserved.has(column));
  if (name === undefined) return;
  throw reject("RESERVED_COLUMN", `The column name ${quoted([name])} is kept for bookkeeping: rename the column.`);
}

function checkUnknown({ columns, failedRecords }: Header, { only }: HeaderRules): void {
  if (only === undefined) return;
  const known = new Set([...only.map((name) => name.trim()), ...(failedRecords ? bookkeepingColumns : [])]);
  const unknown = columns.filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  throw reject(
    "UNKNOWN_COLUMN",
    unknown.length === 1
      ? `The feed does not declare the column ${quoted(unknown)}: remove the column, or have the feed declare it.`
      : `The feed does not declare the columns ${quoted(unknown)}: remove the columns, or have the feed declare them.`,
  );
}

function reject(code: ConstructorParameters<typeof FileRejected>[0], message: string): FileRejected {
  return new FileRejected(code, message, 1);
}

function quoted(names: readonly string[]): string {
  const shown = names.slice(0, 10).map((name) => `"${visible(shorten(name, 60))}"`);
  return shown.join(", ") + (names.length > shown.length ? ` and ${names.length - shown.length} more` : "");
}
