import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { columnOf, lettersOf, placeInSheet } from "#csv/sheet-place.ts";

describe("a place in a workbook", () => {
  it("is written as the spreadsheet writes it", () => {
    expect(placeInSheet("Prices", 6, 2)).toBe("Prices!C6");
    expect(placeInSheet("Prices", 6)).toBe("Prices!6:6");
    expect(placeInSheet("Übersicht", 1, 26)).toBe("Übersicht!AA1");
  });

  it.each([
    ["My sheet", "'My sheet'!A1"],
    ["Ann's", "'Ann''s'!A1"],
    ["2026", "'2026'!A1"],
    ["AB12", "'AB12'!A1"],
    ["R1C1", "'R1C1'!A1"],
  ])("has the name of the sheet %s in quotes", (name, place) => {
    expect(placeInSheet(name, 1, 0)).toBe(place);
  });

  it("names columns by letters that lead back to them", () => {
    expect([0, 25, 26, 701, 702, 16_383].map(lettersOf)).toEqual(["A", "Z", "AA", "ZZ", "AAA", "XFD"]);
    fc.assert(fc.property(fc.nat(20_000), (column) => columnOf(lettersOf(column)) === column));
  });
});
