import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RowCutter, SheetTooLarge } from "#csv/excel/row-cutter.ts";
import { blocksOf } from "../blocks.ts";

const cut = (xml: string, sizes: readonly number[]): { parts: string[]; work: number } => {
  const cutter = new RowCutter();
  const parts: string[] = [];
  for (const block of blocksOf(Buffer.from(xml), sizes)) {
    const rows = cutter.push(Buffer.from(block).toString());
    if (rows !== undefined) parts.push(rows);
  }
  return { parts: [...parts, cutter.end()], work: cutter.work };
};

describe("RowCutter", () => {
  it("ends every part but the last after a row, and loses nothing, however the sheet is cut", () => {
    const row = fc.constantFrom("<row/>", "<row><c><v>1</v></c></row>", "<x:row>", "</", "</ro", "row>");
    fc.assert(
      fc.property(fc.array(row), fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }), (rows, sizes) => {
        const xml = `<worksheet><sheetData>${rows.join("")}</sheetData></worksheet>`;
        const { parts } = cut(xml, sizes);
        expect(parts.join("")).toBe(xml);
        for (const part of parts.slice(0, -1)) expect(part.endsWith("</row>")).toBe(true);
        expect(parts.at(-1)).not.toContain("</row>");
      }),
    );
  });

  it("looks at every character a fixed number of times, however long a row is", () => {
    for (const length of [1e6, 4e6]) {
      const xml = `<sheetData><row><c><v>${"0".repeat(length)}</v></c></row>`;
      expect(cut(xml, [1024]).work).toBeLessThan(3 * xml.length);
      expect(cut("<".repeat(length), [1024]).work).toBeLessThan(3 * length);
    }
  });

  it("refuses a row that is longer than any sheet's", () => {
    const cutter = new RowCutter();
    cutter.push("<sheetData>");
    expect(() => {
      for (let i = 0; i < 1000; i++) cutter.push("0".repeat(1e6));
    }).toThrow(SheetTooLarge);
  });
});
