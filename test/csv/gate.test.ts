import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mostChunks, planTable, type GateOptions, type PlannedTable } from "#csv/gate.ts";
import { headerOf } from "#csv/header.ts";
import { recordsOf } from "#csv/records.ts";
import { columnPattern } from "#feeds/column-pattern.ts";
import { FileRejected, type FileErrorCode } from "#errors/catalogue.ts";
import { blockSizes, quirkyText } from "./arbitraries.ts";
import { streamOf } from "./blocks.ts";

const options: GateOptions = { required: ["sku", "name"], maxRecords: 2, maxBytes: 1000, maxFileBytes: 1e9 };

const plan = (
  file: string | Uint8Array,
  more: Partial<GateOptions> = {},
  sizes?: readonly number[],
): Promise<PlannedTable> => planTable(streamOf(file, sizes), { ...options, ...more });

/** The file is rejected with this sentence, however it is cut. */
async function rejected(
  file: string | Uint8Array,
  code: FileErrorCode,
  message: string,
  line?: number,
  more: Partial<GateOptions> = {},
): Promise<void> {
  for (const sizes of [[1], [3], [1 << 20]]) {
    const error: unknown = await plan(file, more, sizes).catch((error: unknown) => error);
    if (!(error instanceof FileRejected)) throw error;
    expect({ code: error.code, message: error.message, line: error.line }).toEqual({ code, message, line });
  }
}

it("says of a packed file that offsets are those of what was in it", async () => {
  const message =
    "The byte AE at offset 13 of the unpacked file (line 2) is not UTF-8: export the file as UTF-8, or declare its encoding in the feed.";
  await rejected(Buffer.from("sku,name\n1,ab\xae\n", "latin1"), "BAD_ENCODING", message, 2, { unpacked: true });
});

describe("a table that can be trusted", () => {
  it("is planned with its header, delimiter, records and chunks", async () => {
    expect(await plan("\ufeffsku; name ;x\r\n1;2;3\r\n\r\n4;5;6")).toEqual({
      delimiter: ";",
      header: {
        cells: ["sku", " name ", "x"],
        ...{
          columns: ["sku", "name", "x"],
          recognised: [],
          patterns: new Map(),
          failedRecords: false,
          range: [3, 15],
          unnamed: [],
        },
      },
      records: 3,
      chunks: [
        { chunk: 1, start: 17, end: 26, firstRecord: 1, firstLine: 2, records: 2 },
        { chunk: 2, start: 26, end: 31, firstRecord: 3, firstLine: 4, records: 1 },
      ],
      bytes: 31,
      warnings: [],
    });
  });

  it("may have a header over several lines", async () => {
    const { header, chunks } = await plan('sku,"na\nme",name\na,b,c\n');
    expect(header.cells).toEqual(["sku", "na\nme", "name"]);
    expect(chunks[0]).toMatchObject({ start: 17, firstLine: 3 });
  });

  it("keeps the declared delimiter", async () => {
    expect((await plan("sku|name;x\n1|2;3\n", { delimiter: "|", required: ["sku"] })).header.cells).toEqual([
      "sku",
      "name;x",
    ]);
  });

  it("is planned alike however it is cut", async () => {
    await fc.assert(
      fc.asyncProperty(quirkyText, blockSizes, async (text, sizes) => {
        const file = `\ufeffsku,name\n${text}`;
        const outcome = (plan: Promise<PlannedTable>): Promise<unknown> => plan.catch(String);
        expect(await outcome(plan(file, { delimiter: "," }, sizes))).toEqual(
          await outcome(plan(file, { delimiter: "," }, [1 << 20])),
        );
      }),
      { numRuns: 500 },
    );
  });

  it("has chunks that hold all of its records", async () => {
    await fc.assert(
      fc.asyncProperty(quirkyText, async (text) => {
        const header = "sku,name\r\n";
        const file = Buffer.from(header + text);
        const planned = await plan(file, { delimiter: "," }).catch(() => undefined);
        if (planned === undefined) return;
        const start = header.length;
        const whole = recordsOf(file.subarray(start), { delimiter: ",", offset: start, firstRecord: 1, firstLine: 2 });
        const split = planned.chunks.flatMap((chunk) =>
          recordsOf(file.subarray(chunk.start, chunk.end), { ...chunk, delimiter: ",", offset: chunk.start }),
        );
        expect(split).toEqual(whole);
        expect(planned.records).toBe(whole.length);
      }),
      { numRuns: 500 },
    );
  });

  it("may have a header longer than the first look", async () => {
    const columns = Array.from({ length: 20_000 }, (_, i) => `column ${i}`);
    const { header, records } = await plan(`sku,name,${columns.join(",")}\n1,2\n`, {}, [10_000]);
    expect(header.columns).toHaveLength(20_002);
    expect(records).toBe(1);
  });

  it("may hold any control character but zero", async () => {
    expect((await plan("sku,name\n\u0001,\u007f\n")).records).toBe(1);
  });

  it("may be a failed-records CSV that comes back", async () => {
    const file = "sku,name,'=x,_failure,_record,_line,_code,_column,_message,_raw\r\n1,2,3,f,1,2,c,,m,\r\n";
    const { header } = await plan(file, { only: ["sku", "name", "=x"] });
    expect(header.failedRecords).toBe(true);
    expect(header.columns.slice(0, 3)).toEqual(["sku", "name", "=x"]);
    expect(header.cells[2]).toBe("'=x");
  });

  it("may have columns the feed does not declare, where the feed does not refuse them", async () => {
    expect((await plan("sku,name,x\n1,2,3\n")).header.columns).toEqual(["sku", "name", "x"]);
  });

  it("ends the source when it is rejected", async () => {
    let ended = false;
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        yield* streamOf("sku,name\n\0\n1,2\n", [9]);
      } finally {
        ended = true;
      }
    }
    await expect(planTable(source(), { ...options, maxFileBytes: 12 })).rejects.toThrow(FileRejected);
    expect(ended).toBe(true);
  });
});

