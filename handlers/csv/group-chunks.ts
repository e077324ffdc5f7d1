import type { ChunkLimits } from "#csv/chunk-limits.ts";
import { largestGroup, RowJudge, type Grouping, type RowKind } from "#csv/groups.ts";
import type { RecordSplitter, SplitStart } from "#csv/splitter.ts";
import type { Chunk } from "#imports/flow.ts";

/** A record, as far as a chunk must know it. */
interface Unit {
  /** Offset in the file, and physical line, of the byte behind it. */
  end: number;
  endLine: number;
  rows: number;
  /** Line of a row above that cannot be read, and may be its first one. */
  readonly behind: number | undefined;
}

/**
 * Cuts a table file whose records are groups of rows into chunks of whole records. A group that is under way is held back as its
 * place, not as its bytes. Rows without anything in them belong to it if it goes on below them, and are records of their own if it
 * does not: until that is known they are counted as such, in chunks that are taken back in the other case. So memory is that of
 * the largest row that is looked at.
 */
export class GroupChunks {
  readonly #judge: RowJudge;
  #chunk: ChunkUnderWay;
  #open: Unit | undefined;
  /** How it is where the group above ends: the chunk under way, those that are complete, and the rows that are records then. */
  #ended: { readonly chunk: ChunkUnderWay; readonly chunks: Chunk[]; rows: number } | undefined;
  #rowStart: number;
  #rowLine: number;
  /** First bytes of the row under way, from earlier blocks. */
  #held: Buffer[] = [];
  #heldBytes = 0;

  constructor(start: SplitStart, grouping: Grouping, limits: ChunkLimits) {
    this.#judge = new RowJudge(grouping);
    this.#chunk = new ChunkUnderWay(limits, start);
    this.#rowStart = start.offset;
    this.#rowLine = start.line;
  }

