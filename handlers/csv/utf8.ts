import { isUtf8 } from "node:buffer";

/** A byte that begins no UTF-8 character. */
export interface InvalidByte {
  /** Counted from the first byte of all. */
  readonly offset: number;
  readonly byte: number;
}

/** Checks that bytes are UTF-8 as they go by in blocks cut anywhere, also inside a character. */
export class Utf8Checker {
  #offset = 0;
  /** First bytes of a character that the last block cut off. */
  readonly #cut = new Uint8Array(4);
  #cutBytes = 0;
  #cutNeeds = 0;

  /** Takes the next block; gives the first byte in it that begins no UTF-8 character. */
  push(block: Uint8Array): InvalidByte | undefined {
    let start = 0;
    if (this.#cutBytes > 0) {
      const cut = this.#cutCharacter();
      while (this.#cutBytes < this.#cutNeeds && start < block.length) this.#cut[this.#cutBytes++] = block[start++]!;
      if (this.#cutBytes === this.#cutNeeds) {
        if (!isUtf8(this.#cut.subarray(0, this.#cutNeeds))) return cut;
        this.#cutBytes = 0;
      }
    }
    const end = block.length - cutOff(block, start);
    const body = block.subarray(start, end);
    if (!isUtf8(body)) {
      const at = start + firstInvalid(body);
      return { offset: this.#offset + at, byte: block[at]! };
    }
    if (end < block.length) {
      this.#cut.set(block.subarray(end));
      this.#cutBytes = block.length - end;
      this.#cutNeeds = lengthOf(block[end]!);
    }
    this.#offset += block.length;
    return undefined;
  }

  /** Says that no block follows; gives the first byte of a character that is cut off for good. */
  end(): InvalidByte | undefined {
    return this.#cutBytes > 0 ? this.#cutCharacter() : undefined;
  }

  #cutCharacter(): InvalidByte {
    return { offset: this.#offset - this.#cutBytes, byte: this.#cut[0]! };
  }
}

/** Bytes at the end of the block that begin a character without completing it. */
function cutOff(block: Uint8Array, start: number): number {
  for (let back = 1; back <= 3 && block.length - back >= start; back++) {
    const byte = block[block.length - back]!;
    if (isContinuation(byte)) continue;
    return byte >= 0xc0 && lengthOf(byte) > back ? back : 0;
  }
  return 0;
}

function firstInvalid(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const length = bytes[at]! < 0x80 ? 1 : lengthOf(bytes[at]!);
    if (at + length > bytes.length || !isUtf8(bytes.subarray(at, at + length))) return at;
    at += length;
  }
  return at;
}

function lengthOf(lead: number): number {
  return lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}
