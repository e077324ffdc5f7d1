import { Readable } from "node:stream";
import { TextDecoder } from "node:util";
import { createGunzip } from "node:zlib";
import { markedEncoding } from "#csv/dialect.ts";
import { excelToCsv, type ExcelOptions } from "#csv/excel/excel-to-csv.ts";
import { checkNotBinary, sizeOf, type FileKind } from "#csv/file-kind.ts";
import { unpackedFile } from "#csv/gate.ts";
import { RecordSplitter } from "#csv/splitter.ts";
import { FileRejected } from "#errors/catalogue.ts";
import type { Delimiter } from "#imports/flow.ts";

export interface NormaliseOptions extends ExcelOptions {
  readonly kind: FileKind;
  /** The encoding the feed declares, by a label that TextDecoder knows; a byte order mark in the file wins over it. */
  readonly encoding?: string | undefined;
  /** The delimiter the feed declares; a workbook is written with it (with a comma if there is none). */
  readonly delimiter?: Delimiter | undefined;
  /** Most bytes of the normalised file: what a small archive may unpack to. */
  readonly maxFileBytes: number;
}

/**
 * Whether the file is anything but plain UTF-8 CSV, so that its records have byte ranges only after `normalise`. `head` is the
 * file's first bytes: 4 or more, if it has as many.
 */
export function needsNormalising(
  head: Uint8Array,
  { kind, encoding }: Pick<NormaliseOptions, "kind" | "encoding">,
): boolean {
  return kind !== "csv" || encodingOf(head, encoding) !== "utf-8";
}

/**
 * The file as plain UTF-8 CSV, in blocks, without ever holding it whole (but for a workbook, whose size is limited). Throws
 * FileRejected where it cannot be read.
 */
export async function* normalise(
  blocks: AsyncIterable<Uint8Array>,
  options: NormaliseOptions,
): AsyncGenerator<Uint8Array> {
  yield* limited(converted(blocks, options), options.maxFileBytes);
}

function converted(blocks: AsyncIterable<Uint8Array>, options: NormaliseOptions): AsyncIterable<Uint8Array> {
  if (options.kind === "excel") return excelToCsv(blocks, options.delimiter ?? ",", options);
  if (options.kind === "gzip") return decoded(gunzipped(blocks), options.encoding, unpackedFile);
  return decoded(blocks, options.encoding, "");
}

function encodingOf(head: Uint8Array, declared = "utf-8"): string {
  const marked = markedEncoding(head)?.encoding;
  // Not a word TextDecoder knows: left as it is, for the gate to name.
  if (marked === "utf-32") return "utf-8";
  return marked ?? new TextDecoder(declared).encoding;
}

async function* gunzipped(blocks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = Readable.from(blocks);
  const gunzip = createGunzip();
  source.once("error", (error) => gunzip.destroy(error));
  source.pipe(gunzip);
  try {
    for await (const block of gunzip) yield block as Buffer;
  } catch (error) {
    if (!isZlibError(error)) throw error;
    throw new FileRejected(
      "UNREADABLE_FILE",
      "The file's name says that it is a gzip archive, but it is none or is damaged: pack and send it again.",
    );
  } finally {
    source.destroy();
    gunzip.destroy();
  }
}

function isZlibError(error: unknown): boolean {
  return error instanceof Error && "code" in error && String(error.code).startsWith("Z_");
}

/** `of` says behind an offset what it is one of. */
async function* decoded(
  blocks: AsyncIterable<Uint8Array>,
  declared: string | undefined,
  of: string,
): AsyncGenerator<Uint8Array> {
  let decoder: LocatingDecoder | "none" | undefined;
  let head: Uint8Array = Buffer.alloc(0);
  const decoderOf = (head: Uint8Array): LocatingDecoder | "none" => {
    checkNotBinary(head);
    const encoding = encodingOf(head, declared);
    return encoding === "utf-8" ? "none" : new LocatingDecoder(encoding, of);
  };
  function* decode(block?: Uint8Array): Generator<Uint8Array> {
    decoder ??= decoderOf(head);
    if (decoder === "none") {
      if (block) yield block;
      return;
    }
    // What stands before a fault is given first: it may have one of its own, which is the one to name.
    yield block ? decoder.push(block) : decoder.end();
    if (decoder.fault) throw decoder.fault;
  }
  for await (const block of blocks) {
    if (decoder !== undefined) {
      yield* decode(block);
      continue;
    }
    head = head.length === 0 ? block : Buffer.concat([head, block]);
    if (head.length >= 8) yield* decode(head);
  }
  if (decoder === undefined) yield* decode(head);
  yield* decode();
}