describe("a file without content", () => {
  it("is rejected when it is empty", () => rejected("", "EMPTY_FILE", "The file has no bytes in it: export it again."));
  it("is rejected when it is a byte order mark alone", () =>
    rejected("\ufeff", "EMPTY_FILE", "The file has nothing in it but a byte order mark: export it again."));
  it("is rejected when it is all empty lines", () =>
    rejected("\r\n\n", "EMPTY_FILE", "The file has nothing in it but empty lines: export it again."));
  it("is rejected when it is a header without a line break", () =>
    rejected("sku,name", "NO_RECORDS", "The file has a header and nothing below it: export it again."));
  it("is rejected when it is a header alone", () =>
    rejected("sku,name\r\n", "NO_RECORDS", "The file has a header and nothing below it: export it again."));
  it("is rejected when only empty lines follow the header", () =>
    rejected(
      "sku,name\r\n\r\n\n",
      "NO_RECORDS",
      "The file has a header and nothing but empty lines below it: export it again.",
    ));
  it("is rejected when it is blank rows without a header", () =>
    rejected(' , , \n\t\n"",\n', "NO_RECORDS", "The file has nothing in it but empty lines: export it again."));
  it("is rejected when only blank rows follow the header", () =>
    rejected(
      'sku,name\n,\n , \t\n"",""\n\u00a0\n',
      "NO_RECORDS",
      "The file has a header and nothing but empty lines below it: export it again.",
    ));
  it("is not seen where quotes are characters", async () => {
    expect((await plan('sku,name\n",\n', { quote: "none" })).records).toBe(1);
  });
  it("is not made by an end mark, which is nothing at the very end", async () => {
    const { records, chunks, bytes } = await plan("sku,name\n1,2\n\x1a");
    expect({ records, chunks, bytes }).toMatchObject({ records: 1, chunks: [{ end: 13 }], bytes: 14 });
    expect((await plan("sku,name\n1,2\x1a\x1a")).chunks[0]).toMatchObject({ end: 12 });
    expect((await plan("sku,name\n1,\x1a\n2,b\n")).records).toBe(2);
    await rejected("\x1a", "EMPTY_FILE", "The file has nothing in it but an end mark: export it again.");
  });
});

