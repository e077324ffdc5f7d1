import fc from "fast-check";
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { needsNormalising, normalise, type NormaliseOptions } from "#csv/normalise.ts";
import { zipFile } from "./excel/workbook-file.ts";
import { blockSizes, quirkyText } from "./arbitraries.ts";
import { collect, streamOf } from "./blocks.ts";

const options: NormaliseOptions = { kind: "csv", maxExcelBytes: 1e7, maxFileBytes: 1e8 };

const normalised = async (
  file: Uint8Array,
  more: Partial<NormaliseOptions> = {},
  sizes?: readonly number[],
): Promise<string> => (await collect(normalise(streamOf(file, sizes), { ...options, ...more }))).toString();

describe("needsNormalising", () => {
  const needs = (head: string | Buffer, more: Pick<NormaliseOptions, "kind" | "encoding"> = { kind: "csv" }): boolean =>
    needsNormalising(Buffer.from(head), more);

  it("is false for plain UTF-8, with or without a byte order mark", () => {
    expect(needs("sku,")).toBe(false);
    expect(needs("\ufeffsku,")).toBe(false);
    expect(needs("")).toBe(false);
    expect(needs("sku,", { kind: "csv", encoding: "UTF8" })).toBe(false);
  });

  it("is true for UTF-16, other encodings, gzip and Excel", () => {
    expect(needs(Buffer.from("\ufeffsk", "utf16le"))).toBe(true);
    expect(needs("sku,", { kind: "csv", encoding: "windows-1252" })).toBe(true);
    expect(needs("sku,", { kind: "gzip" })).toBe(true);
    expect(needs("PK\u0003\u0004", { kind: "excel" })).toBe(true);
  });

  it("believes a byte order mark before the feed", () => {
    expect(needs("\ufeffsku,", { kind: "csv", encoding: "windows-1252" })).toBe(false);
  });
});

