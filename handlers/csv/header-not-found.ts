import { looseName } from "#csv/columns.ts";
import { delimiterName, fittingDelimiter, type DeclaredDialect, type HeaderRecord } from "#csv/dialect.ts";
import { namesIn, rejectHeader, requiredAmong, type HeaderRules, type RecognisedHeader } from "#csv/header.ts";
import { lookalikesOf } from "#csv/lookalikes.ts";
import { RecordSplitter } from "#csv/splitter.ts";
import { FileRejected } from "#errors/catalogue.ts";
import { quote, quoteAll } from "#feeds/bad-cell.ts";
import type { Delimiter, Dialect } from "#imports/flow.ts";

/** A line that could have been the header and is not. */
export interface LineRead {
  /** Offsets in the text: of the line, and of the end of the record that begins on it. */
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly text: string;
  /** Absent where it does not end. */
  readonly record?: HeaderRecord;
  readonly cells?: readonly string[];
  readonly header?: RecognisedHeader;
  /** What is wrong with its quotes, if that is why it has no cells. */
  readonly malformed?: string;
  /** How many of the required columns it has. */
  readonly found: number;
}

/** Says why none of the first lines is the header, and of which line it speaks: the first one that comes close, else the first. */
export function notFound(
  text: Uint8Array,
  lines: readonly LineRead[],
  declared: DeclaredDialect,
  rules: HeaderRules,
  whole: boolean,
): { readonly fault: FileRejected; readonly line: LineRead } {
  const written = lines.filter(({ text }) => looseName(text.replaceAll(/[",;|\t]/g, "")) !== "");
  const records = written.filter(({ text }) => declared.comment === undefined || !text.startsWith(declared.comment));
  const first = records[0];
  if (first === undefined) return { fault: allBlank(text, whole), line: lines[0] ?? nothing };
  const closest = records.reduce(
    (best, line) => (closeness(line, rules) > closeness(best, rules) ? line : best),
    first,
  );
  const split = records.find((line) => betterDelimiter(text, line, declared, rules, whole));
  if (split) {
    const better = betterDelimiter(text, split, declared, rules, whole)!;
    return { fault: wrongDelimiter(declared.delimiter!, better, split.line), line: split };
  }
  if (closest.found === 0 && first.record === undefined) return { fault: endless(text, first), line: first };
  if (closest.found === 0 && first.malformed !== undefined) return { fault: malformed(first), line: first };
  if (rules.required.length > 1 && records.every(({ cells }) => cells === undefined || cells.length === 1)) {
    return { fault: oneColumn(first, rules.required), line: first };
  }
  return { fault: missing(closest, first, rules), line: closest };
}

/** How close a line comes to the header: by required columns, then by names that look like one. */
function closeness({ found, header }: LineRead, { required }: HeaderRules): number {
  const columns = header?.columns ?? [];
  const known = header ? namesIn(header) : new Set<string>();
  const lookalikes = required.filter((name) => !known.has(name) && lookalikesOf(name, columns).length > 0);
  return found + lookalikes.length / (required.length + 1);
}

function betterDelimiter(
  text: Uint8Array,
  { start }: LineRead,
  { delimiter }: DeclaredDialect,
  rules: HeaderRules,
  whole: boolean,
): Delimiter | undefined {
  if (delimiter === undefined) return undefined;
  const fits = (names: readonly string[]): boolean => requiredAmong(names, rules) === rules.required.length;
  return fittingDelimiter(text.subarray(start), fits, whole);
}

function wrongDelimiter(used: Delimiter, better: Delimiter, line: number): FileRejected {
  const names = [delimiterName(used), delimiterName(better)] as const;
  return rejectHeader(
    "WRONG_DELIMITER",
    `The header has the required columns when it is split by ${names[1]}, not by ${names[0]}: ` +
      `export the file with ${names[0]} as the delimiter, or declare ${names[1]} in the feed.`,
    line,
  );
}

function oneColumn({ header, line }: LineRead, required: readonly string[]): FileRejected {
  return rejectHeader(
    "WRONG_DELIMITER",
    `The header is the one column ${quoteAll(header?.columns ?? [])} where ${required.length} are required, and no comma, semicolon, ` +
      `vertical bar or tab separates it into ${quoteAll(required)}: export the file with one of these delimiters.`,
    line,
  );
}

function malformed({ malformed, line }: LineRead): FileRejected {
  return rejectHeader("MALFORMED_HEADER", `The header's quotes do not follow CSV rules: ${malformed}`, line);
}

function missing(closest: LineRead, first: LineRead, { required }: HeaderRules): FileRejected {
  const columns = closest.header?.columns ?? [];
  const known = closest.header ? namesIn(closest.header) : new Set<string>();
  const lacks = required.filter((name) => !known.has(name));
  const one = lacks.length === 1;
  const start =
    closest === first
      ? `Line ${first.line} is ${quote(first.text)} and lacks`
      : `Line ${first.line} is ${quote(first.text)}, which is no header, and line ${closest.line}, ${quote(closest.text)}, lacks`;
  const hints = lacks.flatMap((name) => {
    const alike = lookalikesOf(
      name,
      columns.filter((column) => !required.includes(column)),
    );
    return alike.length === 0
      ? []
      : [`${quoteAll(alike)} ${alike.length === 1 ? "looks" : "look"} like ${quote(name)}`];
  });
  const todo = one ? "add the column, or correct its name" : "add the columns, or correct their names";
  return rejectHeader(
    "MISSING_COLUMN",
    `${start} the required ${one ? "column" : "columns"} ${quoteAll(lacks)}${hints.length > 0 ? ` (${hints.slice(0, 5).join("; ")})` : ""}: ${todo}.`,
    closest.line,
  );
}

function endless(text: Uint8Array, { line, start }: LineRead): FileRejected {
  // Where a quote opens that never closes, the line has no end under any delimiter but for that quote.
  const splitter = new RecordSplitter({ delimiter: ",", offset: 0, line });
  splitter.scan(text.subarray(start));
  if (splitter.unclosedQuoteLine !== undefined) return unclosedQuote(splitter.unclosedQuoteLine);
  return rejectHeader(
    "MALFORMED_HEADER",
    `${line === 1 ? "The first line" : `Line ${line}`} does not end within 256 kB: put the column names on a line of their own.`,
    line,
  );
}

/** The quote that opens on that line never closes. */
export function unclosedQuote(line: number, { escape }: Pick<Dialect, "escape"> = {}): FileRejected {
  const mark = escape === undefined ? "double it" : "put a backslash before it";
  return new FileRejected(
    "UNCLOSED_QUOTE",
    `A quote opens on line ${line} and never closes: close it, or ${mark} if it belongs to the text.`,
    line,
  );
}

function allBlank(text: Uint8Array, whole: boolean): FileRejected {
  if (whole && !/[^\s",;|]/.test(Buffer.from(text).toString())) {
    return new FileRejected("NO_RECORDS", "The file has nothing in it but empty lines: export it again.");
  }
  return rejectHeader(
    "BLANK_COLUMN",
    "Line 1 is empty where the column names must be: remove the empty lines at the top.",
    1,
  );
}

const nothing: LineRead = { start: 0, end: 0, line: 1, text: "", found: 0 };