describe("a file that is not text", () => {
  it("is rejected by what its first bytes say", () =>
    rejected(
      Buffer.from("PK\u0003\u0004 and more"),
      "BINARY_CONTENT",
      "The file is a zip archive or an Excel workbook (.xlsx), whatever its name says: export it as CSV, or give it the name that fits.",
    ));
  it("is rejected at its first zero byte", () =>
    rejected(
      "sku,name\n1,2\n3,\0\n",
      "BINARY_CONTENT",
      "The byte at offset 15 (line 3) is zero, which no text has: export the file as CSV in UTF-8.",
      3,
    ));
  it("is rejected at a zero byte far behind the header, with its line", async () => {
    const file = `sku,name\n${'1,"a\nb"\n'.repeat(20_000)}\0`;
    await expect(plan(file, {}, [1000])).rejects.toMatchObject({ code: "BINARY_CONTENT", line: 40_002 });
  });
});

describe("a file in another encoding", () => {
  const sentence = (encoding: string): string =>
    `The file is ${encoding} from its first byte on where UTF-8 is expected: export it as UTF-8, or declare its encoding in the feed.`;
  const text = "sku,name\n1,2\n";

  it("is rejected where a byte is not UTF-8, with offset and line", () =>
    rejected(
      Buffer.from("sku,name\r\n1,2\r\n3,caf\xe9\r\n", "latin1"),
      "BAD_ENCODING",
      "The byte E9 at offset 20 (line 3) is not UTF-8: export the file as UTF-8, or declare its encoding in the feed.",
      3,
    ));
  it("is rejected where it ends inside a character", () =>
    rejected(
      Buffer.from("sku,name\n1,é").subarray(0, -1),
      "BAD_ENCODING",
      "The byte C3 at offset 11 (line 2) is not UTF-8: export the file as UTF-8, or declare its encoding in the feed.",
      2,
    ));
  it("is rejected far behind the header, with offset and line", async () => {
    const start = Buffer.from(`sku,name\n${'1,"ä\r\nb"\r\n'.repeat(20_000)}`);
    const file = Buffer.concat([start, Buffer.from([0x41, 0xe9, 0x41])]);
    for (const sizes of [[1000], [1 << 20], [start.length + 2, 1]]) {
      const error = (await plan(file, {}, sizes).catch((error: unknown) => error)) as FileRejected;
      expect(error).toMatchObject({ code: "BAD_ENCODING", line: 40_002 });
      expect(error.message).toContain(`E9 at offset ${start.length + 1} `);
    }
  });
  it("is rejected by its byte order mark", async () => {
    await rejected(Buffer.from(`\ufeff${text}`, "utf16le"), "BAD_ENCODING", sentence("UTF-16LE"), 1);
    await rejected(Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0]), "BAD_ENCODING", sentence("UTF-32"), 1);
  });
  it("is recognised as UTF-16 without a byte order mark", async () => {
    await rejected(Buffer.from(text, "utf16le"), "BAD_ENCODING", sentence("UTF-16LE"), 1);
    await rejected(Buffer.from(text, "utf16le").swap16(), "BAD_ENCODING", sentence("UTF-16BE"), 1);
  });
});

