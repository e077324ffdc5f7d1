import { isUtf8 } from "node:buffer";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Utf8Checker, type InvalidByte } from "#csv/utf8.ts";
import { blockSizes } from "./arbitraries.ts";
import { blocksOf } from "./blocks.ts";

function check(bytes: Uint8Array, sizes: readonly number[]): InvalidByte | undefined {
  const checker = new Utf8Checker();
  for (const block of blocksOf(bytes, sizes)) {
    const invalid = checker.push(block);
    if (invalid !== undefined) return invalid;
  }
  return checker.end();
}

/** Text with a few bytes in it that may or may not be UTF-8. */
const almostText = fc
  .array(
    fc.oneof(
      fc.string({ unit: "binary", maxLength: 4 }).map((text) => [...Buffer.from(text)]),
      fc.constantFrom(
        [0xc3],
        [0xa9],
        [0xe2, 0x82],
        [0xf0, 0x9f, 0x98],
        [0xc0, 0x80],
        [0xed, 0xa0, 0x80],
        [0xff],
        [0xf5],
      ),
    ),
    { maxLength: 8 },
  )
  .map((parts) => Uint8Array.from(parts.flat()));

describe("Utf8Checker", () => {
  it("accepts what is UTF-8 and nothing else, however it is cut", () => {
    fc.assert(
      fc.property(almostText, blockSizes, (bytes, sizes) => {
        expect(check(bytes, sizes) === undefined).toBe(isUtf8(bytes));
      }),
      { numRuns: 5000 },
    );
  });

  it("names the first byte that begins no character, wherever the blocks are cut", () => {
    fc.assert(
      fc.property(almostText, blockSizes, (bytes, sizes) => {
        const invalid = check(bytes, sizes);
        if (invalid === undefined) return;
        expect(isUtf8(bytes.subarray(0, invalid.offset))).toBe(true);
        expect(bytes[invalid.offset]).toBe(invalid.byte);
        expect(invalid).toEqual(check(bytes, [1000]));
      }),
      { numRuns: 5000 },
    );
  });

  it("finds a character that the end of the file cuts off", () => {
    expect(check(Buffer.from("aé").subarray(0, 2), [1])).toEqual({ offset: 1, byte: 0xc3 });
  });
});
