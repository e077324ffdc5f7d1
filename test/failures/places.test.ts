import { describe, expect, it } from "vitest";
import { placesIn } from "#csv/sheet-place.ts";
import type { RecordError } from "#errors/catalogue.ts";
import type { DeadLetter } from "#failures/dead-letter.ts";
import { placed, placedAgain, placeText, saysPlace } from "#failures/places.ts";

const error = (column?: string): RecordError => ({ code: "BAD_MONEY", message: "x", ...(column && { column }) });
const sheet = { name: "Prices", headerRow: 1 };
const letter = (sheet?: { name: string; headerRow: number }): DeadLetter =>
  ({
    line: 6,
    table: { ...(sheet && { sheet }) },
    errors: [{ ...error("price"), cell: "Prices!C6" }],
  }) as unknown as DeadLetter;

describe("what is wrong with a record of a workbook", () => {
  it("has its cell, or its row where it is of no column of the sheet", () => {
    const placeOf = placesIn(sheet, ["sku", "name", "price"]);
    const cells = placed([error("price"), error(), error("added")], 6, placeOf).map(({ cell }) => cell);
    expect(cells).toEqual(["Prices!C6", "Prices!6:6", "Prices!6:6"]);
    expect(placed([{ ...error("price"), cell: "Prices!G6" }], 6, placeOf)[0].cell).toBe("Prices!G6");
  });

  it("is told in a sentence that names the cell beside its column", () => {
    const placeOf = placesIn(sheet, ["sku", "name", "price"]);
    const message = (sentence: string, column?: string) =>
      placed([{ ...error(column), message: sentence }], 6, placeOf)[0].message;
    expect(message('Column "price" has "a $& b", which is none.', "price")).toBe(
      'Column "price" (Prices!C6) has "a $& b", which is none.',
    );
    expect(message('The key column "sku" is empty.', "sku")).toBe('The key column "sku" (Prices!A6) is empty.');
    expect(message("The cell Prices!C6 is none.", "price")).toBe("The cell Prices!C6 is none.");
    expect(message('Column "added" has nothing.', "added")).toBe('Column "added" has nothing.');
  });

  it("keeps it when the record fails again in a failed-records CSV", () => {
    const cells = placedAgain([error("price"), error("name")], letter(sheet), undefined).map(({ cell }) => cell);
    expect(cells).toEqual(["Prices!C6", "Prices!6:6"]);
    expect(placedAgain([error("price")], letter(), undefined)).toEqual([error("price")]);
  });
});

describe("the place of a dead letter", () => {
  it("is its cells in a workbook, and its line else", () => {
    expect(placeText(letter(sheet))).toBe("Prices!C6");
    expect(placeText({ line: 6, errors: [error("price")] })).toBe("6");
    const twice = [
      { ...error("price"), cell: "Prices!C6" },
      { ...error("name"), cell: "Prices!B6" },
    ];
    expect(placeText({ line: 6, errors: twice })).toBe("Prices!C6 | Prices!B6");
  });

  it("is said by any cell of its row, and by its very line in a file of text", () => {
    expect(["Prices!C6", "Prices!6:6", "6", "x | Prices!AB6"].map((text) => saysPlace(text, letter(sheet)))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(["Prices!C16", "Prices!C7", "", "C6x"].map((text) => saysPlace(text, letter(sheet)))).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect(["6", "A6", "06"].map((text) => saysPlace(text, letter()))).toEqual([true, false, false]);
  });
});