describe("a header", () => {
  it("is rejected when required columns are missing", async () => {
    await rejected(
      "sku,x\n1,2\n",
      "MISSING_COLUMN",
      'Line 1 is "sku,x" and lacks the required column "name": add the column, or correct its name.',
      1,
    );
    await rejected(
      "y,x\n1,2\n",
      "MISSING_COLUMN",
      'Line 1 is "y,x" and lacks the required columns "sku", "name": add the columns, or correct their names.',
      1,
    );
  });
  it("is recognised where a name differs in case only, and that is told", async () => {
    const { header, warnings } = await plan("SKU,name\n1,2\n");
    expect(header).toMatchObject({ cells: ["SKU", "name"], columns: ["sku", "name"] });
    expect(warnings).toEqual([
      { code: "COLUMN_RECOGNISED", count: 1, examples: [{ line: 1, column: "sku", value: "SKU" }] },
    ]);
  });
  it("is read as a spreadsheet shows it", async () => {
    expect((await plan('"=""sku""","=""Name"""\n1,2\n')).header.columns).toEqual(["sku", "name"]);
  });
  it("is told of the names that could be a column which it lacks, where there are several", async () => {
    const declared = ["sku", "name", "ean"].map((name) => ({ name }));
    expect((await plan("sku,name,EAN,Ean\n1,2,3,4\n", { declared })).warnings).toMatchObject([
      { code: "COLUMN_ABSENT", count: 1, examples: [{ column: "ean", note: 'could be "EAN" or "Ean"' }] },
    ]);
  });
  it("is told which declared columns it lacks, unless it is that of a failed-records CSV", async () => {
    const declared = ["sku", "name", "ean", "stock"].map((name) => ({ name }));
    expect((await plan("sku,name\n1,2\n", { declared })).warnings).toEqual([
      {
        ...{ code: "COLUMN_ABSENT", count: 2, examples: [{ column: "ean" }, { column: "stock" }] },
        message:
          'The file lacks the columns "ean", "stock", so that what the feed fills from them is empty in every product: send them, unless they were left out on purpose.',
      },
    ]);
    expect((await plan("sku,name,stock,_failure\n1,2,3,f\n", { declared })).warnings).toEqual([]);
  });
  it("is rejected when two columns have one name, outer spaces aside", () =>
    rejected(
      "sku,name, sku \n1,2,3\n",
      "DUPLICATE_COLUMN",
      'Columns 1 and 3 of the header are both named "sku": rename or remove one of them.',
      1,
    ));
  it("may have columns without a name, which is told", async () => {
    const { header, warnings } = await plan("sku, ,name,\u200b\n1,,3,\n");
    expect(header.unnamed).toEqual([1, 3]);
    expect(warnings).toEqual([
      {
        code: "COLUMN_IGNORED",
        count: 2,
        examples: [
          { line: 1, note: "column 2 has no name" },
          { line: 1, note: "column 4 has no name" },
        ],
      },
    ]);
  });
  it("may have two columns of a name that the feed does not declare, which is told", async () => {
    expect((await plan("sku,x,name,x\n1,2,3,4\n")).warnings).toEqual([
      { code: "COLUMN_IGNORED", count: 1, examples: [{ line: 1, column: "x", note: "stands in columns 2 and 4" }] },
    ]);
  });
  it("is told by the columns that the sheet shows when it is a workbook's", async () => {
    const sheet = { name: "Prices", headerRow: 3 };
    expect((await plan("sku,x,name,x,\n1,2,3,4,\n", { sheet })).warnings).toMatchObject([
      {
        code: "COLUMN_IGNORED",
        examples: [{ column: "x", note: "stands in columns B and D" }, { note: "column E has no name" }],
      },
    ]);
  });
  it("is rejected when two columns of a name would become one attribute", () =>
    rejected(
      "sku,x,name,x\n1,2,3,4\n",
      "DUPLICATE_COLUMN",
      'Columns 2 and 4 of the header are both named "x": rename or remove one of them.',
      1,
      { keepsUnknown: true },
    ));
  it("is rejected when two aliases of a column are in it", () =>
    rejected(
      "sku,Title,Bezeichnung\n1,2,3\n",
      "DUPLICATE_COLUMN",
      'Columns 2 and 3 of the header, "Title", "Bezeichnung", are both the column "name": rename or remove one of them.',
      1,
      { declared: [{ name: "sku" }, { name: "name", aliases: ["Title", "Bezeichnung"] }] },
    ));
  it("is rejected by the cells that the sheet shows when it is a workbook's", () =>
    rejected(
      "sku,x,name,x\n1,2,3,4\n",
      "DUPLICATE_COLUMN",
      'The cells Prices!B3 and Prices!D3 are both named "x": rename or remove one of them.',
      1,
      { keepsUnknown: true, sheet: { name: "Prices", headerRow: 3 } },
    ));
  it("is rejected when another delimiter than the declared one would fit", () =>
    rejected(
      "sku;name\n1;2\n",
      "WRONG_DELIMITER",
      "The header has the required columns when it is split by semicolon, not by comma: export the file with comma as the delimiter, or declare semicolon in the feed.",
      1,
      { delimiter: "," },
    ));
  it("is rejected when it is one column where more are required", () =>
    rejected(
      "sku:name\n1:2\n",
      "WRONG_DELIMITER",
      'The header is the one column "sku:name" where 2 are required, and no comma, semicolon, vertical bar or tab separates it into "sku", "name": export the file with one of these delimiters.',
      1,
    ));
  it("is rejected when the feed refuses a column it does not declare", async () => {
    await rejected(
      "sku,name,x\n1,2,3\n",
      "UNKNOWN_COLUMN",
      'The feed does not declare the column "x": remove the column, or have the feed declare it.',
      1,
      { only: ["sku", "name"] },
    );
    await rejected(
      "sku,name,x,y\n1,2,3,4\n",
      "UNKNOWN_COLUMN",
      'The feed does not declare the columns "x", "y": remove the columns, or have the feed declare them.',
      1,
      { only: ["sku", "name"] },
    );
  });
  it("is rejected when it has an undeclared name that the feed refuses by pattern, in any case", async () => {
    const reject = ["Product *", "a.b"];
    await rejected(
      "sku,name,other,product  id,aXb\n1,2,3,4,5\n",
      "UNKNOWN_COLUMN",
      'The feed does not declare the column "product  id": remove the column, or have the feed declare it.',
      1,
      { reject },
    );
    const declared = ["sku", "name", "Product id"].map((name) => ({ name }));
    expect((await plan("sku,name,product  id\n1,2,4\n", { reject, declared })).records).toBe(1);
  });
  it("is rejected when its quotes are wrong", () =>
    rejected(
      'sku,"na"me\n1,2\n',
      "MALFORMED_HEADER",
      "The header's quotes do not follow CSV rules: Cell 2 goes on after its closing quote: double the quotes that belong to the text.",
      1,
    ));
  it("is rejected when a column is named like those of a failed-records CSV", async () => {
    for (const name of ["_code", "_raw", "__proto__"]) {
      const sentence = `The column name "${name}" is kept for bookkeeping: rename the column.`;
      await rejected(`sku,name,${name}\n1,2,3\n`, "RESERVED_COLUMN", sentence, 1);
    }
  });

  it("is rejected when it is longer than the catalogue of imports can note", async () => {
    await expect(plan(`sku,name,${"a".repeat(300_000)}\n1,2,3\n`)).rejects.toMatchObject({ code: "MALFORMED_HEADER" });
  });

  it("is rejected when it does not end", async () => {
    await expect(plan("a".repeat(1_100_000), {}, [50_000])).rejects.toMatchObject({
      code: "MALFORMED_HEADER",
      message: "The first line does not end within 256 kB: put the column names on a line of their own.",
    });
  });
  it("shows only the start of long names and lists", () => {
    const many = Array.from({ length: 12 }, (_, i) => `required ${i}`);
    return rejected(
      `sku,${"x".repeat(100)}\n1,2\n`,
      "UNKNOWN_COLUMN",
      `The feed does not declare the column "${"x".repeat(60)}…": remove the column, or have the feed declare it.`,
      1,
      { required: ["sku"], only: ["sku", ...many] },
    );
  });
});

