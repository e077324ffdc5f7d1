import { parse } from "csv-parse/sync";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { excelToCsv, type WorkbookRead } from "#csv/excel/excel-to-csv.ts";
import { FileRejected } from "#errors/catalogue.ts";
import type { Delimiter } from "#imports/flow.ts";
import { collect, streamOf } from "../blocks.ts";
import { workbookFile, zipFile, type WorkbookParts } from "./workbook-file.ts";

const convert = async (file: Uint8Array, delimiter: Delimiter = ",", maxExcelBytes = 1e7): Promise<string> =>
  (await collect(excelToCsv(streamOf(file, [1000]), delimiter, { maxExcelBytes }))).toString();

const csvOf = (parts: WorkbookParts): Promise<string> => convert(workbookFile(parts));

const text = (ref: string, value: string): string => `<c r="${ref}" t="inlineStr"><is><t>${value}</t></is></c>`;

describe("Bagisto's workbook", () => {
  it("has exactly the cells of its CSV twin", async () => {
    const csv = await convert(readFileSync("samples/bagisto/products.xlsx"));
    const twin = parse(readFileSync("samples/bagisto/products.csv"), { record_delimiter: ["\r\n", "\n"] });
    expect(twin).toHaveLength(27);
    expect(parse(csv)).toEqual(twin);
  });
});

describe("cells", () => {
  /** The text of one cell, given as XML. */
  const cell = async (xml: string, more: Partial<WorkbookParts> = {}): Promise<string> =>
    parse(await csvOf({ rows: `<row>${text("A1", "h")}${text("B1", "i")}</row><row>${xml}</row>`, ...more }))[1]![0]!;

  it("that are text stay exactly as they are", async () => {
    expect(await cell(text("A2", "0017"))).toBe("0017");
    expect(await cell(text("A2", " 1E5 &amp; &lt;b&gt; &#233;&#x1F600; "))).toBe(" 1E5 & <b> é😀 ");
    expect(await cell(text("A2", '=HYPERLINK("x"),\ny'))).toBe('=HYPERLINK("x"),\ny');
    expect(await cell(text("A2", "a_x000D_\nb"))).toBe("a\r\nb");
    expect(await cell('<c r="A2" t="inlineStr"><is><t><![CDATA[<&>]]></t></is></c>')).toBe("<&>");
  });

  it("have no pronunciation where their text stands in them", async () => {
    const is = '<r><t>foo </t></r><r><t>bar</t></r><rPh sb="0" eb="1"><t>DAO</t></rPh><phoneticPr fontId="1"/>';
    expect(await cell(`<c r="A2" t="inlineStr"><is>${is}</is></c><c r="B2" t="inlineStr"><is><t>x</t></is></c>`)).toBe(
      "foo bar",
    );
  });

  it("have nothing that a program adds for itself", async () => {
    const added = '<extLst><ext uri="x"><t>y</t><v>9</v></ext></extLst>';
    expect(await cell(`<c r="A2" t="inlineStr"><is><t>x</t></is>${added}</c>`)).toBe("x");
    expect(await cell(`<c r="A2"><v>5</v>${added}</c>`)).toBe("5");
  });

  it("may refer to the workbook's texts, plain or rich, without their pronunciation", async () => {
    const strings = "<si><t>0017</t></si><si><r><t>a</t></r><r><t> b</t></r><rPh><t>x</t></rPh></si><si/><si><t/></si>";
    const values = await Promise.all(
      [0, 1, 2, 3].map((i) => cell(`<c r="A2" t="s"><v>${i}</v></c><c r="B2"><v>1</v></c>`, { strings })),
    );
    expect(values).toEqual(["0017", "a b", "", ""]);
  });

  it.each([
    ["12", "12"],
    ["1.1000000000000001", "1.1"],
    ["0.30000000000000004", "0.3"],
    ["3.0", "3"],
    ["-0.5", "-0.5"],
    ["4006381333931", "4006381333931"],
    ["12345678901234567", "12345678901234567"],
    ["1.5E3", "1500"],
    ["1E+21", "1000000000000000000000"],
    ["1.25E-7", "0.000000125"],
    ["-2.5E-10", "-0.00000000025"],
    ["1.234E+22", "12340000000000000000000"],
  ])("that hold the number %s read %s", async (stored, shown) => {
    expect(await cell(`<c r="A2"><v>${stored}</v></c>`)).toBe(shown);
  });

  const styles =
    '<numFmts><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd;@"/><numFmt numFmtId="165" formatCode="00000"/>' +
    '<numFmt numFmtId="166" formatCode="[Red]#,##0.00&quot; days&quot;"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>' +
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/><xf numFmtId="22"/><xf numFmtId="46"/><xf numFmtId="20"/></cellXfs>';

  it.each([
    [0, "44357", "44357"],
    [1, "44357", "2021-06-10"],
    [2, "44357", "2021-06-10"],
    [5, "44357.5", "2021-06-10T12:00:00"],
    [5, "44357.999999999", "2021-06-11"],
    [1, "0.25", "06:00:00"],
    [2, "44357.75", "2021-06-10"],
    [7, "44357.75", "2021-06-10T18:00:00"],
    [6, "1.5", "36:00:00"],
    [1, "59", "1900-02-28"],
    [1, "60", "1900-02-29"],
    [1, "99999999", "99999999"],
    [1, "61", "1900-03-01"],
    [1, "-1", "-1"],
    [3, "17", "00017"],
    [3, "1234567", "1234567"],
    [3, "1.5", "1.5"],
    [4, "1234.5", "1234.5"],
  ])("with style %i that hold %s read %s", async (style, stored, shown) => {
    expect(await cell(`<c r="A2" s="${style}"><v>${stored}</v></c>`, { styles })).toBe(shown);
  });

  it("count days from 1904 where the workbook does", async () => {
    const workbook = '<workbookPr date1904="1"/><sheets><sheet name="A" r:id="rId1"/></sheets>';
    expect(await cell('<c r="A2" s="1"><v>42895</v></c>', { styles, workbook })).toBe("2021-06-10");
  });

  it("may be truth values, results of formulas, errors and ISO dates", async () => {
    expect(await cell('<c r="A2" t="b"><v>1</v></c>')).toBe("TRUE");
    expect(await cell('<c r="A2" t="b"><v>0</v></c>')).toBe("FALSE");
    expect(await cell('<c r="A2" t="b"><v>true</v></c>')).toBe("TRUE");
    expect(await cell('<c r="A2" t="b"><v>false</v></c>')).toBe("FALSE");
    expect(await cell('<c r="A2" t="str"><f>A1&amp;"7"</f><v>0017</v></c>')).toBe("0017");
    expect(await cell('<c r="A2"><f>1+1</f><v>2</v></c>')).toBe("2");
    expect(await cell('<c r="A2" t="str"><f>""</f><v></v></c><c r="B2"><v>1</v></c>')).toBe("");
    expect(await cell('<c r="A2" s="1" t="d"><v>2021-06-10T00:00:00</v></c>', { styles })).toBe("2021-06-10");
    expect(await cell('<c r="A2" t="e"><v>#N/A</v></c>')).toBe("#N/A");
    expect(await cell('<c r="A2" t="d"><v>2021-06-10</v></c>')).toBe("2021-06-10");
  });
});