describe("normalise", () => {
  it("turns UTF-16 of either order into UTF-8, however it is cut", async () => {
    await fc.assert(
      fc.asyncProperty(quirkyText, blockSizes, fc.boolean(), async (text, sizes, swap) => {
        const file = Buffer.from(`\ufeff${text}`, "utf16le");
        expect(await normalised(swap ? file.swap16() : file, {}, sizes)).toBe(text);
      }),
      { numRuns: 300 },
    );
  });

  it("turns declared encodings into UTF-8", async () => {
    expect(await normalised(Buffer.from([0x80, 0xe9, 0x93]), { encoding: "windows-1252" })).toBe("€é“");
    expect(await normalised(Buffer.from([0xa4, 0xe9]), { encoding: "iso-8859-15" })).toBe("€é");
    expect(await normalised(Buffer.from("aé", "utf16le"), { encoding: "utf-16le" }, [1])).toBe("aé");
  });

  it("passes UTF-8 on as it is", async () => {
    expect(await normalised(Buffer.from("\ufeffsku,é"), { encoding: "windows-1252" }, [2])).toBe("\ufeffsku,é");
    expect(await normalised(Buffer.from("é"))).toBe("é");
  });

  it("unpacks gzip, and goes by the encoding inside", async () => {
    expect(await normalised(gzipSync("sku,é\n"), { kind: "gzip" })).toBe("sku,é\n");
    expect(await normalised(gzipSync(Buffer.from("\ufeffsku,é\n", "utf16le")), { kind: "gzip" })).toBe("sku,é\n");
    expect(await normalised(gzipSync(Buffer.from([0x80])), { kind: "gzip", encoding: "windows-1252" })).toBe("€");
    expect(await normalised(Buffer.concat([gzipSync("a\n"), gzipSync("b\n")]), { kind: "gzip" })).toBe("a\nb\n");
    expect(await normalised(gzipSync(""), { kind: "gzip" })).toBe("");
  });

  it("reads Excel, with the feed's delimiter", async () => {
    const file = readFileSync("samples/bagisto/products.xlsx");
    expect(await normalised(file, { kind: "excel", delimiter: ";" })).toMatch(/^sku;parent_sku;locale;/);
    expect(await normalised(file, { kind: "excel" })).toMatch(/^sku,parent_sku,locale,/);
  });

  it("rejects what is not text in the encoding, near which byte and on which line", async () => {
    const file = Buffer.from("a\r\nb\nc\xaed", "latin1");
    for (const sizes of [[1], [3], [100]]) {
      await expect(normalised(file, { encoding: "iso-8859-7" }, sizes)).rejects.toMatchObject({
        name: "FileRejected",
        code: "BAD_ENCODING",
        message:
          "The bytes near offset 6 (line 3) are not ISO-8859-7: export the file as UTF-8, or declare its encoding in the feed.",
        line: 3,
      });
    }
  });

  it("rejects what is no text by what it is, whatever encoding the feed declares", async () => {
    for (const more of [{ encoding: "windows-1252" }, { encoding: "utf-16le" }]) {
      await expect(normalised(zipFile({ a: "b" }), more, [3])).rejects.toMatchObject({
        code: "BINARY_CONTENT",
        message:
          "The file is a zip archive or an Excel workbook (.xlsx), whatever its name says: export it as CSV, or give it the name that fits.",
      });
    }
  });

  it("rejects a zero by its place in the original, whatever the encoding and the blocks", async () => {
    const utf16 = Buffer.from("\ufeffa\r\nbü\0c", "utf16le");
    const latin = Buffer.from("a\r\nbü\0c", "latin1");
    for (const sizes of [[1], [2], [3], [100]]) {
      await expect(normalised(utf16, {}, sizes)).rejects.toMatchObject({
        code: "BINARY_CONTENT",
        message: "The character at offset 12 (line 2) is zero, which no text has: export the file as CSV in UTF-8.",
        line: 2,
      });
      await expect(normalised(latin, { encoding: "windows-1252" }, sizes)).rejects.toMatchObject({
        message: "The character at offset 5 (line 2) is zero, which no text has: export the file as CSV in UTF-8.",
      });
    }
    await expect(normalised(gzipSync(utf16), { kind: "gzip" })).rejects.toMatchObject({
      message:
        "The character at offset 12 of the unpacked file (line 2) is zero, which no text has: export the file as CSV in UTF-8.",
    });
  });

  it("rejects UTF-16 that ends inside a character", async () => {
    const file = Buffer.from("\ufeffa\nb", "utf16le").subarray(0, -1);
    await expect(normalised(file)).rejects.toMatchObject({ code: "BAD_ENCODING", line: 2 });
  });

  it("rejects gzip that is none or is damaged", async () => {
    const message =
      "The file's name says that it is a gzip archive, but it is none or is damaged: pack and send it again.";
    const damaged = gzipSync("sku,name\n".repeat(100)).subarray(0, -10);
    for (const file of [Buffer.from("sku,name\n"), damaged]) {
      await expect(normalised(file, { kind: "gzip" })).rejects.toMatchObject({ code: "UNREADABLE_FILE", message });
    }
  });

  it("rejects a small archive that unpacks to too much, before it is unpacked", async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    let given = 0;
    const unpack = async (): Promise<void> => {
      for await (const block of normalise(streamOf(bomb, [1000]), { ...options, kind: "gzip", maxFileBytes: 1e6 })) {
        given += block.length;
      }
    };
    await expect(unpack()).rejects.toMatchObject({
      code: "FILE_TOO_LARGE",
      message: "The file unpacks to more than the limit of 1 MB: split it, or have the limit raised.",
    });
    expect(given).toBeLessThanOrEqual(1e6);
  });

  it("lets the source's own errors through", async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield* streamOf(gzipSync("a"), [5]);
      throw new Error("connection lost");
    }
    await expect(collect(normalise(broken(), { ...options, kind: "gzip" }))).rejects.toThrow("connection lost");
    await expect(collect(normalise(broken(), { ...options, kind: "excel" }))).rejects.toThrow("connection lost");
  });
});