describe("an unclosed quote", () => {
  it("rejects the file, with the line on which it opens", () =>
    rejected(
      'sku,name\n1,"a\nb"\n2,"c\n3,d\n4,e\n',
      "UNCLOSED_QUOTE",
      "A quote opens on line 4 and never closes: close it, or double it if it belongs to the text.",
      4,
    ));
  it("rejects the file when it opens in the header", async () => {
    const sentence = "A quote opens on line 1 and never closes: close it, or double it if it belongs to the text.";
    await rejected(
      'sku,name\n1,"a b\n',
      "UNCLOSED_QUOTE",
      "A quote opens on line 2 and never closes: close it, or put a backslash before it if it belongs to the text.",
      2,
      { escape: "\\" },
    );
    await rejected('sku,"name\n1,2\n', "UNCLOSED_QUOTE", sentence, 1);
    await expect(plan(`sku,"name\n${"1,2\n".repeat(300_000)}`, {}, [50_000])).rejects.toMatchObject({
      code: "UNCLOSED_QUOTE",
      line: 1,
    });
  });
});

it("a file over the limit is rejected before it is read to its end", async () => {
  let read = 0;
  async function* source(): AsyncGenerator<Uint8Array> {
    for await (const block of streamOf(`sku,name\n${"1,2\n".repeat(1000)}`, [100])) {
      read += block.length;
      yield block;
    }
  }
  await expect(planTable(source(), { ...options, maxFileBytes: 1000 })).rejects.toMatchObject({
    code: "FILE_TOO_LARGE",
    message: "The file is larger than the limit of 1 kB: split it, or have the limit raised.",
  });
  expect(read).toBe(1100);
});

