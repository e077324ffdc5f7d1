import type { ChunkLimits } from "#csv/chunk-limits.ts";
import { ChunkPlanner } from "#csv/chunks.ts";
import { dialectOf, markedEncoding, unmarkedUtf16, type DeclaredDialect } from "#csv/dialect.ts";
import { checkFileSize, checkNotBinary } from "#csv/file-kind.ts";
import { findHeader, type FoundHeader } from "#csv/find-header.ts";
import type { Grouping } from "#csv/groups.ts";
import { unnamedColumns, type HeaderRules, type RecognisedHeader } from "#csv/header.ts";
import { unclosedQuote } from "#csv/header-not-found.ts";
import { headerWarnings } from "#csv/header-warnings.ts";
import { RecordSplitter } from "#csv/splitter.ts";
import { Utf8Checker, type InvalidByte } from "#csv/utf8.ts";
import { FileRejected } from "#errors/catalogue.ts";
import { bookkeepingColumns } from "#imports/bookkeeping.ts";
import type { Chunk, Dialect } from "#imports/flow.ts";
import type { CountedWarning } from "#warnings/catalogue.ts";

/** Most chunks of a file: the manifest that the Map reads, and the ledger, have an entry for each. */
export const mostChunks = 100_000;

export interface GateOptions extends HeaderRules, DeclaredDialect, ChunkLimits {
  readonly maxFileBytes: number;
  /** Set where the file came packed: offsets are those of what was in it. */
  readonly unpacked?: boolean | undefined;
  /** The column whose runs of equal cells are the records, where these are groups of rows; with `starts`, those that start with such a cell. */
  readonly group?: string | undefined;
  readonly starts?: readonly string[] | undefined;
}

/** A table file that passed the gate, cut into chunks. */
export interface PlannedTable extends Dialect {
  readonly header: RecognisedHeader & {
    /** Byte range [start, end) of the header record, byte order mark and line break excluded; empty where the file has none. */
    readonly range: readonly [start: number, end: number];
    /** Places, from 0, of columns without a name: nothing may stand in them. */
    readonly unnamed: readonly number[];
    /** Set where the file has no header, and the names are the feed's. */
    readonly fromFeed?: true;
  };
  readonly records: number;
  /** How rows are put together, and how many the file has, where records are groups of them. */
  readonly groups?: { readonly grouping: Grouping; readonly rows: number };
  /** Contiguous, covering all bytes after the header's line break but an end mark. */
  readonly chunks: readonly Chunk[];
  readonly bytes: number;
  /** What the file as a whole is to be told of. */
  readonly warnings: readonly CountedWarning[];
}

/** What an offset is one of, where the file came packed. */
export const unpackedFile = " of the unpacked file";

/** A header is looked for in this many bytes at first, so that a large file is not held back for it. */
const firstHeadBytes = 64 * 1024;
/** What old systems put at the end of a text: it is no part of it. */
const endMark = 0x1a;

/**
 * The file gate and the planner in one pass over a plain UTF-8 CSV, given in blocks of any size. Throws FileRejected for what
 * makes the whole file untrustworthy; of several faults for the one that comes first in the file. Memory is that of a block and
 * of the list of chunks.
 */
export async function planTable(blocks: AsyncIterable<Uint8Array>, options: GateOptions): Promise<PlannedTable> {
  const gate = new TableGate(options);
  for await (const block of blocks) gate.push(block);
  return gate.end();
}

interface Opened {
  readonly planner: ChunkPlanner;
  readonly found: FoundHeader;
  readonly header: PlannedTable["header"];
  readonly grouping: Grouping | undefined;
}

/** A byte that no text has. */
interface TextFault {
  readonly offset: number;
  readonly rejectionOn: (line: number) => FileRejected;
}

/** `planTable` for a caller that has the blocks in a loop of its own. */
export class TableGate {
  readonly #options: GateOptions;
  readonly #text: TextCheck;
  readonly #chunks: Chunk[] = [];
  #bytes = 0;
  /** End marks that were held back: only at the very end they are one. */
  #endMarks = 0;
  /** The file's first blocks, until the header is found in them. */
  #head: Uint8Array[] = [];
  #nextTry = firstHeadBytes;
  #opened: Opened | undefined;
  /** The first byte that is no text, once the planner has come to it, and the line of the quote that is open there. */
  #fault: { readonly rejection: FileRejected; readonly quoteLine: number | undefined } | undefined;