  /** Takes the rows that ended in a block, and gives the chunks that are complete. */
  take(splitter: RecordSplitter, ended: number, block: Uint8Array): Chunk[] {
    const chunks: Chunk[] = [];
    const offset = splitter.offset - block.length;
    const bytes = Buffer.from(block.buffer, block.byteOffset, block.byteLength);
    for (let i = 0; i < ended; i++) {
      const next = splitter.nexts[i]!;
      const length = next - splitter.breaks[i]! - this.#rowStart;
      const row = this.#rowIn(bytes, offset, Math.min(length, largestGroup));
      const line = this.#rowLine;
      [this.#rowStart, this.#rowLine] = [next, splitter.lines[i]!];
      this.#add(this.#judge.next(row, line, length <= largestGroup), chunks);
    }
    this.#hold(bytes, offset);
    return chunks;
  }

  /** Says that no row follows; gives the last chunks and what all of them hold. */
  end(): { readonly chunks: Chunk[]; readonly records: number; readonly rows: number } {
    const chunks: Chunk[] = [];
    this.#endOpen(chunks);
    this.#chunk.end(chunks);
    return { chunks, ...this.#chunk.before };
  }

  /** The first bytes of the row that begins at `#rowStart`, so many; the block begins at `offset`. */
  #rowIn(block: Buffer, offset: number, length: number): Buffer {
    const from = this.#rowStart - offset;
    if (from >= 0) return block.subarray(from, from + length);
    const row = Buffer.concat([...this.#held, block.subarray(0, Math.max(from + length, 0))]).subarray(0, length);
    [this.#held, this.#heldBytes] = [[], 0];
    return row;
  }

  #hold(block: Buffer, offset: number): void {
    const rest = block.subarray(Math.max(this.#rowStart - offset, 0));
    const kept = rest.subarray(0, largestGroup + 1 - this.#heldBytes);
    if (kept.length === 0) return;
    // The block may be filled anew by whoever reads the file.
    this.#held.push(Buffer.from(kept));
    this.#heldBytes += kept.length;
  }

  /** Adds the row that ends at `#rowStart`. */
  #add(kind: RowKind, chunks: Chunk[]): void {
    const { behind } = this.#judge;
    const row: Unit = { end: this.#rowStart, endLine: this.#rowLine, rows: 1, behind };
    if (kind === "start") {
      this.#endOpen(chunks);
      this.#open = row;
    } else if (kind === "blank" || kind === "comment") {
      this.#addBlank(row, chunks);
    } else {
      const open = this.#open!;
      open.rows += 1 + (this.#ended?.rows ?? 0);
      [open.end, open.endLine] = [row.end, row.endLine];
      this.#ended = undefined;
    }
  }

  #addBlank(row: Unit, chunks: Chunk[]): void {
    if (this.#open === undefined) {
      this.#chunk.add(row, chunks);
      return;
    }
    if (this.#ended === undefined) {
      this.#ended = { chunk: this.#chunk.copy(), chunks: [], rows: 0 };
      this.#ended.chunk.add(this.#open, this.#ended.chunks);
    }
    this.#ended.chunk.add(row, this.#ended.chunks);
    this.#ended.rows++;
  }

  #endOpen(chunks: Chunk[]): void {
    if (this.#ended !== undefined) {
      for (const chunk of this.#ended.chunks) chunks.push(chunk);
      this.#chunk = this.#ended.chunk;
    } else if (this.#open !== undefined) {
      this.#chunk.add(this.#open, chunks);
    }
    this.#open = this.#ended = undefined;
  }
}

/** Puts records into chunks. */
class ChunkUnderWay {
  readonly #limits: ChunkLimits;
  #number = 1;
  #records = 0;
  #rows = 0;
  #end: number;
  #endLine: number;
  #firstRecord = 1;
  #firstRow = 1;
  #start: number;
  #firstLine: number;
  #behind: number | undefined;
  /** Whether what is in it stands alone. */
  #isAlone = false;

  constructor(limits: ChunkLimits, { offset, line }: Pick<SplitStart, "offset" | "line">) {
    this.#limits = limits;
    this.#start = this.#end = offset;
    this.#firstLine = this.#endLine = line;
  }

  /** What stands before it. */
  get before(): { readonly records: number; readonly rows: number } {
    return { records: this.#firstRecord - 1, rows: this.#firstRow - 1 };
  }

  copy(): ChunkUnderWay {
    const copy = new ChunkUnderWay(this.#limits, { offset: this.#start, line: this.#firstLine });
    copy.#number = this.#number;
    [copy.#records, copy.#rows, copy.#end, copy.#endLine] = [this.#records, this.#rows, this.#end, this.#endLine];
    [copy.#firstRecord, copy.#firstRow] = [this.#firstRecord, this.#firstRow];
    [copy.#behind, copy.#isAlone] = [this.#behind, this.#isAlone];
    return copy;
  }

  /** Puts the next record into it; before that it is complete where the record has no room in it. */
  add(record: Unit, chunks: Chunk[]): void {
    // As large a record fails by its size; its chunk can be told from that, without reading it.
    const isAlone = record.end - this.#end > largestGroup;
    if (this.#records > 0 && (isAlone || this.#isAlone || !this.#hasRoom(record))) this.end(chunks);
    if (this.#records === 0) this.#behind = record.behind;
    this.#records++;
    this.#rows += record.rows;
    [this.#end, this.#endLine] = [record.end, record.endLine];
    this.#isAlone = isAlone;
  }

  /** Rows count, not records: they are the work. */
  #hasRoom({ end, rows, behind }: Unit): boolean {
    // Behind a row that cannot be read there is more room: it is better seen with the record that it may be the first row of.
    const times = behind === undefined ? 1 : 2;
    const { maxRecords, maxBytes } = this.#limits;
    return this.#rows + rows <= times * maxRecords && end - this.#start <= times * maxBytes;
  }

  /** Says that nothing follows in it. */
  end(chunks: Chunk[]): void {
    if (this.#records === 0) return;
    chunks.push({
      chunk: this.#number++,
      start: this.#start,
      end: this.#end,
      firstRecord: this.#firstRecord,
      firstLine: this.#firstLine,
      records: this.#records,
      firstRow: this.#firstRow,
      ...(this.#behind !== undefined && { behind: this.#behind }),
    });
    [this.#start, this.#firstLine] = [this.#end, this.#endLine];
    this.#firstRecord += this.#records;
    this.#firstRow += this.#rows;
    [this.#records, this.#rows, this.#isAlone] = [0, 0, false];
  }
}