describe("headerOf", () => {
  it("trims names, and takes the guard off those of a failed-records CSV only", () => {
    expect(headerOf([" a ", "'=b"]).columns).toEqual(["a", "'=b"]);
    expect(headerOf([" a ", "'=b", "_failure"])).toMatchObject({
      columns: ["a", "=b", "_failure"],
      failedRecords: true,
    });
  });
});

describe("a file of very many chunks", () => {
  const records = (count: number) => `sku,name\n${"1,a\n".repeat(count)}`;

  it("is planned up to the limit", async () => {
    expect((await plan(records(mostChunks), { maxRecords: 1 })).chunks).toHaveLength(mostChunks);
  });

  it("is rejected above it: a manifest has an end", async () => {
    await expect(plan(records(mostChunks + 1), { maxRecords: 1 })).rejects.toMatchObject({
      code: "FILE_TOO_LARGE",
      message: "The file makes 100,001 chunks, more than the limit of 100,000: split it, or have chunkRecords raised.",
    });
  });
});

describe("a header further down", () => {
  it("is the first line that has all required columns; what stands above is told", async () => {
    const { header, records, chunks, warnings } = await plan("Price list,\n,\n\nsku,name\n1,2\n");
    expect(header).toMatchObject({ cells: ["sku", "name"], range: [15, 23] });
    expect({ records, chunks }).toMatchObject({ records: 1, chunks: [{ start: 24, firstLine: 5 }] });
    expect(warnings).toEqual([
      {
        code: "LINES_ABOVE_HEADER",
        count: 3,
        examples: [
          { line: 1, value: "Price list," },
          { line: 2, value: "," },
          { line: 3, value: "" },
        ],
      },
    ]);
  });

  it("may follow empty lines, of which nothing is told", async () => {
    expect(await plan("\n\r\n, ,\nsku,name\n1,2\n")).toMatchObject({ records: 1, warnings: [] });
  });

  it("may follow text in quotes over several lines, or with a stray quote", async () => {
    expect((await plan('"Price\nlist"\nsku,name\n1,2\n')).header.range).toEqual([13, 21]);
    expect((await plan('Screens 24"\nsku,name\n1,2\n')).header.range).toEqual([12, 20]);
    expect((await plan('"Price list\nsku,name\n1,2\n')).header.range).toEqual([12, 20]);
  });

  it("decides on the delimiter, whatever stands above", async () => {
    expect((await plan("Price, list, of, spring\nsku;name\n1;2\n")).delimiter).toBe(";");
  });

  it("is the 20th line at most", async () => {
    expect((await plan(`${"title\n".repeat(19)}sku,name\n1,2\n`)).records).toBe(1);
    await expect(plan(`${"title\n".repeat(20)}sku,name\n1,2\n`)).rejects.toMatchObject({
      code: "WRONG_DELIMITER",
      line: 1,
    });
  });

  it("is found alike however the file is cut", async () => {
    await fc.assert(
      fc.asyncProperty(quirkyText, blockSizes, async (text, sizes) => {
        const file = `${text}\nsku,name\n1,2\n`;
        const outcome = (plan: Promise<PlannedTable>): Promise<unknown> => plan.catch(String);
        expect(await outcome(plan(file, {}, sizes))).toEqual(await outcome(plan(file, {}, [1 << 20])));
      }),
      { numRuns: 300 },
    );
  });

  it("is missed with a sentence on the line that comes closest, and what looks like the columns it lacks", () =>
    rejected(
      "Price list,\nsku,nmae,price\n1,2,3\n",
      "MISSING_COLUMN",
      'Line 1 is "Price list,", which is no header, and line 2, "sku,nmae,price", lacks the required column "name" ("nmae" looks like "name"): add the column, or correct its name.',
      2,
    ));

  it("is missed with several names that look like a column, where nobody can say which is meant", () =>
    rejected(
      "SKU,Sku,name\n1,2,3\n",
      "MISSING_COLUMN",
      'Line 1 is "SKU,Sku,name" and lacks the required column "sku" ("SKU", "Sku" look like "sku"): add the column, or correct its name.',
      1,
    ));
});