describe("rows", () => {
  it("keep their place where others are empty, and end with the last that is filled", async () => {
    const rows = `<row r="1">${text("A1", "h")}${text("B1", "i")}</row><row r="2"/><row r="4">${text("B4", "x")}</row><row r="5"><c r="A5"/></row>`;
    expect(await csvOf({ rows })).toBe("h,i\n\n\n,x\n");
  });

  it("keep their place however a program writes it, and have one", async () => {
    const header = `<row r="1">${text("A1", "h")}${text("B1", "i")}</row>`;
    expect(
      await csvOf({ rows: `${header}<row r="2">${text("b2", "x")}</row><row r="3">${text("$B$3", "y")}</row>` }),
    ).toBe("h,i\n,x\n,y\n");
    await expect(csvOf({ rows: `${header}<row r="2">${text("?", "x")}</row>` })).rejects.toMatchObject({
      code: "UNREADABLE_FILE",
    });
  });

  it("keep their place where the sheet numbers neither rows nor cells", async () => {
    const plain = (value: string): string => text("", value).replace(' r=""', "");
    expect(await csvOf({ rows: `<row>${plain("h")}${plain("i")}</row><row/><row>${plain("x")}</row>` })).toBe(
      "h,i\n\nx,\n",
    );
  });

  it("are as wide as the header, and wider only where a cell stands beyond it", async () => {
    const rows = `<row>${text("A1", "h")}${text("B1", "i")}<c r="C1"/></row><row>${text("A2", "x")}<c r="D2"/></row><row>${text("D3", "y")}</row>`;
    expect(await csvOf({ rows })).toBe("h,i\nx,\n,,,y\n");
  });

  it("are read where the tags have a prefix, and over many blocks", async () => {
    const cells = "<x:c t='inlineStr'><x:is><x:t>a:row&gt;</x:t></x:is></x:c>";
    const csv = await csvOf({ prefix: "x:", rows: `<x:row>${cells.repeat(3)}</x:row>`.repeat(20_000) });
    expect(csv).toBe("a:row>,a:row>,a:row>\n".repeat(20_000));
  });

  it("are read in the encoding that the sheet's XML says", async () => {
    const rows = `<row>${text("A1", "Größe")}</row>`;
    const declared =
      (encoding: string, as: BufferEncoding) =>
      (xml: string): Buffer =>
        Buffer.from(xml.replace('version="1.0"', `version="1.0" encoding="${encoding}"`), as);
    const marked = (xml: string): Buffer => Buffer.from(`\ufeff${xml}`, "utf16le");
    for (const encode of [
      marked,
      (xml: string) => marked(xml).swap16(),
      declared("UTF-16", "utf16le"),
      declared("ISO-8859-1", "latin1"),
      declared("utf-16", "utf8"),
      declared("UTF-8", "utf8"),
    ]) {
      expect(await csvOf({ rows, encode })).toBe("Größe\n");
    }
    await expect(csvOf({ rows, encode: declared("UTF-8", "latin1") })).rejects.toMatchObject({
      code: "UNREADABLE_FILE",
    });
    await expect(csvOf({ rows, encode: declared("klingon", "utf8") })).rejects.toMatchObject({
      code: "UNREADABLE_FILE",
    });
  });

  it("are those of the first sheet that is not hidden", async () => {
    const workbook = '<sheets><sheet name="H" state="hidden" r:id="rId9"/><sheet name="A" r:id="rId1"/></sheets>';
    expect(await csvOf({ workbook, rows: `<row>${text("A1", "h")}</row>` })).toBe("h\n");
  });

  it("of white space are as good as empty", async () => {
    const rows = `<row>${text("A1", "h")}</row><row>${text("A2", " ")}</row><row>${text("A3", "x")}</row><row>${text("A4", "\u00a0")}</row>`;
    expect(await csvOf({ rows })).toBe("h\n\nx\n");
    await expect(csvOf({ rows: `<row>${text("A1", " ")}</row>` })).rejects.toMatchObject({ code: "EMPTY_FILE" });
  });

  it("are read where the archive parts folders by backslashes and writes names in another case", async () => {
    const file = workbookFile({ rows: `<row>${text("A1", "h")}</row>`, nameOf: (name) => name.replaceAll("/", "\\") });
    expect(await convert(file)).toBe("h\n");
    const capitals = workbookFile({ rows: `<row>${text("A1", "h")}</row>`, nameOf: (name) => name.toUpperCase() });
    expect(await convert(capitals)).toBe("h\n");
  });

  it("are quoted for the delimiter they are written with", async () => {
    const file = workbookFile({ rows: `<row>${text("A1", "a;b")}${text("B1", "c,d")}${text("C1", '"e"')}</row>` });
    expect(await convert(file, ";")).toBe('"a;b";c,d;"""e"""\n');
  });
});

