import type { Dialect } from "#imports/flow.ts";

const lineFeed = 10;
const carriageReturn = 13;
const quote = 34;

/** Where the bytes that are split begin, in the file they belong to. */
export interface SplitStart extends Dialect {
  /** Offset in the file of the first byte, which is the first of a record. */
  readonly offset: number;
  /** Physical line of that byte, from 1. */
  readonly line: number;
}

/**
 * The authority on record boundaries. A quote opens only at the start of a field, `""` inside is a quote, after a closing
 * quote everything up to the next field is literal, and a record ends at a line break (\n, \r\n, \r) outside quotes. Blank
 * lines are records; a break at the very end makes no further one.
 *
 * Fed with blocks cut anywhere. After each `scan` the records that ended in the block stand in `nexts`, `breaks` and
 * `lines`, in parallel: arrays of numbers and not objects or a callback, because that is what lets 500 MB/s through.
 */
export class RecordSplitter {
  /** Offset in the file of the byte after each record's line break. */
  nexts = new Float64Array(1024);
  /** Bytes in each record's line break: 0 (end of the file), 1 or 2. */
  breaks = new Uint8Array(1024);
  /** Physical line on which the record after each one begins. */
  lines = new Float64Array(1024);
  /** Physical line of the next byte. */
  line: number;
  /** Offset in the file of the next byte. */
  offset: number;
  readonly #delimiter: number;
  #recordStart: number;
  #inQuotes = false;
  /** In quotes, the last block ended with a quote: the next byte says whether it closes. */
  #pendingQuote = false;
  /** Outside quotes, the last block ended with \r: the next byte says whether the break is \r\n. */
  #pendingReturn = false;
  #previous = lineFeed;
  #quoteLine = 0;

  constructor(start: SplitStart) {
    this.#delimiter = start.delimiter.charCodeAt(0);
    this.#recordStart = this.offset = start.offset;
    this.line = start.line;
  }

  /** Goes over one block and returns how many records ended in it. */
  scan(block: Uint8Array): number {
    const length = block.length;
    if (length === 0) return 0;
    const base = this.offset;
    const delimiter = this.#delimiter;
    let { line, nexts, breaks, lines } = this;
    let room = nexts.length;
    let inQuotes = this.#inQuotes;
    let ended = 0;
    let at = 0;

    if (this.#pendingReturn) {
      this.#pendingReturn = false;
      at = block[0] === lineFeed ? 1 : 0;
      this.#note(ended++, base + at, 1 + at, line);
    } else if (this.#pendingQuote) {
      this.#pendingQuote = false;
      if (block[0] === quote) at = 1;
      else inQuotes = false;
    }

    while (at < length) {
      // All three bytes that matter are at most a quote: one comparison passes over nearly all others.
      if (inQuotes) {
        while (at < length && block[at]! > quote) at++;
        if (at === length) break;
        const byte = block[at++]!;
        if (byte === quote) {
          if (at === length) {
            this.#pendingQuote = true;
          } else {
            const next = block[at]!;
            if (next === quote) {
              at++;
            } else if (next === delimiter && block[at + 1] === quote) {
              // The next field is quoted as well: most often so, where any is.
              this.#quoteLine = line;
              at += 2;
            } else {
              inQuotes = false;
            }
          }
        } else if (byte === carriageReturn) {
          line++;
        } else if (byte === lineFeed) {
          // The second half of a \r\n was counted with the first.
          if ((at === 1 ? this.#previous : block[at - 2]) !== carriageReturn) line++;
        }
      } else {
        while (at < length && block[at]! > quote) at++;
        if (at === length) break;
        const byte = block[at++]!;
        if (byte === quote) {
          // A break or delimiter just before is one outside quotes too: a closing quote would stand between.
          const previous = at === 1 ? this.#previous : block[at - 2]!;
          if (previous === delimiter || previous === lineFeed || previous === carriageReturn) {
            inQuotes = true;
            this.#quoteLine = line;
          }
        } else if (byte === lineFeed || byte === carriageReturn) {
          line++;
          let lineBreak = 1;
          if (byte === carriageReturn) {
            if (at === length) {
              this.#pendingReturn = true;
              break;
            }
            if (block[at] === lineFeed) {
              at++;
              lineBreak = 2;
            }
          }
          if (ended === room) {
            this.#grow();
            ({ nexts, breaks, lines } = this);
            room = nexts.length;
          }
          nexts[ended] = base + at;
          breaks[ended] = lineBreak;
          lines[ended++] = line;
        }
      }
    }

    this.#previous = block[length - 1]!;
    this.#inQuotes = inQuotes;
    this.line = line;
    this.offset = base + length;
    if (ended > 0) this.#recordStart = this.nexts[ended - 1]!;
    return ended;
  }

  /**
   * Ends the last record, if one is under way, and returns how many ended (0 or 1); `unclosedQuoteLine` then says whether it
   * ended inside quotes.
   */
  end(): number {
    if (this.#pendingReturn) {
      this.#pendingReturn = false;
      this.#note(0, this.offset, 1, this.line);
    } else if (this.offset > this.#recordStart) {
      this.#note(0, this.offset, 0, this.line);
    } else {
      return 0;
    }
    this.#recordStart = this.offset;
    return 1;
  }

  /** Physical line of the quote that is open at this point, if one is. */
  get unclosedQuoteLine(): number | undefined {
    return this.#inQuotes && !this.#pendingQuote ? this.#quoteLine : undefined;
  }

  #note(index: number, next: number, lineBreak: number, line: number): void {
    if (index === this.nexts.length) this.#grow();
    this.nexts[index] = next;
    this.breaks[index] = lineBreak;
    this.lines[index] = line;
  }

  #grow(): void {
    const { nexts, breaks, lines } = this;
    this.nexts = new Float64Array(nexts.length * 2);
    this.breaks = new Uint8Array(nexts.length * 2);
    this.lines = new Float64Array(nexts.length * 2);
    this.nexts.set(nexts);
    this.breaks.set(breaks);
    this.lines.set(lines);
  }
}