describe("a separator line", () => {
  it.each([
    ["sep=;\r\n", ";"],
    ["SEP=|\n", "|"],
    ['"sep=\t"\n', "\t"],
    ["sep=;;;\n", ";"],
    ["\ufeffsep=;\n", ";"],
  ] as const)("is honoured over the feed's delimiter: %j", async (line, delimiter) => {
    const file = `${line}${["sku", "name"].join(delimiter)}\n${["1", "2"].join(delimiter)}\n`;
    for (const declared of [undefined, "," as const]) {
      const { delimiter: used, chunks, warnings } = await plan(file, { delimiter: declared });
      expect({ used, chunks, warnings }).toMatchObject({ used: delimiter, chunks: [{ firstLine: 3 }], warnings: [] });
    }
  });

  it("with a separator that is not known is rejected", () =>
    rejected(
      "sep=:\nsku:name\n1:2\n",
      "WRONG_DELIMITER",
      'Line 1 names ":" as the separator (sep=:), which is none of comma, semicolon, vertical bar, tab: export the file with one of these.',
      1,
    ));
});

describe("a file without a header", () => {
  const columns = ["sku", "name", "price"];

  it("has the columns that its feed names", async () => {
    const planned = await plan("1;a;2\n3;b;4\n", { columns });
    expect(planned).toMatchObject({
      ...{ delimiter: ";", records: 2, warnings: [] },
      header: { cells: columns, columns, range: [0, 0], fromFeed: true },
      chunks: [{ start: 0, firstLine: 1, firstRecord: 1 }],
    });
  });

  it("may have one after all, which is told", async () => {
    const { header, records, warnings } = await plan("name,SKU\na,1\n", { columns });
    expect({ header, records }).toMatchObject({ header: { columns: ["name", "sku"], range: [0, 8] }, records: 1 });
    expect(header.fromFeed).toBeUndefined();
    expect(warnings.map(({ code }) => code)).toEqual(["HEADER_IN_FILE", "COLUMN_RECOGNISED"]);
  });

  it("has the header of a failed-records CSV where it is one", async () => {
    const { header, warnings } = await plan("sku,name,price,_failure\n1,a,2,f\n", { columns });
    expect({ header, warnings }).toMatchObject({ header: { failedRecords: true, range: [0, 23] }, warnings: [] });
  });

  it("is rejected when it is all empty rows", () =>
    rejected(",,\n", "NO_RECORDS", "The file has nothing in it but empty lines: export it again.", undefined, {
      columns,
    }));
});

describe("a file in a dialect of its own", () => {
  it("may have quotes that mean nothing", async () => {
    const { quote, records } = await plan('sku,name\n1,5" disk\n"2,b\n', { quote: "none" });
    expect({ quote, records }).toEqual({ quote: "none", records: 2 });
  });

  it("may have comments, above the header as well", async () => {
    const { records, warnings } = await plan('# says "who\n#\nsku,name\n# "x\n1,2\n', { comment: "#" });
    expect({ records, warnings }).toEqual({ records: 2, warnings: [] });
  });

  it("is plain where it is a failed-records CSV that comes back", async () => {
    const file = '#sku,name,_failure\n#1,"say ""a\nb""",f\n';
    const { quote, comment, records, header } = await plan(file, { quote: "none", comment: "#", required: ["#sku"] });
    expect({ quote, comment, records }).toEqual({ records: 1 });
    expect(header.failedRecords).toBe(true);
  });
});