describe("cells merged over several rows", () => {
  const rows = (bodies: readonly string[]): string =>
    bodies.map((body, i) => `<row r="${i + 1}">${body}</row>`).join("");
  const merged = (refs: readonly string[], bodies: readonly string[]): Promise<string> =>
    csvOf({
      rows: rows(bodies),
      behind: `<mergeCells>${refs.map((ref) => `<mergeCell ref="${ref}"/>`).join("")}</mergeCells>`,
    });
  const header = text("A1", "h") + text("B1", "i");

  it("repeat the value that they show in each of them", async () => {
    const bodies = [header, text("A2", "x") + text("B2", "1"), text("B3", "2"), text("A4", "y") + text("B4", "3")];
    expect(await merged(["A2:A3"], bodies)).toBe("h,i\nx,1\nx,2\ny,3\n");
    expect(await merged(["B2:B9", "A2:A3"], bodies)).toBe("h,i\nx,1\nx,1\ny,1\n");
  });

  it("fill no row that holds nothing else, and no other column than their first", async () => {
    const bodies = [header, text("A2", "x") + text("B2", "1"), "", text("C4", "note")];
    expect(await merged(["A2:B4"], bodies)).toBe("h,i\nx,1\n\nx,,note\n");
  });

  it("are left as they are in the header, above it, or in a single row", async () => {
    expect(await merged(["A1:A2", "A2:B2"], [header, text("B2", "1")])).toBe("h,i\n,1\n");
  });
});

