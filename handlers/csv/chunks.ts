import type { ChunkLimits } from "#csv/chunk-limits.ts";
import { GroupChunks } from "#csv/group-chunks.ts";
import type { Grouping } from "#csv/groups.ts";
import type { Chunk } from "#imports/flow.ts";
import { RecordSplitter, type SplitStart } from "#csv/splitter.ts";

/** What is known once all bytes were seen. */
export interface ChunksEnd {
  /** The last chunk, if records were left for one. */
  readonly chunks: Chunk[];
  readonly records: number;
  /** Rows of the file, where its records are groups of them. */
  readonly rows?: number;
  /** Whether anything but white space, delimiters and quotes stands in the records. */
  readonly anyContent: boolean;
  /** Physical line of a quote that is never closed. */
  readonly unclosedQuoteLine: number | undefined;
}

/**
 * Cuts a table file into chunks of whole records as its bytes go by. The chunks are contiguous and cover every byte from the
 * start on. Memory is that of one block.
 */
export class ChunkPlanner {
  readonly #splitter: RecordSplitter;
  readonly #limits: ChunkLimits;
  readonly #groups: GroupChunks | undefined;
  #chunk = 1;
  #start: number;
  #firstRecord = 1;
  #firstLine: number;
  #records = 0;
  #recordStart: number;
  #recordLine: number;
  /** Decodes the first blocks, until anything is found in them. */
  readonly #decoder = new TextDecoder();
  /** What stands in rows that are not blank. */
  readonly #content: RegExp;
  #anyContent = false;

  /** `grouping` says how rows are put together, where records are groups of them. */
  constructor(start: SplitStart, limits: ChunkLimits, grouping?: Grouping) {
    const nothing = start.quote === "none" ? start.delimiter : `${start.delimiter}"`;
    this.#content = new RegExp(`[^\\s${nothing}]`);
    this.#splitter = new RecordSplitter(start);
    this.#limits = limits;
    this.#groups = grouping && new GroupChunks(start, grouping, limits);
    this.#start = this.#recordStart = start.offset;
    this.#firstLine = this.#recordLine = start.line;
  }

  /** Physical line of the next byte. */
  get line(): number {
    return this.#splitter.line;
  }

  /** Physical line of the quote that is open before the next byte, if one is. */
  get unclosedQuoteLine(): number | undefined {
    return this.#splitter.unclosedQuoteLine;
  }

  /** Takes the next block, of any size, and returns the chunks that it completes. */
  push(block: Uint8Array): Chunk[] {
    this.#anyContent ||= this.#content.test(this.#decoder.decode(block, { stream: true }));
    const ended = this.#splitter.scan(block);
    return this.#groups ? this.#groups.take(this.#splitter, ended, block) : this.#take(ended);
  }

  /** Says that no block follows. */
  end(): ChunksEnd {
    if (this.#groups) return this.#endGroups(this.#groups);
    const chunks = this.#take(this.#splitter.end());
    if (this.#records > 0) chunks.push(this.#close());
    return {
      chunks,
      records: this.#firstRecord - 1,
      anyContent: this.#anyContent,
      unclosedQuoteLine: this.#splitter.unclosedQuoteLine,
    };
  }

  #endGroups(groups: GroupChunks): ChunksEnd {
    const complete = groups.take(this.#splitter, this.#splitter.end(), new Uint8Array());
    const { chunks, records, rows } = groups.end();
    const { unclosedQuoteLine } = this.#splitter;
    return { chunks: [...complete, ...chunks], records, rows, anyContent: this.#anyContent, unclosedQuoteLine };
  }

  #take(ended: number): Chunk[] {
    const { nexts, lines } = this.#splitter;
    const { maxRecords, maxBytes } = this.#limits;
    const chunks: Chunk[] = [];
    // In runs, not record by record: of a block's records nearly all go into the same chunk.
    for (let i = 0; i < ended;) {
      const most = Math.min(ended - i, maxRecords - this.#records);
      const fitting = countUpTo(nexts, i, most, this.#start + maxBytes);
      // A large record is not put behind others: its chunk can be told from its size, without reading it.
      const taken = fitting === 0 && this.#records === 0 ? 1 : fitting;
      if (taken > 0) {
        i += taken;
        this.#records += taken;
        this.#recordStart = nexts[i - 1]!;
        this.#recordLine = lines[i - 1]!;
      }
      if (taken < most || this.#records === maxRecords) chunks.push(this.#close());
    }
    return chunks;
  }

  #close(): Chunk {
    const chunk: Chunk = {
      chunk: this.#chunk++,
      start: this.#start,
      end: this.#recordStart,
      firstRecord: this.#firstRecord,
      firstLine: this.#firstLine,
      records: this.#records,
    };
    this.#start = this.#recordStart;
    this.#firstRecord += this.#records;
    this.#firstLine = this.#recordLine;
    this.#records = 0;
    return chunk;
  }
}

/** How many of the `count` rising values from index `from` on are at most `limit`. */
function countUpTo(values: Float64Array, from: number, count: number, limit: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (values[from + middle - 1]! <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
}
