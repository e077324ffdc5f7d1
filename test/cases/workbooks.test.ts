import { describe, expect, it } from "vitest";
import type { Feed } from "#feeds/compile.ts";
import type { Delimiter } from "#imports/flow.ts";
import type { Product } from "#products/product.ts";
import { workbookFile } from "../csv/excel/workbook-file.ts";
import { runStages, smallFeed } from "../stages/run-stages.ts";
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
    expect(errors[1]!.message).toContain('Column "brand" (Sheet1!E3) has "#REF!"');
    expect(errors[3]!.message).toBe(
      'Column "price" (Sheet1!C6) has "#UNCALCULATED!", which stands for a formula whose result the workbook lacks: open it in a spreadsheet, save it, and send it again.',
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

describe("title.xlsx", () => {
  it("has its header found by the required columns, and rows counted from where the sheet does", async () => {
    const { lines, products, warnings } = await read("shopen", "title.xlsx");
    expect(products.map(({ sku, price }) => [sku, price])).toEqual([
      ["P1", "3"],
      ["P2", "4"],
    ]);
    expect(lines.map(({ line }) => line)).toEqual([4, 5]);
    expect(warnings[0]).toMatchObject({
      code: "LINES_ABOVE_HEADER",
      count: 1,
      examples: [{ line: 1, cell: "Sheet!1:1", value: "Price list spring 2026" }],
    });
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

describe("a row with more text than a record may have", () => {
  it("is told so without a word of bytes", async () => {
    const text = (value: string): string => `<c t="inlineStr"><is><t>${value}</t></is></c>`;
    const file = workbookFile({
      rows: `<row>${["name", "sku", "price"].map(text).join("")}</row><row>${["x".repeat(200_000), "B1", "2"].map(text).join("")}</row>`,
    });
    const { lines, errors } = await readWorkbook(caseFeed("shopen"), file);
    expect(lines).toMatchObject([{ kind: "failed", key: "B1" }]);
    expect(errors).toEqual([
      {
        code: "OVERSIZED_RECORD",
        message: "The row holds more text than a record may: shorten its cells.",
        cell: "A!2:2",
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

describe("a sheet without a header", () => {
  const rows = (...texts: string[][]): string =>
    texts
      .map((row) => `<row>${row.map((text) => `<c t="inlineStr"><is><t>${text}</t></is></c>`).join("")}</row>`)
      .join("");

  it("is rejected by the row that comes closest, and what looks like a column it lacks", async () => {
    const file = workbookFile({ rows: rows(["Prices 2026"], ["SKU", "nmae", "price"], ["1", "Cup", "2"]) });
    await expect(readWorkbook(caseFeed("shopen"), file)).rejects.toMatchObject({
      code: "MISSING_COLUMN",
      message:
        'The row A!2:2 is "SKU, nmae, price" and lacks the required column "name" ("nmae" looks like "name"): add the column, or correct its name, or put the sheet with the table first.',
    });
  });

  it("is read by the columns that its feed names, from the first row on", async () => {
    const feed = smallFeed({
      dialect: { columns: ["id", "price"] },
      columns: { price: { required: true } },
      mapping: { price: { from: "price", currency: "EUR", decimal: "," } },
    });
    const number = "<c><v>1.5</v></c>";
    const file = workbookFile({ rows: `<row/><row><c><v>7</v></c>${number}</row><row><c><v>8</v></c></row>` });
    const { lines, products } = await readWorkbook(feed, file);
    expect(lines.map(({ kind, line }) => [kind, line])).toEqual([
      ["blank", 1],
      ["mapped", 2],
      ["mapped", 3],
    ]);
    expect(products[0]).toMatchObject({ sku: "7", price: "1.5" });
  });

  it("may call a column by another case, which is told by its cell", async () => {
    const file = workbookFile({ rows: rows(["Note"], ["sku", "Name", "price"], ["1", "Cup", "2"]) });
    const { products, warnings } = await readWorkbook(caseFeed("shopen"), file);
    expect(products).toMatchObject([{ name: "Cup" }]);
    expect(warnings.find(({ code }) => code === "COLUMN_RECOGNISED")).toMatchObject({
      examples: [{ line: 2, cell: "A!B2", column: "name", value: "Name" }],
    });
  });
});

describe("a key that a spreadsheet took for a date", () => {
  it("is stored as the day, and told by its cell", async () => {
    const styles = '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>';
    const row = (xml: string): string => `<row>${xml}<c t="inlineStr"><is><t>Cup</t></is></c><c><v>2</v></c></row>`;
    const header = ["sku", "name", "price"].map((name) => `<c t="inlineStr"><is><t>${name}</t></is></c>`).join("");
    const file = workbookFile({
      styles,
      rows: `<row>${header}</row>${row('<c s="1"><v>45355</v></c>')}${row("<c><v>45355</v></c>")}`,
    });
    const { products, warnings } = await readWorkbook(caseFeed("shopen"), file);
    expect(products.map(({ sku }) => sku)).toEqual(["2024-03-04", "45355"]);
    expect(warnings.find(({ code }) => code === "DATE_AS_KEY")).toMatchObject({
      count: 1,
      examples: [{ record: 1, line: 2, cell: "A!A2", column: "sku", value: "2024-03-04" }],
    });
  });
});

describe("a workbook and the CSV saved from it", () => {
  const cell = (type: string, value: string): string => `<c ${type}><v>${value}</v></c>`;
  const text = (value: string): string => `<c t="inlineStr"><is><t>${value}</t></is></c>`;
  const styles = '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="4"/></cellXfs>';
  const workbook = (...rows: string[][]): Buffer =>
    workbookFile({ styles, rows: rows.map((cells) => `<row>${cells.join("")}</row>`).join("") });
  const [number, date, grouped, truth] = ["", 's="1"', 's="2"', 't="b"'];

  it("give the same products where the feed writes as German does", async () => {
    const csv = `Artikel;Bezeichnung;Preis;Bestand;Gewicht;seit
0017;Stuhl;1.234,50;12;0,125;01.02.2026
18;Tisch;89,9;;1,255;
19;Bank;1.234;3;2;31.12.1999
`;
    const file = workbook(
      ["Artikel", "Bezeichnung", "Preis", "Bestand", "Gewicht", "seit"].map(text),
      [
        text("0017"),
        text("Stuhl"),
        cell(grouped, "1234.5"),
        cell(number, "12"),
        cell(number, "0.125"),
        cell(date, "46054"),
      ],
      [
        cell(number, "18"),
        text("Tisch"),
        cell(number, "89.900000000000006"),
        "<c/>",
        cell(number, "1.2549999999999999"),
      ],
      [cell(number, "19"), text("Bank"), text("1.234"), cell(number, "3"), cell(number, "2"), cell(date, "36525")],
    );
    const feed = caseFeed("shopde");
    const { products } = await readWorkbook(feed, file);
    expect(products).toHaveLength(3);
    expect(products).toEqual(productsOf(feed, csv, ";"));
  });

  it("give the same products where the feed writes as English does", async () => {
    const csv = `sku,name,price,stock,available,since
0017,Chair,"1,234.50",12,TRUE,2026-02-01
18,Table,89.9,,FALSE,
19,Bench,0.125,3,yes,1999-12-31
`;
    const file = workbook(
      ["sku", "name", "price", "stock", "available", "since"].map(text),
      [text("0017"), text("Chair"), cell(grouped, "1234.5"), cell(number, "12"), cell(truth, "1"), cell(date, "46054")],
      [cell(number, "18"), text("Table"), cell(number, "89.900000000000006"), "<c/>", cell(truth, "0")],
      [cell(number, "19"), text("Bench"), cell(number, "0.125"), cell(number, "3"), text("yes"), cell(date, "36525")],
    );
    const feed = caseFeed("shopen");
    const { products } = await readWorkbook(feed, file);
    expect(products).toHaveLength(3);
    expect(products).toEqual(productsOf(feed, csv, ","));
  });

  const productsOf = (feed: Feed, csv: string, delimiter: Delimiter): Product[] =>
    runStages(feed, csv, 1000, delimiter).flatMap((line) => (line.kind === "mapped" ? line.product : []));
});

describe("backslash.xlsx", () => {
  it("is read as any other", async () => {
    const { products } = await read("shopen", "backslash.xlsx");
    expect(products).toMatchObject([{ sku: "ZZ1", name: "zip quirk", price: "4" }]);
  });
});