describe("what is told of a workbook", () => {
  const told = async (parts: WorkbookParts): Promise<WorkbookRead | undefined> => {
    let read: WorkbookRead | undefined;
    const onRead = (what: WorkbookRead): void => void (read = what);
    await collect(excelToCsv(streamOf(workbookFile(parts), [1000]), ",", { maxExcelBytes: 1e7, onRead }));
    return read;
  };

  it("is the sheet with its header's row, the rows and columns that are hidden, and the sheets that are not read", async () => {
    const rows =
      `<row r="2">${text("A2", "h")}</row><row r="3" hidden="1">${text("A3", "x")}</row>` +
      `<row r="4" hidden="1"/><row r="5" hidden="true">${text("A5", "y")}</row>`;
    const workbook =
      '<sheets><sheet name="My sheet" r:id="rId1"/><sheet name="More" r:id="rId4"/><sheet name="Old" state="hidden" r:id="rId4"/></sheets>';
    const before = '<cols><col min="1" max="3" hidden="1"/><col min="2" max="9" width="9"/></cols>';
    expect(await told({ rows, workbook, before, more: "<row><c><v>1</v></c></row>" })).toEqual({
      sheet: { name: "My sheet", headerRow: 2 },
      warnings: [
        { code: "HIDDEN_COLUMNS", count: 1, examples: [{ line: 2, cell: "'My sheet'!A2", column: "h" }] },
        {
          code: "HIDDEN_ROWS",
          count: 2,
          examples: [
            { record: 1, line: 3, cell: "'My sheet'!3:3" },
            { record: 3, line: 5, cell: "'My sheet'!5:5" },
          ],
        },
        { code: "SHEETS_IGNORED", count: 1, examples: [{ value: "More" }] },
      ],
    });
  });

  it("is nothing of sheets in which nothing stands", async () => {
    const workbook = '<sheets><sheet name="A" r:id="rId1"/><sheet name="More" r:id="rId4"/></sheets>';
    expect(await told({ rows: `<row>${text("A1", "h")}</row>`, workbook, more: '<row><c s="1"/></row>' })).toEqual({
      sheet: { name: "A", headerRow: 1 },
      warnings: [],
    });
  });
});

describe("a workbook that would hold its reader up", () => {
  const refusal = async (parts: WorkbookParts): Promise<unknown> => {
    const file = workbookFile(parts);
    expect(file.length).toBeLessThan(1e6);
    return convert(file).catch((error: unknown) => error);
  };
  const gigantic = "0".repeat(100_000_000);

  it.each([
    ["one cell of a hundred million zeros", { rows: `<row><c><v>${gigantic}</v></c></row>` }, "FILE_TOO_LARGE"],
    ["as much of nothing behind its rows", { rows: "", behind: " ".repeat(100_000_000) }, "FILE_TOO_LARGE"],
    ["tags by the million that mean nothing", { rows: "<a/>".repeat(40_000_000) }, "FILE_TOO_LARGE"],
    [
      "a long text that every cell of a row shares",
      { rows: `<row>${'<c t="s"><v>0</v></c>'.repeat(16_000)}</row>`, strings: `<si><t>${"a".repeat(1e6)}</t></si>` },
      "FILE_TOO_LARGE",
    ],
    ["a million sheets", { rows: "<row/>", workbook: '<sheet name="a"/>'.repeat(1e6) }, "UNREADABLE_FILE"],
    ["comments that never end", { rows: "<row/>", strings: "<!--".repeat(1e6) }, "UNREADABLE_FILE"],
    ["tags that never end", { rows: "<row/>", strings: '<a b="'.repeat(1e6) }, "UNREADABLE_FILE"],
  ])("is refused when it has %s", async (_, parts, code) => {
    expect(await refusal(parts)).toMatchObject({ name: "FileRejected", code });
  });
});

