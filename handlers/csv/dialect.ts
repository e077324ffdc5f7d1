import { isMalformed, parseRecord } from "#csv/parse.ts";
import { RecordSplitter } from "#csv/splitter.ts";
import { delimiters, type Delimiter, type Dialect } from "#imports/flow.ts";

/** How a feed says that its files are written: what it leaves out is found in the file. */
export interface DeclaredDialect extends Omit<Dialect, "delimiter"> {
  readonly delimiter?: Delimiter | undefined;
  /** The names of the columns, for files without a header. */
  readonly columns?: readonly string[] | undefined;
}

/** A Unicode encoding that a byte order mark announces. */
export interface MarkedEncoding {
  readonly encoding: "utf-8" | "utf-16le" | "utf-16be" | "utf-32";
  /** Bytes of the mark itself. */
  readonly markBytes: number;
}

/** The encoding that the file's first bytes (4 or more, if it has as many) announce by a byte order mark, if they do. */
export function markedEncoding(head: Uint8Array): MarkedEncoding | undefined {
  const [a, b, c, d] = head;
  if (a === 0xef && b === 0xbb && c === 0xbf) return { encoding: "utf-8", markBytes: 3 };
  // UTF-32's mark begins with that of UTF-16.
  if (a === 0xff && b === 0xfe && c === 0 && d === 0) return { encoding: "utf-32", markBytes: 4 };
  if (a === 0 && b === 0 && c === 0xfe && d === 0xff) return { encoding: "utf-32", markBytes: 4 };
  if (a === 0xff && b === 0xfe) return { encoding: "utf-16le", markBytes: 2 };
  if (a === 0xfe && b === 0xff) return { encoding: "utf-16be", markBytes: 2 };
  return undefined;
}

/** Western text in UTF-16 has a zero in every other byte; without a byte order mark it would pass for binary content. */
export function unmarkedUtf16(head: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  const sample = head.subarray(0, 64);
  const zeros = (parity: number): number => sample.filter((byte, index) => byte === 0 && index % 2 === parity).length;
  const [even, odd] = [zeros(0), zeros(1)];
  const many = sample.length / 4;
  if (odd > many && even === 0) return "utf-16le";
  if (even > many && odd === 0) return "utf-16be";
  return undefined;
}

/** The first record of a text in one dialect, as a header. */
export interface HeaderRecord extends Dialect {
  /** Bytes of the record in the given head, line break excluded. */
  readonly length: number;
  /** Bytes of its line break; 0 at the end of the file. */
  readonly lineBreak: number;
  /** Physical line on which the first data record begins. */
  readonly nextLine: number;
}

/**
 * The first record in the head of a file, or undefined where it does not end in it. `whole` says that nothing follows the head.
 * The dialect matters: a quote opens only after a delimiter.
 */
export function headerRecord(head: Uint8Array, dialect: Dialect, whole: boolean): HeaderRecord | undefined {
  const splitter = new RecordSplitter({ ...dialect, offset: 0, line: 1 });
  let ended = splitter.scan(head);
  if (ended === 0 && whole && splitter.unclosedQuoteLine === undefined) ended = splitter.end();
  if (ended === 0) return undefined;
  const lineBreak = splitter.breaks[0]!;
  return { ...dialect, length: splitter.nexts[0]! - lineBreak, lineBreak, nextLine: splitter.lines[0]! };
}

/** The header's cells as the file has them, or what is wrong with its quotes. */
export function headerCells(head: Uint8Array, header: HeaderRecord): ReturnType<typeof parseRecord> {
  return parseRecord(Buffer.from(head.subarray(0, header.length)).toString(), header);
}

/**
 * The delimiter under which the header in `head` has most of the columns that `count` counts among its names, then most columns;
 * the earlier of , ; | tab where several tie.
 */
export function detectDelimiter(
  head: Uint8Array,
  count: (names: readonly string[]) => number,
  whole: boolean,
): Delimiter {
  let best: { delimiter: Delimiter; found: number; cells: number } | undefined;
  for (const delimiter of delimiters) {
    const names = namesUnder(head, delimiter, whole);
    const found = count(names);
    if (best === undefined || found > best.found || (found === best.found && names.length > best.cells)) {
      best = { delimiter, found, cells: names.length };
    }
  }
  return best!.delimiter;
}

/** The delimiter under which the header's names fit, if there is one. */
export function fittingDelimiter(
  head: Uint8Array,
  fit: (names: readonly string[]) => boolean,
  whole: boolean,
): Delimiter | undefined {
  return delimiters.find((delimiter) => fit(namesUnder(head, delimiter, whole)));
}

/** The settings of a dialect that are made, without anything else. */
export function dialectOf({ delimiter, quote, escape, comment }: Dialect): Dialect {
  return { delimiter, ...(quote && { quote }), ...(escape && { escape }), ...(comment && { comment }) };
}

/** How a sentence names a delimiter. */
export function delimiterName(delimiter: Delimiter): string {
  return { ",": "comma", ";": "semicolon", "|": "vertical bar", "\t": "tab" }[delimiter];
}

function namesUnder(head: Uint8Array, delimiter: Delimiter, whole: boolean): string[] {
  const header = headerRecord(head, { delimiter }, whole);
  if (header === undefined) return [];
  const cells = headerCells(head, header);
  return isMalformed(cells) ? [] : cells.map((cell) => cell.trim());
}