describe("of several faults the one that comes first in the file is named:", () => {
  const latin1 = (text: string): Buffer => Buffer.from(text, "latin1");
  const codeOf = (file: Uint8Array): Promise<string> =>
    Promise.all(
      [[1], [5], [1 << 20]].map((sizes) =>
        plan(file, {}, sizes).then(
          () => "none",
          (error: unknown) => (error as FileRejected).code,
        ),
      ),
    ).then((codes) => [...new Set(codes)].join());

  it.each([
    ["a missing column before a byte that is no UTF-8", "sku,x\n1,\xe9\n", "MISSING_COLUMN"],
    ["a byte that is no UTF-8 in the header before what it lacks", "sku,n\xe9me\n1,2\n", "BAD_ENCODING"],
    ["a byte that is no UTF-8 before a zero", "sku,name\n1,\xe9\n2,\0\n", "BAD_ENCODING"],
    ["a zero before a byte that is no UTF-8", "sku,name\n1,\0\n2,\xe9\n", "BINARY_CONTENT"],
    ["an unclosed quote before a byte that is no UTF-8", 'sku,name\n1,"a\n2,\xe9\n', "UNCLOSED_QUOTE"],
    ["a byte that is no UTF-8 before an unclosed quote", 'sku,name\n1,\xe9\n2,"a\n', "BAD_ENCODING"],
    ["a byte that is no UTF-8 inside quotes that close", 'sku,name\n1,"\xe9"\n2,"a\n', "BAD_ENCODING"],
  ])("%s", async (_what, file, code) => {
    expect(await codeOf(latin1(file))).toBe(code);
  });

  it("a missing column before a byte that is no UTF-8, far behind it", async () => {
    const file = Buffer.concat([Buffer.from(`sku,x\n${"1,2\n".repeat(50_000)}`), latin1("3,\xe9\n")]);
    await expect(plan(file, {}, [1000])).rejects.toMatchObject({ code: "MISSING_COLUMN" });
  });
});

describe("columns by pattern", () => {
  const declared = ["sku", "name-{locale}"].map((name) => ({ name, pattern: columnPattern(name) }));
  const required = ["sku", "name-{locale}"];

  it("are enough where one is there, of a pattern that a file must have", async () => {
    const { header, warnings } = await plan("sku,name-de,name-fr\n1,a,b\n", { declared, required });
    expect(header.columns).toEqual(["sku", "name-de", "name-fr"]);
    expect(warnings).toEqual([]);
  });

  it("are asked for where none is there", async () => {
    await rejected(
      "sku,name\n1,a\n",
      "MISSING_COLUMN",
      'Line 1 is "sku,name" and lacks the required column "name-{locale}" ("name" looks like "name-{locale}"): add the column, or correct its name.',
      1,
      { declared, required },
    );
  });

  it("are told where none is there that could be left out", async () => {
    const { warnings } = await plan("sku,name\n1,a\n", { declared, required: ["sku"] });
    expect(warnings).toMatchObject([{ code: "COLUMN_ABSENT", examples: [{ column: "name-{locale}" }] }]);
  });

  it("have each their own name", async () => {
    await rejected(
      "sku,name-de,name-fr,name-de\n1,a,b,c\n",
      "DUPLICATE_COLUMN",
      'Columns 2 and 4 of the header are both named "name-de": rename or remove one of them.',
      1,
      { declared, required },
    );
  });

  it("are declared where a feed refuses what is not", async () => {
    const only = declared.map(({ name }) => name);
    const { header } = await plan("sku,name-de\n1,a\n", { declared, required, only });
    expect(header.columns).toEqual(["sku", "name-de"]);
    await rejected(
      "sku,name-de,x\n1,a,b\n",
      "UNKNOWN_COLUMN",
      'The feed does not declare the column "x": remove the column, or have the feed declare it.',
      1,
      { declared, required, only },
    );
  });
});
