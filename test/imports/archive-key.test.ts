import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { archiveKey, twinKey } from "#imports/archive-key.ts";

const importId = "0123456789abcdef0123456789abcdef";
const keyOf = (feed: string, name: string): string => archiveKey(feed, "2026-01-02T03:04:05.000Z", importId, name);

describe("archiveKey", () => {
  it("names feed, day, import and file", () => {
    expect(keyOf("bagisto", "products.csv")).toBe(`files/bagisto/2026-01-02/${importId}/products.csv`);
  });

  it("fits into S3 and into a file system with all that is put behind it, however long the names are", () => {
    const name = fc.string({ unit: "grapheme", maxLength: 1000 }).filter((text) => !text.includes("/"));
    fc.assert(
      fc.property(name, name, (feed, file) => {
        const key = keyOf(feed, `${file}.csv`);
        expect(Buffer.byteLength(twinKey(key))).toBeLessThanOrEqual(1024);
        for (const part of twinKey(key).split("/")) expect(Buffer.byteLength(part)).toBeLessThanOrEqual(220);
        expect(key.isWellFormed()).toBe(true);
        expect(key.endsWith(".csv")).toBe(true);
      }),
    );
  });

  it("keeps the end of a name that is too long, whole characters only", () => {
    expect(keyOf("a", `${"é".repeat(200)}x.csv`)).toMatch(/\/é{97}x\.csv$/);
  });
});