/** Turns text in another encoding into UTF-8, and says where it cannot, by the bytes of the original. */
class LocatingDecoder {
  readonly #encoding: string;
  readonly #of: string;
  readonly #decoder: TextDecoder;
  /** Physical lines are the same whatever the delimiter. */
  readonly #lines = new RecordSplitter({ delimiter: ",", offset: 0, line: 1 });
  #offset = 0;
  /** Code units given so far. */
  #units = 0;
  #markBytes = 0;
  #fault: FileRejected | undefined;

  constructor(encoding: string, of: string) {
    this.#encoding = encoding;
    this.#of = of;
    this.#decoder = new TextDecoder(encoding, { fatal: true });
  }

  /** What is wrong with the bytes that were taken last: they were given up to there. */
  get fault(): FileRejected | undefined {
    return this.#fault;
  }

  push(block: Uint8Array): Uint8Array {
    if (this.#offset === 0) this.#markBytes = markedEncoding(block)?.markBytes ?? 0;
    const bytes = this.#decode(() => this.#decoder.decode(block, { stream: true }), block);
    this.#offset += block.length;
    return bytes;
  }

  end(): Uint8Array {
    return this.#decode(() => this.#decoder.decode(), new Uint8Array());
  }

  #decode(decode: () => string, block: Uint8Array): Uint8Array {
    let text: string;
    try {
      text = decode();
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      return this.#undecodable(block);
    }
    // In the twin it would be found by an offset that the original has not.
    const zero = text.indexOf("\0");
    if (zero !== -1) return this.#binary(text.slice(0, zero), block);
    const bytes = Buffer.from(text);
    this.#lines.scan(bytes);
    this.#units += text.length;
    return bytes;
  }

  #undecodable(block: Uint8Array): Uint8Array {
    // A code unit of UTF-16 that the last block cut off is not to be taken for the start of this one.
    const skip = this.#encoding.startsWith("utf-16") ? this.#offset % 2 : 0;
    const decoder = new TextDecoder(this.#encoding, { fatal: true, ignoreBOM: true });
    let at = skip;
    let before = "";
    try {
      for (; at < block.length; at++) before += decoder.decode(block.subarray(at, at + 1), { stream: true });
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    const bytes = Buffer.from(before);
    this.#lines.scan(bytes);
    const { line } = this.#lines;
    this.#fault = new FileRejected(
      "BAD_ENCODING",
      `The bytes near offset ${this.#offset + at}${this.#of} (line ${line}) are not ${this.#encoding.toUpperCase()}: export the file as UTF-8, or declare its encoding in the feed.`,
      line,
    );
    return bytes;
  }

  #binary(before: string, block: Uint8Array): Uint8Array {
    // In every other encoding a zero byte is a zero character and nothing else.
    const offset = this.#encoding.startsWith("utf-16")
      ? this.#markBytes + 2 * (this.#units + before.length)
      : this.#offset + block.indexOf(0);
    const bytes = Buffer.from(before);
    this.#lines.scan(bytes);
    const { line } = this.#lines;
    this.#fault = new FileRejected(
      "BINARY_CONTENT",
      `The character at offset ${offset}${this.#of} (line ${line}) is zero, which no text has: export the file as CSV in UTF-8.`,
      line,
    );
    return bytes;
  }
}

async function* limited(blocks: AsyncIterable<Uint8Array>, maxFileBytes: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const block of blocks) {
    bytes += block.length;
    if (bytes > maxFileBytes) {
      throw new FileRejected(
        "FILE_TOO_LARGE",
        `The file unpacks to more than the limit of ${sizeOf(maxFileBytes)}: split it, or have the limit raised.`,
      );
    }
    if (block.length > 0) yield block;
  }
}
