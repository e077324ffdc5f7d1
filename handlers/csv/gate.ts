import { ChunkPlanner, type ChunkLimits } from "#csv/chunks.ts";
import { detectDelimiter, headerRecord, markedEncoding } from "#csv/dialect.ts";
import { binaryKindOf, checkFileSize } from "#csv/file-kind.ts";
import { checkHeader, requiredAmong, type HeaderRules, type RecognisedHeader } from "#csv/header.ts";
import { headerWarnings } from "#csv/header-warnings.ts";
import { RecordSplitter } from "#csv/splitter.ts";
import { Utf8Checker, type InvalidByte } from "#csv/utf8.ts";
import { FileRejected } from "#errors/catalogue.ts";
import type { Chunk, Delimiter } from "#imports/flow.ts";
import type { CountedWarning } from "#warnings/catalogue.ts";

/** Most chunks of a file: the manifest that the Map reads, and the ledger, have an entry for each. */
export const mostChunks = 100_000;

export interface GateOptions extends HeaderRules, ChunkLimits {
  /** The delimiter the feed declares; detected from the header where it declares none. */
  readonly delimiter?: Delimiter | undefined;
  readonly maxFileBytes: number;
}

/** A table file that passed the gate, cut into chunks. */
export interface PlannedTable {
  readonly delimiter: Delimiter;
  readonly header: RecognisedHeader & {
    /** Byte range [start, end) of the header record, byte order mark and line break excluded. */
    readonly range: readonly [start: number, end: number];
  };
  readonly records: number;
  /** Contiguous, covering all bytes after the header's line break. */
  readonly chunks: readonly Chunk[];
  readonly bytes: number;
  /** What the file as a whole is to be told of. */
  readonly warnings: readonly CountedWarning[];
}

/** A header is looked for in this many bytes at first, so that a large file is not held back for it. */
const firstHeadBytes = 64 * 1024;
/** No honest header is longer; it is noted in the import's entry, and an item of DynamoDB has 400 KB. */
const maxHeaderBytes = 256 * 1024;

/**
 * The file gate and the planner in one pass over a plain UTF-8 CSV, given in blocks of any size. Throws FileRejected for what
 * makes the whole file untrustworthy. Memory is that of a block and of the list of chunks.
 */
export async function planTable(blocks: AsyncIterable<Uint8Array>, options: GateOptions): Promise<PlannedTable> {
  const gate = new TableGate(options);
  for await (const block of blocks) gate.push(block);
  return gate.end();
}

interface Opened {
  readonly planner: ChunkPlanner;
  readonly delimiter: Delimiter;
  readonly header: PlannedTable["header"];
}

/** `planTable` for a caller that has the blocks in a loop of its own. */
export class TableGate {
  readonly #options: GateOptions;
  readonly #utf8 = new Utf8Checker();
  readonly #chunks: Chunk[] = [];
  #bytes = 0;
  /** The file's first blocks, until the header is found in them. */
  #head: Uint8Array[] = [];
  #nextTry = firstHeadBytes;
  #checked = 0;
  #opened: Opened | undefined;

  constructor(options: GateOptions) {
    this.#options = options;
  }

