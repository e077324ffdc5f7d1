import type { Chunk } from "#imports/flow.ts";
import { RecordSplitter, type SplitStart } from "#csv/splitter.ts";

export interface ChunkLimits {
  /** Most records in one chunk. */
  readonly maxRecords: number;
  /** Most bytes in one chunk. A record that is larger stands alone in its chunk. */
  readonly maxBytes: number;
}

/** What is known once all bytes were seen. */
export interface ChunksEnd {
  /** The last chunk, if records were left for one. */
  readonly chunks: Chunk[];
  readonly records: number;
  /** Whether any record holds more than its line break. */
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
  #chunk = 1;
  #start: number;
  #firstRecord = 1;
  #firstLine: number;
  #records = 0;
  #recordStart: number;
  #recordLine: number;
  #anyContent = false;

  constructor(start: SplitStart, limits: ChunkLimits) {
    this.#splitter = new RecordSplitter(start);
    this.#limits = limits;
    this.#start = this.#recordStart = start.offset;
    this.#firstLine = this.#recordLine = start.line;
  }

  /** Physical line of the next byte. */
  get line(): number {
    return this.#splitter.line;
  }

  /** Takes the next block, of any size, and returns the chunks that it completes. */
  push(block: Uint8Array): Chunk[] {
    return this.#take(this.#splitter.scan(block));
  }

  /** Says that no block follows. */
  end(): ChunksEnd {
    const chunks = this.#take(this.#splitter.end());
    if (this.#records > 0) chunks.push(this.#close());
    return {
      chunks,
      records: this.#firstRecord - 1,
      anyContent: this.#anyContent,
      unclosedQuoteLine: this.#splitter.unclosedQuoteLine,
    };
  }

  #take(ended: number): Chunk[] {
    const { nexts, breaks, lines } = this.#splitter;
    const { maxRecords, maxBytes } = this.#limits;
    const chunks: Chunk[] = [];
    for (let i = 0; i < ended; i++) {
      const next = nexts[i]!;
      // A large record is not put behind others: its chunk can be told from its size, without reading it.
      if (this.#records > 0 && next - this.#start > maxBytes) chunks.push(this.#close());
      if (!this.#anyContent && next - breaks[i]! > this.#recordStart) this.#anyContent = true;
      this.#recordStart = next;
      this.#recordLine = lines[i]!;
      if (++this.#records === maxRecords) chunks.push(this.#close());
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
