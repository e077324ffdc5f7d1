import { describe, expect, it } from "vitest";
import { caseFeed, caseFile, readWorkbook, type ReadWorkbook } from "./workbook.ts";

const read = (feed: string, file: string): Promise<ReadWorkbook> => readWorkbook(caseFeed(feed), caseFile(file));

describe("decimalcomma.xlsx", () => {
  it("has the numbers that the sheet shows, whatever the feed's decimal sign is", async () => {
    const { products } = await read("shopde", "decimalcomma.xlsx");
    expect(products.map(({ price, stock, weight }) => [price, stock, weight?.value])).toEqual([
      ["1.234", "5", "1.255"],
      ["12.345", "1000", "0.125"],
      ["0.125", "5", "0.25"],
      ["89.9", "5", "2"],
      ["1234.5", "5", "12.5"],
      ["12", "5", "1.5"],
      ["1234567.891", "5", "1"],
    ]);
  });
});

describe("errors.xlsx", () => {
  it("fails each record with an error in it by the error's name and its cell, the key's own too", async () => {
    const { products, errors } = await read("shopen", "errors.xlsx");
    expect(products.map(({ sku, price }) => [sku, price])).toEqual([["ER4", "3.5"]]);
    expect(errors.map(({ code, column, value, cell }) => [code, column, value, cell])).toEqual([
      ["SPREADSHEET_ERROR", "price", "#N/A", "Sheet1!C2"],
      ["SPREADSHEET_ERROR", "brand", "#REF!", "Sheet1!E3"],
      ["SPREADSHEET_ERROR", "name", "#NAME?", "Sheet1!B4"],
      ["SPREADSHEET_ERROR", "price", "#UNCALCULATED!", "Sheet1!C6"],
      ["SPREADSHEET_ERROR", "stock", "#UNCALCULATED!", "Sheet1!D7"],
      ["SPREADSHEET_ERROR", "sku", "#VALUE!", "Sheet1!A8"],
      ["SPREADSHEET_ERROR", "sku", "#UNCALCULATED!", "Sheet1!A9"],
      ["SPREADSHEET_ERROR", "brand", "#N/A", "Sheet1!E10"],
    ]);
    expect(errors[3]!.message).toBe(
      'Column "price" has "#UNCALCULATED!", which stands for a formula whose result the workbook lacks: open it in a spreadsheet, save it, and send it again.',
    );
  });
});

describe("dates1900.xlsx", () => {
  it("has the dates that the sheet shows", async () => {
    const { products, errors } = await read("shopde", "dates1900.xlsx");
    expect(products.map(({ sku, attributes }) => [sku, attributes?.["seit"]])).toEqual([
      ["DA1", "2026-02-01"],
      ["DA2", "2026-02-01"],
      ["DA3", "2026-02-01T12:00:00"],
      ["DA4", "2026-02-01"],
      ["DA5", "2026-02-01"],
      ["DA7", "2026-02-01"],
      ["DA8", "2026-02-01"],
      ["DA20", "2026-02-01"],
      ["DA21", "2026-02-01"],
      ["DA24", "2026-02-01"],
    ]);
    // A number that no format makes a date, the 29th of February 1900, and day 0.
    expect(errors.map(({ code, value, cell }) => [code, value, cell])).toEqual([
      ["BAD_DATE", "46054", "Sheet1!D7"],
      ["BAD_DATE", "29.02.1900", "Sheet1!D12"],
      ["BAD_DATE", "00:00:00", "Sheet1!D13"],
    ]);
  });
});

