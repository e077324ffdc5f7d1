import { dialectOf, headerCells, headerRecord, type DeclaredDialect } from "#csv/dialect.ts";
import { checkHeader, namesIn, recogniseHeader, type HeaderRules, type RecognisedHeader } from "#csv/header.ts";
import { notFound, type LineRead } from "#csv/header-not-found.ts";
import { isMalformed } from "#csv/parse.ts";
import { separatorLine } from "#csv/separator-line.ts";
import { isUnnamed } from "#csv/columns.ts";
import { FileRejected } from "#errors/catalogue.ts";
import { delimiters, type Dialect } from "#imports/flow.ts";

/** A line above the header that was passed over. */
export interface LineAbove {
  readonly line: number;
  readonly value: string;
}

/** Where the columns of a file are named. */
export interface FoundHeader {
  readonly dialect: Dialect;
  readonly header: RecognisedHeader;
  /** Byte range [start, end) of the header record in the text; empty where the feed names the columns. */
  readonly range: readonly [start: number, end: number];
  /** Physical line of the header; of the first record where the file has none. */
  readonly line: number;
  /** Offset and physical line of the first record. */
  readonly next: { readonly offset: number; readonly line: number };
  readonly above: readonly LineAbove[];
  /** Whether the feed names the columns: then the header is its, or, against what it says, the file's. */
  readonly declared?: "used" | "unused";
}

/** Something wrong with the header, and the offset up to which the text was judged. */
export interface HeaderFault {
  readonly fault: FileRejected;
  readonly end: number;
}

/** The header is one of so many lines. */
const mostLines = 20;
/** No honest header is longer; it is noted in the import's entry, and an item of DynamoDB has 400 KB. */
export const maxHeaderBytes = 256 * 1024;

/**
 * Finds the header in the first bytes of a file (byte order mark excluded): the first of the first 20 lines that has all
 * required columns. Undefined where more bytes could make a difference; `whole` says that there are none. What is found does not
 * depend on how many bytes are given.
 */
export function findHeader(
  text: Uint8Array,
  rules: HeaderRules,
  declared: DeclaredDialect,
  whole: boolean,
): FoundHeader | HeaderFault | undefined {
  try {
    return search(text, rules, declared, whole);
  } catch (error) {
    if (!(error instanceof FileRejected)) throw error;
    return { fault: error, end: 0 };
  }
}

function search(
  text: Uint8Array,
  rules: HeaderRules,
  declared: DeclaredDialect,
  whole: boolean,
): FoundHeader | HeaderFault | undefined {
  const separator = separatorLine(text);
  const dialect = { ...declared, ...(separator && { delimiter: separator.delimiter }) };
  const from = separator?.end ?? 0;
  const first = separator ? 2 : 1;
  const most = declared.columns ? 1 : mostLines + 1 - first;
  const lines = linesOf(text, from, first, most);
  const read: LineRead[] = [];
  for (const { start, line } of lines) {
    const bytes = text.subarray(start, start + maxHeaderBytes + 2);
    const best = readLine(bytes, dialect, rules, whole && start + bytes.length === text.length);
    if (best === undefined) return undefined;
    if (best.fits) return accepted({ ...best, start, line }, rules, read, declared);
    read.push({
      ...best,
      start,
      line,
      text: lineText(text, start),
      end: start + (best.record?.length ?? bytes.length),
    });
  }
  if (declared.columns) return withoutHeader(text, from, first, dialect, rules, declared.columns);
  // Lines that are not there yet could hold the header.
  if (!whole && lines.length < most && text.length < 2 * maxHeaderBytes) return undefined;
  const { fault, line } = notFound(text, read, dialect, rules, whole);
  return { fault, end: line.end };
}

/** Where the first physical lines begin. */
function linesOf(text: Uint8Array, from: number, first: number, most: number): { start: number; line: number }[] {
  const lines: { start: number; line: number }[] = [];
  for (let start = from, line = first; start < text.length && lines.length < most; line++) {
    lines.push({ start, line });
    let at = start;
    while (at < text.length && text[at] !== 10 && text[at] !== 13) at++;
    start = at + (text[at] === 13 && text[at + 1] === 10 ? 2 : 1);
  }
  return lines;
}

/** A line as the delimiter reads it under which it has most of the required columns, then most columns. */
type Reading = Pick<LineRead, "record" | "cells" | "header" | "malformed" | "found"> & { readonly fits: boolean };