describe("a workbook that cannot be read", () => {
  const unreadable = "The Excel workbook cannot be opened, because it is none or is damaged: save it as .xlsx again.";
  const good = workbookFile({ rows: `<row>${text("A1", "h")}</row>` });

  it.each([
    ["is no archive", Buffer.from("\0\0\0\0")],
    ["is cut off", good.subarray(0, good.length - 40)],
    ["is another archive", zipFile({ "a.txt": "b" })],
    ["has its rows out of order", workbookFile({ rows: '<row r="2"/><row r="1"/>' })],
    ["has its cells out of order", workbookFile({ rows: '<row><c r="B1"/><c r="A1"/></row>' })],
    ["has a row beyond all rows", workbookFile({ rows: '<row r="99999999999"><c t="b"><v>1</v></c></row>' })],
    ["has a cell beyond all columns", workbookFile({ rows: '<row><c r="ZZZZZ1"/></row>' })],
    ["names a text it does not have", workbookFile({ rows: '<row><c t="s"><v>5</v></c></row>' })],
  ])("is rejected when it %s", async (_, file) => {
    await expect(convert(file)).rejects.toThrow(new FileRejected("UNREADABLE_FILE", unreadable));
  });

  it("is rejected when it has a password or is an old one", async () => {
    await expect(convert(Buffer.from("d0cf11e0a1b11ae1", "hex"))).rejects.toThrow(
      new FileRejected(
        "UNREADABLE_FILE",
        "The file's name says that it is an Excel workbook (.xlsx), but it is an old Excel workbook (.xls), or one with a password: save it as .xlsx without a password.",
      ),
    );
  });

  it("is rejected by what it is, when it is a CSV or something else", async () => {
    await expect(convert(Buffer.from("sku,name\n1,2\n"))).rejects.toThrow(
      new FileRejected(
        "UNREADABLE_FILE",
        "The file's name says that it is an Excel workbook (.xlsx), but it is text, such as a CSV: give it a name that ends in .csv, or save it as .xlsx.",
      ),
    );
    await expect(convert(Buffer.from("%PDF-1.7"))).rejects.toThrow(
      new FileRejected(
        "UNREADABLE_FILE",
        "The file's name says that it is an Excel workbook (.xlsx), but it is a PDF document: save the table as .xlsx, or as CSV.",
      ),
    );
  });

  it("is rejected when its sheet is empty, with the name of one that is not", async () => {
    const sheets = '<sheets><sheet name="Prices &amp; more" r:id="rId1"/><sheet name="Old" r:id="rId4"/></sheets>';
    const empty = "and only the first visible sheet is read";
    await expect(convert(workbookFile({ rows: '<row r="7"><c r="A7"/></row>', workbook: sheets }))).rejects.toThrow(
      new FileRejected("EMPTY_FILE", `The sheet "Prices & more" is empty, ${empty}: put the table on the first sheet.`),
    );
    await expect(
      convert(workbookFile({ rows: "", workbook: sheets, more: `<row>${text("A1", "h")}</row>` })),
    ).rejects.toThrow(
      new FileRejected(
        "EMPTY_FILE",
        `The sheet "Prices & more" is empty, ${empty} (the sheet "Old" holds something): put the table on the first sheet.`,
      ),
    );
  });

  it("is rejected when it is empty", async () => {
    await expect(convert(Buffer.alloc(0))).rejects.toMatchObject({ code: "EMPTY_FILE" });
  });

  it("is rejected when it is larger than the limit", async () => {
    await expect(convert(good, ",", 100)).rejects.toMatchObject({
      code: "FILE_TOO_LARGE",
      message: "The Excel workbook is larger than the limit of 100 bytes: export the sheet as CSV, or split it.",
    });
  });

  it("is rejected when its texts unpack to more than memory is meant for", async () => {
    const file = workbookFile({ rows: "<row/>", strings: `<si><t>${"a".repeat(70_000_000)}</t></si>` });
    expect(file.length).toBeLessThan(100_000);
    await expect(convert(file)).rejects.toMatchObject({
      code: "FILE_TOO_LARGE",
      message: "The Excel workbook unpacks to more than the limit of 67.1 MB: export the sheet as CSV, or split it.",
    });
  });
});
