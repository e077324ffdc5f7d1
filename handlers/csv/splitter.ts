import type { Dialect } from "#imports/flow.ts";

const tab = 9;
const lineFeed = 10;
const carriageReturn = 13;
const blank = 32;
const quote = 34;
const hash = 35;
const backslash = 92;

/** Where the rare way stands in a record. */
const State = {
  recordStart: 0,
  /** After a delimiter, and after padding. */
  fieldStart: 1,
  text: 2,
  quoted: 3,
  /** Inside quotes, before the character whose meaning a backslash takes away. */
  escaped: 4,
  /** Inside quotes, after a quote: the next byte says whether it closes. */
  quoteSeen: 5,
  /** At the second of two quotes. */
  doubled: 6,
  comment: 7,
} as const;
type State = (typeof State)[keyof typeof State];

/** Whether the byte, between a delimiter and a quote, is padding. */
export function isPadding(byte: number, delimiter: number): boolean {
  return byte === blank || (byte === tab && delimiter !== tab);
}

/** Where the bytes that are split begin, in the file they belong to. */
export interface SplitStart extends Dialect {
  /** Offset in the file of the first byte, which is the first of a record. */
  readonly offset: number;
  /** Physical line of that byte, from 1. */
  readonly line: number;
}

/**
 * The authority on record boundaries. A quote opens only at the start of a field, blanks and tabs before it aside, `""` inside is
 * a quote, after a closing quote everything up to the next field is literal, and a record ends at a line break (\n, \r\n, \r)
 * outside quotes. Blank lines are records; a break at the very end makes no further one. In the dialects that say so a quote is
 * no more than a character, a backslash inside quotes takes the meaning from the next character, and a line that begins with
 * # is a record whatever its quotes.
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
  /** Since the last delimiter or break there were blanks and tabs only. */
  #atFieldStart = true;
  #quoteLine = 0;
  readonly #dialect: Dialect;
  /** Whether the dialect is one that the fast way does not know. */
  readonly #rare: boolean;
  #state: State = State.recordStart;

  constructor(start: SplitStart) {
    this.#dialect = start;
    this.#rare = [start.quote, start.escape, start.comment].some((setting) => setting !== undefined);
    this.#delimiter = start.delimiter.charCodeAt(0);
    this.#recordStart = this.offset = start.offset;
    this.line = start.line;
  }

  /** Goes over one block and returns how many records ended in it. */
  scan(block: Uint8Array): number {
    const length = block.length;
    if (length === 0) return 0;
    if (this.#rare) return this.#scanRare(block);
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
          if (
            previous === delimiter ||
            previous === lineFeed ||
            previous === carriageReturn ||
            ((previous === blank || previous === tab) && this.#isFieldStart(block, at - 1))
          ) {
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

    this.#atFieldStart = this.#isFieldStart(block, length);
    this.#previous = block[length - 1]!;
    this.#inQuotes = inQuotes;
    this.line = line;
    this.offset = base + length;
    if (ended > 0) this.#recordStart = this.nexts[ended - 1]!;
    return ended;
  }

  /** Whether nothing but blanks and tabs stands between that place in the block and the delimiter or break before it. */
  #isFieldStart(block: Uint8Array, at: number): boolean {
    const delimiter = this.#delimiter;
    let before = at - 1;
    while (before >= 0 && isPadding(block[before]!, delimiter)) before--;
    if (before < 0) return this.#atFieldStart;
    const byte = block[before]!;
    return byte === delimiter || byte === lineFeed || byte === carriageReturn;
  }

  /** `scan` for the dialects that are rare: byte by byte, and slower for it. */
  #scanRare(block: Uint8Array): number {
    const { quote: quotes, escape, comment } = this.#dialect;
    const delimiter = this.#delimiter;
    const base = this.offset;
    let state: State = this.#state;
    let ended = 0;
    const end = (next: number, lineBreak: number): void => {
      this.#note(ended++, next, lineBreak, this.line);
      state = State.recordStart;
    };
    for (let at = 0; at < block.length; at++) {
      const byte = block[at]!;
      if (this.#pendingReturn) {
        this.#pendingReturn = false;
        end(base + at + (byte === lineFeed ? 1 : 0), byte === lineFeed ? 2 : 1);
        if (byte === lineFeed) {
          this.#previous = byte;
          continue;
        }
      }
      if (state === State.quoteSeen) state = byte === quote && escape === undefined ? State.doubled : State.text;
      if (state === State.quoted || state === State.escaped || state === State.doubled) {
        if (byte === carriageReturn || (byte === lineFeed && this.#previous !== carriageReturn)) this.line++;
        if (state !== State.quoted) state = State.quoted;
        else if (escape !== undefined && byte === backslash) state = State.escaped;
        else if (byte === quote) state = State.quoteSeen;
      } else if (byte === lineFeed || byte === carriageReturn) {
        this.line++;
        if (byte === lineFeed) end(base + at + 1, 1);
        else this.#pendingReturn = true;
      } else if (state === State.comment || (state === State.recordStart && comment !== undefined && byte === hash)) {
        state = State.comment;
      } else if (byte === delimiter) {
        state = State.fieldStart;
      } else if (state !== State.text && isPadding(byte, delimiter)) {
        state = State.fieldStart;
      } else if (state !== State.text && byte === quote && quotes !== "none") {
        state = State.quoted;
        this.#quoteLine = this.line;
      } else {
        state = State.text;
      }
      this.#previous = byte;
    }
    this.#state = state;
    this.#inQuotes = state === State.quoted || state === State.escaped;
    this.offset = base + block.length;
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