function readLine(
  bytes: Uint8Array,
  declared: DeclaredDialect,
  rules: HeaderRules,
  whole: boolean,
): Reading | undefined {
  let best: Reading | undefined;
  for (const dialect of dialectsOf(declared)) {
    const reading = readAs(bytes, dialect, rules, whole);
    if (reading === undefined) return undefined;
    const columns = reading.cells?.length ?? 0;
    const more = best === undefined || reading.found - best.found || columns - (best.cells?.length ?? 0);
    if (more === true || (typeof more === "number" && more > 0)) best = reading;
  }
  return best;
}

function readAs(bytes: Uint8Array, dialect: Dialect, rules: HeaderRules, whole: boolean): Reading | undefined {
  const isComment = dialect.comment !== undefined && bytes[0] === dialect.comment.charCodeAt(0);
  // A failed-records CSV is written in no dialect but its delimiter, whatever the files are that its records come from.
  if (dialect.quote ?? dialect.escape ?? dialect.comment) {
    const plain = readAs(bytes, { delimiter: dialect.delimiter }, rules, whole);
    if (plain?.header?.failedRecords) return plain;
  }
  const record = headerRecord(bytes, dialect, whole);
  if (record === undefined && !whole && bytes.length < maxHeaderBytes + 2) return undefined;
  if (record === undefined || record.length > maxHeaderBytes) return { found: 0, fits: false };
  const cells = headerCells(bytes, record);
  if (isMalformed(cells)) return { record, malformed: cells.reason, found: 0, fits: false };
  const header = recogniseHeader(cells, rules);
  const columns = namesIn(header);
  const found = isComment ? 0 : rules.required.filter((name) => columns.has(name)).length;
  const fits = !isComment && found === rules.required.length && cells.some((cell) => !isUnnamed(cell));
  return { record, cells, header, found, fits };
}

function dialectsOf(declared: DeclaredDialect): Dialect[] {
  return (declared.delimiter === undefined ? delimiters : [declared.delimiter]).map((delimiter) =>
    dialectOf({ ...declared, delimiter }),
  );
}

function accepted(
  { record, header, start, line }: Reading & { readonly start: number; readonly line: number },
  rules: HeaderRules,
  passed: readonly LineRead[],
  { columns, comment }: DeclaredDialect,
): FoundHeader | HeaderFault {
  const end = start + record!.length;
  try {
    checkHeader(header!, rules, line);
  } catch (error) {
    if (!(error instanceof FileRejected)) throw error;
    return { fault: error, end };
  }
  return {
    dialect: dialectOf(record!),
    header: header!,
    range: [start, end],
    line,
    next: { offset: end + record!.lineBreak, line: line + record!.nextLine - 1 },
    above: passed
      .filter((above) => comment === undefined || !above.text.startsWith(comment))
      .map(({ line, text }) => ({ line, value: text })),
    ...(columns && !header!.failedRecords && { declared: "unused" }),
  };
}

/** The columns of a file that has no header, by the names that its feed declares. */
function withoutHeader(
  text: Uint8Array,
  offset: number,
  line: number,
  declared: DeclaredDialect,
  rules: HeaderRules,
  names: readonly string[],
): FoundHeader {
  const header = recogniseHeader(names, rules);
  const isComment = (start: number): boolean => declared.comment?.charCodeAt(0) === text[start];
  const start = linesOf(text, offset, line, mostLines).find(({ start }) => !isComment(start))?.start ?? offset;
  const bytes = text.subarray(start, start + maxHeaderBytes + 2);
  const cellsUnder = (dialect: Dialect): number => {
    const record = headerRecord(bytes, dialect, true);
    const cells = record && headerCells(bytes, record);
    return cells === undefined || isMalformed(cells) ? 0 : cells.length;
  };
  const dialects = dialectsOf(declared);
  const [dialect] = dialects.sort((a, b) => {
    const [left, right] = [cellsUnder(a), cellsUnder(b)];
    return Number(right === names.length) - Number(left === names.length) || right - left;
  });
  return {
    dialect: dialect!,
    header,
    range: [offset, offset],
    line,
    next: { offset, line },
    above: [],
    declared: "used",
  };
}

/** The physical line that begins there, for people. */
function lineText(text: Uint8Array, start: number): string {
  const line = Buffer.from(text.subarray(start, start + 1000)).toString();
  return /^[^\r\n]*/.exec(line)![0];
}