  /** Takes the next block of the file. */
  push(block: Uint8Array): void {
    this.#bytes += block.length;
    checkFileSize(this.#bytes, this.#options.maxFileBytes);
    if (this.#opened !== undefined) {
      this.#plan(this.#opened.planner, block);
    } else {
      this.#head.push(block);
      if (this.#bytes >= this.#nextTry) this.#open(false);
    }
  }

  /** Says that no block follows, and gives the plan. */
  end(): PlannedTable {
    const { planner, delimiter, header } = this.#opened ?? this.#open(true)!;
    const cut = this.#utf8.end();
    if (cut !== undefined) throw notUtf8(cut, planner.line);
    const { chunks, records, anyContent, unclosedQuoteLine } = planner.end();
    if (unclosedQuoteLine !== undefined) throw unclosedQuote(unclosedQuoteLine);
    if (!anyContent) throw noRecords(records);
    this.#chunks.push(...chunks);
    if (this.#chunks.length > mostChunks) throw tooManyChunks(this.#chunks.length);
    const warnings = headerWarnings(header, this.#options);
    return { delimiter, header, records, chunks: this.#chunks, bytes: this.#bytes, warnings };
  }

  /** Looks for the header in the first blocks; `whole` says that there are no others. */
  #open(whole: boolean): Opened | undefined {
    const head = Buffer.concat(this.#head);
    checkIsText(head);
    this.#checkText(head.subarray(this.#checked), (bad) => lineAt(head, this.#checked + bad));
    this.#checked = head.length;

    const start = markedEncoding(head)?.markBytes ?? 0;
    const text = head.subarray(start);
    if (whole) checkNotEmpty(head, text);
    const delimiter =
      this.#options.delimiter ?? detectDelimiter(text, (names) => requiredAmong(names, this.#options), whole);
    const record = headerRecord(text, delimiter, whole);
    if (record === undefined || record.length > maxHeaderBytes) {
      if (record || whole || this.#bytes >= maxHeaderBytes) throw endlessHeader(text, delimiter);
      this.#nextTry *= 2;
      return undefined;
    }
    const header = checkHeader(text, record, this.#options, whole);
    const rest = record.length + record.lineBreak;
    const planner = new ChunkPlanner({ delimiter, offset: start + rest, line: record.nextLine }, this.#options);
    this.#chunks.push(...planner.push(text.subarray(rest)));
    this.#head = [];
    return (this.#opened = { planner, delimiter, header: { ...header, range: [start, start + record.length] } });
  }

  #plan(planner: ChunkPlanner, block: Uint8Array): void {
    this.#checkText(block, (bad) => {
      planner.push(block.subarray(0, Math.max(bad, 0)));
      return planner.line;
    });
    this.#chunks.push(...planner.push(block));
  }

  /** `lineOf` gives the physical line of an offset in the block; a character cut off before the block has a negative one. */
  #checkText(block: Uint8Array, lineOf: (bad: number) => number): void {
    const start = this.#bytes - block.length;
    const zero = block.indexOf(0);
    if (zero !== -1) throw binary(start + zero, lineOf(zero));
    const invalid = this.#utf8.push(block);
    if (invalid !== undefined) throw notUtf8(invalid, lineOf(invalid.offset - start));
  }
}

function checkIsText(head: Uint8Array): void {
  const kind = binaryKindOf(head);
  if (kind !== undefined) {
    throw new FileRejected(
      "BINARY_CONTENT",
      `The file is ${kind}, whatever its name says: export it as CSV, or give it the name that fits.`,
    );
  }
  const encoding = markedEncoding(head)?.encoding ?? unmarkedUtf16(head);
  if (encoding !== undefined && encoding !== "utf-8") {
    throw new FileRejected(
      "BAD_ENCODING",
      `The file is ${encoding.toUpperCase()} from its first byte on where UTF-8 is expected: export it as UTF-8, or declare its encoding in the feed.`,
      1,
    );
  }
}

/** Western text in UTF-16 has a zero in every other byte; without a byte order mark it would pass for binary content. */
function unmarkedUtf16(head: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  const sample = head.subarray(0, 64);
  const zeros = (parity: number): number => sample.filter((byte, index) => byte === 0 && index % 2 === parity).length;
  const [even, odd] = [zeros(0), zeros(1)];
  const many = sample.length / 4;
  if (odd > many && even === 0) return "utf-16le";
  if (even > many && odd === 0) return "utf-16be";
  return undefined;
}

function checkNotEmpty(head: Uint8Array, text: Uint8Array): void {
  if (head.length === 0) throw new FileRejected("EMPTY_FILE", "The file has no bytes in it: export it again.");
  if (text.length === 0) {
    throw new FileRejected("EMPTY_FILE", "The file has nothing in it but a byte order mark: export it again.");
  }
  if (text.every((byte) => byte === 10 || byte === 13)) {
    throw new FileRejected("EMPTY_FILE", "The file has nothing in it but empty lines: export it again.");
  }
}

function tooManyChunks(chunks: number): FileRejected {
  const counted = `${chunks.toLocaleString("en")} chunks, more than the limit of ${mostChunks.toLocaleString("en")}`;
  return new FileRejected("FILE_TOO_LARGE", `The file makes ${counted}: split it, or have chunkRecords raised.`);
}

function noRecords(blankLines: number): FileRejected {
  return new FileRejected(
    "NO_RECORDS",
    blankLines === 0
      ? "The file has a header and nothing below it: export it again."
      : "The file has a header and nothing but empty lines below it: export it again.",
  );
}

function unclosedQuote(line: number): FileRejected {
  return new FileRejected(
    "UNCLOSED_QUOTE",
    `A quote opens on line ${line} and never closes: close it, or double it if it belongs to the text.`,
    line,
  );
}

function endlessHeader(text: Uint8Array, delimiter: Delimiter): FileRejected {
  const splitter = new RecordSplitter({ delimiter, offset: 0, line: 1 });
  splitter.scan(text);
  if (splitter.unclosedQuoteLine !== undefined) return unclosedQuote(splitter.unclosedQuoteLine);
  return new FileRejected(
    "MALFORMED_HEADER",
    "The first line does not end within 256 kB: put the column names on a line of their own.",
    1,
  );
}

function binary(offset: number, line: number): FileRejected {
  return new FileRejected(
    "BINARY_CONTENT",
    `The byte at offset ${offset} (line ${line}) is zero, which no text has: export the file as CSV in UTF-8.`,
    line,
  );
}

function notUtf8({ offset, byte }: InvalidByte, line: number): FileRejected {
  const hex = byte.toString(16).toUpperCase().padStart(2, "0");
  return new FileRejected(
    "BAD_ENCODING",
    `The byte ${hex} at offset ${offset} (line ${line}) is not UTF-8: export the file as UTF-8, or declare its encoding in the feed.`,
    line,
  );
}

function lineAt(bytes: Uint8Array, offset: number): number {
  // Physical lines are the same whatever the delimiter.
  const splitter = new RecordSplitter({ delimiter: ",", offset: 0, line: 1 });
  splitter.scan(bytes.subarray(0, offset));
  return splitter.line;
}