  constructor(options: GateOptions) {
    this.#options = options;
    this.#text = new TextCheck(options.unpacked ? unpackedFile : "");
  }

  /** Takes the next block of the file. */
  push(block: Uint8Array): void {
    let length = block.length;
    while (length > 0 && block[length - 1] === endMark) length--;
    if (length > 0) {
      for (; this.#endMarks > 0; this.#endMarks -= Math.min(this.#endMarks, firstHeadBytes)) {
        this.#take(Buffer.alloc(Math.min(this.#endMarks, firstHeadBytes), endMark));
      }
      this.#take(block.subarray(0, length));
    }
    this.#endMarks += block.length - length;
    checkFileSize(this.#bytes + this.#endMarks, this.#options.maxFileBytes);
  }

  /** Says that no block follows, and gives the plan. */
  end(): PlannedTable {
    const { planner, found, header, grouping } = this.#opened ?? this.#open(true)!;
    this.#text.end();
    this.#plan(planner, new Uint8Array());
    const { chunks, records, rows, anyContent, unclosedQuoteLine } = planner.end();
    if (this.#fault !== undefined) {
      const { quoteLine, rejection } = this.#fault;
      throw quoteLine !== undefined && quoteLine === unclosedQuoteLine
        ? unclosedQuote(quoteLine, found.dialect)
        : rejection;
    }
    if (unclosedQuoteLine !== undefined) throw unclosedQuote(unclosedQuoteLine, found.dialect);
    if (!anyContent) throw noRecords(records, header.fromFeed);
    this.#chunks.push(...chunks);
    if (this.#chunks.length > mostChunks) throw tooManyChunks(this.#chunks.length);
    const warnings = headerWarnings(found, this.#options);
    const bytes = this.#bytes + this.#endMarks;
    return {
      ...{ ...found.dialect, header, records, chunks: this.#chunks, bytes, warnings },
      ...(grouping && { groups: { grouping, rows: rows! } }),
    };
  }

  #take(block: Uint8Array): void {
    this.#bytes += block.length;
    checkFileSize(this.#bytes, this.#options.maxFileBytes);
    this.#text.push(block);
    if (this.#opened !== undefined) {
      this.#plan(this.#opened.planner, block);
    } else {
      this.#head.push(block);
      if (this.#bytes >= this.#nextTry) this.#open(false);
    }
  }

  /** Looks for the header in the first blocks; `whole` says that there are no others. */
  #open(whole: boolean): Opened | undefined {
    const head = Buffer.concat(this.#head);
    checkIsText(head);
    const start = markedEncoding(head)?.markBytes ?? 0;
    const text = head.subarray(start);
    if (whole) checkNotEmpty(this.#bytes + this.#endMarks, this.#endMarks, text);
    const found = findHeader(text, this.#options, this.#options, whole);
    if (found === undefined) {
      this.#nextTry *= 2;
      return undefined;
    }
    const judged = "fault" in found ? found.end : found.range[1];
    const bad = this.#text.fault;
    if (bad !== undefined && bad.offset < start + judged) throw bad.rejectionOn(lineAt(head, bad.offset));
    if ("fault" in found) throw found.fault;

    const { next, header, range } = found;
    const grouping = groupingIn(found, this.#options);
    const split = { ...found.dialect, offset: start + next.offset, line: next.line };
    const planner = new ChunkPlanner(split, this.#options, grouping);
    this.#opened = {
      planner,
      found,
      grouping,
      header: {
        ...header,
        range: [start + range[0], start + range[1]],
        unnamed: unnamedColumns(header),
        ...(found.declared === "used" && { fromFeed: true }),
      },
    };
    this.#head = [];
    this.#plan(planner, text.subarray(next.offset));
    return this.#opened;
  }

  /** Gives the planner what follows, up to the bytes that were taken last. */
  #plan(planner: ChunkPlanner, block: Uint8Array): void {
    const bad = this.#text.fault;
    if (bad !== undefined && this.#fault === undefined) {
      // A character that an earlier block has cut off lies before this one.
      const before = block.subarray(0, Math.max(bad.offset - (this.#bytes - block.length), 0));
      this.#chunks.push(...planner.push(before));
      // The file is read on: a quote that is open here may never close, and then is the fault that comes first.
      this.#fault = { rejection: bad.rejectionOn(planner.line), quoteLine: planner.unclosedQuoteLine };
      block = block.subarray(before.length);
    }
    this.#chunks.push(...planner.push(block));
  }
}

/** How the rows of a file with that header are put together; of a failed-records CSV by the failures that they name. */
function groupingIn({ dialect, header }: FoundHeader, { group, starts, sheet }: GateOptions): Grouping | undefined {
  if (group === undefined) return undefined;
  const { columns, cells, failedRecords } = header;
  return {
    ...dialectOf(dialect),
    group: columns.indexOf(group),
    ...(starts && { starts }),
    columns: cells.length,
    ...(failedRecords && { identity: columns.indexOf(bookkeepingColumns[0]) }),
    inSheet: sheet !== undefined,
  };
}

/** Looks for the first byte that no UTF-8 text has. */
class TextCheck {
  /** Says behind an offset what it is one of. */
  readonly #of: string;
  readonly #utf8 = new Utf8Checker();
  #offset = 0;
  #fault: TextFault | undefined;

  constructor(of: string) {
    this.#of = of;
  }

  get fault(): TextFault | undefined {
    return this.#fault;
  }

  push(block: Uint8Array): void {
    if (this.#fault !== undefined) return;
    const zero = block.indexOf(0);
    const invalid = this.#utf8.push(block);
    const at = zero === -1 ? Infinity : this.#offset + zero;
    if (invalid !== undefined && invalid.offset < at) this.#fault = notUtf8(invalid, this.#of);
    else if (zero !== -1) this.#fault = binary(at, this.#of);
    this.#offset += block.length;
  }

  end(): void {
    const cut = this.#fault === undefined ? this.#utf8.end() : undefined;
    if (cut !== undefined) this.#fault = notUtf8(cut, this.#of);
  }
}

function checkIsText(head: Uint8Array): void {
  checkNotBinary(head);
  const encoding = markedEncoding(head)?.encoding ?? unmarkedUtf16(head);
  if (encoding !== undefined && encoding !== "utf-8") {
    throw new FileRejected(
      "BAD_ENCODING",
      `The file is ${encoding.toUpperCase()} from its first byte on where UTF-8 is expected: export it as UTF-8, or declare its encoding in the feed.`,
      1,
    );
  }
}

function checkNotEmpty(bytes: number, endMarks: number, text: Uint8Array): void {
  const empty = (what: string): FileRejected =>
    new FileRejected("EMPTY_FILE", `The file has ${what}: export it again.`);
  if (bytes === 0) throw empty("no bytes in it");
  if (endMarks > 0 && text.length === 0) throw empty("nothing in it but an end mark");
  if (text.length === 0) throw empty("nothing in it but a byte order mark");
  if (text.every((byte) => byte === 10 || byte === 13)) throw empty("nothing in it but empty lines");
}

function tooManyChunks(chunks: number): FileRejected {
  const counted = `${chunks.toLocaleString("en")} chunks, more than the limit of ${mostChunks.toLocaleString("en")}`;
  return new FileRejected("FILE_TOO_LARGE", `The file makes ${counted}: split it, or have chunkRecords raised.`);
}

function noRecords(blankLines: number, withoutHeader = false): FileRejected {
  const below = blankLines === 0 ? "nothing below it" : "nothing but empty lines below it";
  return new FileRejected(
    "NO_RECORDS",
    withoutHeader
      ? "The file has nothing in it but empty lines: export it again."
      : `The file has a header and ${below}: export it again.`,
  );
}

function binary(offset: number, of: string): TextFault {
  const rejectionOn = (line: number): FileRejected =>
    new FileRejected(
      "BINARY_CONTENT",
      `The byte at offset ${offset}${of} (line ${line}) is zero, which no text has: export the file as CSV in UTF-8.`,
      line,
    );
  return { offset, rejectionOn };
}

function notUtf8({ offset, byte }: InvalidByte, of: string): TextFault {
  const hex = byte.toString(16).toUpperCase().padStart(2, "0");
  const rejectionOn = (line: number): FileRejected =>
    new FileRejected(
      "BAD_ENCODING",
      `The byte ${hex} at offset ${offset}${of} (line ${line}) is not UTF-8: export the file as UTF-8, or declare its encoding in the feed.`,
      line,
    );
  return { offset, rejectionOn };
}

function lineAt(bytes: Uint8Array, offset: number): number {
  // Physical lines are the same whatever the delimiter.
  const splitter = new RecordSplitter({ delimiter: ",", offset: 0, line: 1 });
  splitter.scan(bytes.subarray(0, offset));
  return splitter.line;
}