describe("rich.xlsx", () => {
  it("has the texts without their pronunciation, and truth values by what they are", async () => {
    const { products, errors } = await read("shopen", "rich.xlsx");
    expect(products.map(({ sku, name, attributes }) => [sku, name, attributes?.["available"]])).toEqual([
      ["RT1", "Red chair", true],
      ["RT2", "東京", false],
      ["RT3", "foo bar", true],
      ["RT4", "Line one Line two", true],
      ["RT6", "padded", undefined],
      ["RT7", "A & B € <i>", true],
      ["RT8", "ABC", true],
    ]);
    expect(errors.map(({ code, column, cell }) => [code, column, cell])).toEqual([
      ["BAD_BOOLEAN", "available", "Sheet1!D6"],
      ["MISSING_ATTRIBUTE", "name", "Sheet1!B10"],
    ]);
  });
});

describe("merged.xlsx", () => {
  it("has the category in all rows that it is merged over", async () => {
    const { products } = await read("shopen", "merged.xlsx");
    expect(products.map(({ sku, categories }) => [sku, categories])).toEqual([
      ["ME1", [["Shirts"]]],
      ["ME2", [["Shirts"]]],
      ["ME3", [["Shirts"]]],
      ["ME4", [["Kitchen"]]],
    ]);
  });
});

describe("hidden.xlsx", () => {
  it("has its hidden row, and tells of it and of the sheet that is not read, but not of the hidden one", async () => {
    const { products, warnings } = await read("shopen", "hidden.xlsx");
    expect(products.map(({ sku }) => sku)).toEqual(["HID1", "HID2", "HID3"]);
    expect(warnings.filter(({ code }) => code !== "COLUMN_ABSENT")).toMatchObject([
      { code: "HIDDEN_ROWS", count: 1, examples: [{ record: 2, line: 3, cell: "Prices!3:3" }] },
      { code: "SHEETS_IGNORED", count: 1, examples: [{ value: "More" }] },
    ]);
  });
});

describe("rowno.xlsx", () => {
  it("tells the row and the cell as the spreadsheet shows them, whatever line breaks stand above", async () => {
    const { lines, errors } = await read("shopen", "rowno.xlsx");
    expect(lines.map(({ record, line }) => [record, line])).toEqual([
      [1, 2],
      [2, 3],
      [3, 4],
      [4, 5],
      [5, 6],
    ]);
    expect(errors).toMatchObject([{ code: "BAD_MONEY", column: "price", value: "cheap", cell: "Sheet!C6" }]);
  });
});

describe.skip("title.xlsx", () => {
  it("has its header found by the required columns, and rows counted from where the sheet does", async () => {
    const { lines, products, warnings } = await read("shopen", "title.xlsx");
    expect(products.map(({ sku, price }) => [sku, price])).toEqual([
      ["P1", "3"],
      ["P2", "4"],
    ]);
    expect(lines.map(({ line }) => line)).toEqual([4, 5]);
    expect(warnings.map(({ code }) => code)).toContain("LINES_ABOVE_HEADER");
  });
});

describe("note.xlsx", () => {
  it("has one sentence that names the cell of a stray note, and the key of its record", async () => {
    const { lines, products, errors } = await read("shopen", "note.xlsx");
    expect(products.map(({ sku }) => sku)).toEqual(["NT1"]);
    expect(lines[1]).toMatchObject({ kind: "failed", key: "NT2" });
    expect(errors).toEqual([
      {
        code: "RAGGED_RECORD",
        message:
          'The cell Sheet!F3 has "ask Ann", and its column has no name in the header: empty the cell, or name the column.',
        value: "ask Ann",
        cell: "Sheet!F3",
      },
    ]);
  });
});

describe("emptysheet.xlsx", () => {
  it("is rejected by the name of the sheet", async () => {
    await expect(read("shopen", "emptysheet.xlsx")).rejects.toMatchObject({
      code: "EMPTY_FILE",
      message:
        'The sheet "Sheet1" is empty, and only the first visible sheet is read: put the table on the first sheet.',
    });
  });
});

describe("backslash.xlsx", () => {
  it("is read as any other", async () => {
    const { products } = await read("shopen", "backslash.xlsx");
    expect(products).toMatchObject([{ sku: "ZZ1", name: "zip quirk", price: "4" }]);
  });
});
