import { describe, expect, it } from "vitest";
import { compileFeed, type Feed } from "#feeds/compile.ts";
import type { FeedFile } from "#feeds/feed.ts";
import { readTable, type ReadTable } from "./table.ts";
import { caseFeed, caseFile } from "./workbook.ts";

const shopen = caseFeed("shopen");
const withSettings = (settings: Partial<FeedFile>): Feed => compileFeed("shopen", { ...shopen.file, ...settings });
const read = (file: string, feed: Feed = shopen): Promise<ReadTable> => readTable(feed, caseFile(file));
const skusIn = ({ products }: ReadTable): string[] => products.map(({ sku }) => sku);
const told = ({ warnings }: ReadTable) => warnings.map(({ code, count, examples }) => ({ code, count, examples }));
const toldOf = (table: ReadTable, code: string) => told(table).find((warning) => warning.code === code);

describe("header-nbsp.csv", () => {
  it("has its columns recognised, with a warning that has the name as the file does", async () => {
    const table = await read("header-nbsp.csv");
    expect(table.products).toMatchObject([{ sku: "H2", name: "Cup", price: "3.00" }]);
    expect(toldOf(table, "COLUMN_RECOGNISED")).toMatchObject({
      count: 1,
      examples: [{ line: 1, column: "name", value: "na\u200bme" }],
    });
  });
});

describe("header-quotedspace.csv", () => {
  it("is read with the blanks outside its quotes as padding", async () => {
    expect((await read("header-quotedspace.csv")).products).toMatchObject([{ sku: "H6", name: "Cup", price: "3.00" }]);
  });
});

describe("title.csv", () => {
  it("has its header found by the required columns, and says what was passed over", async () => {
    const table = await read("title.csv");
    expect(table.products).toMatchObject([{ sku: "P1", name: "Cup" }]);
    expect(table.lines[0]).toMatchObject({ record: 1, line: 4 });
    expect(toldOf(table, "LINES_ABOVE_HEADER")).toMatchObject({
      count: 2,
      examples: [{ line: 1, value: "Price list spring 2026,," }, { line: 2 }],
    });
  });
});

describe("sep.csv", () => {
  it("is separated as its first line says, whatever the feed declares, and that is no warning", async () => {
    for (const dialect of [{}, { delimiter: "," as const }]) {
      const feed = compileFeed("shopde", { ...caseFeed("shopde").file, dialect });
      const table = await read("sep.csv", feed);
      expect(table.products).toMatchObject([
        { sku: "0017", price: "12.50" },
        { sku: "0018", price: "99.00" },
      ]);
      expect(table.lines[0]).toMatchObject({ line: 3 });
      expect(toldOf(table, "LINES_ABOVE_HEADER")).toBeUndefined();
    }
  });
});

describe("trailing-all.csv", () => {
  it("has its unnamed column left out, as long as nothing stands in it", async () => {
    const table = await read("trailing-all.csv");
    expect(skusIn(table)).toEqual(["T1", "T2"]);
    expect(toldOf(table, "COLUMN_IGNORED")).toMatchObject({
      count: 1,
      examples: [{ line: 1, note: "column 4 has no name" }],
    });
  });

  it("is rejected by line and column where something does", async () => {
    const file = caseFile("trailing-all.csv").toString().replace("4.00,", "4.00,new");
    await expect(readTable(shopen, file)).rejects.toMatchObject({
      code: "BLANK_COLUMN",
      message: 'Column 4 has no name in the header, and line 3 has "new" in it: name the column, or empty it.',
      line: 3,
    });
    expect(skusIn(await readTable(shopen, file.replace("new", " \t")))).toEqual(["T1", "T2"]);
  });

  it("is rejected by no row that is left out", async () => {
    const file = `${caseFile("trailing-all.csv").toString()}Total,,7.00,x\n`;
    const feed = withSettings({ leaveOut: [{ column: "sku", is: "Total" }] });
    expect((await readTable(feed, file)).kinds).toEqual(["mapped", "mapped", "leftOut"]);
  });
});

describe("spaces.csv", () => {
  it("has its rows of white space for blank records", async () => {
    expect((await read("spaces.csv")).kinds).toEqual(["mapped", "blank", "blank", "mapped", "blank"]);
  });
});

describe("ctrlz.csv", () => {
  it("has no record for the end mark", async () => {
    const table = await read("ctrlz.csv");
    expect(table.records).toBe(2);
    expect(table.products).toMatchObject([{ price: "3.00" }, { price: "4.00" }]);
  });
});

describe("totals.csv", () => {
  it("has its totals and footers left out by the feed, and counted", async () => {
    const feed = withSettings({
      leaveOut: [
        { column: "sku", is: "Total" },
        { column: "sku", matches: "^(\\*{3}|Prices )" },
      ],
    });
    const table = await read("totals.csv", feed);
    expect(table.kinds).toEqual(["mapped", "mapped", "blank", "leftOut", "leftOut", "leftOut"]);
    expect(skusIn(table)).toEqual(["F1", "F2"]);
  });

  it("has records that fail where the feed leaves nothing out", async () => {
    expect((await read("totals.csv")).kinds.filter((kind) => kind === "failed")).not.toEqual([]);
  });
});

describe("opt-2.csv after opt-1.csv", () => {
  it("erases nothing: the columns are recognised, and told; what is truly gone is named", async () => {
    const [before, after] = [await read("opt-1.csv"), await read("opt-2.csv")];
    expect(after.products).toEqual(before.products);
    expect(after.products).toMatchObject([{ barcode: "4006381333931" }, { barcode: "4006381333931" }]);
    expect(toldOf(before, "COLUMN_RECOGNISED")).toBeUndefined();
    expect(toldOf(after, "COLUMN_RECOGNISED")).toMatchObject({
      count: 2,
      examples: [
        { column: "stock", value: "Stock" },
        { column: "ean", value: "EAN" },
      ],
    });
    expect(toldOf(after, "COLUMN_ABSENT")).toEqual(toldOf(before, "COLUMN_ABSENT"));
    expect(toldOf(after, "COLUMN_ABSENT")).toMatchObject({ count: 6, examples: [{ column: "description" }, {}, {}] });
  });
});
