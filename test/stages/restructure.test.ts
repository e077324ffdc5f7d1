import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stringify } from "csv-stringify/sync";
import { columnKeys } from "#csv/header.ts";
import { NotConserved } from "#errors/infrastructure.ts";
import { failedRecordsHeader, failedRecordsRows } from "#imports/failed-records.ts";
import type { Line } from "#records/line.ts";
import { restructure } from "#stages/restructure.ts";
import { restructureCsv, sentencesOf, smallFeed } from "./run-stages.ts";

const feed = smallFeed({ columns: { name: {}, colour: {} } });

test("cells come in the order of the feed's columns, whatever the order in the file", () => {
  expect(restructureCsv(feed, "colour,unknown,id,name\nred,x,7,Sock\n")).toEqual([
    { kind: "restructured", record: 1, line: 2, at: [23, 12], key: "7", cells: ["7", "Sock", "red"] },
  ]);
});

test("a column that the file lacks is absent", () => {
  expect(restructureCsv(feed, "id\n7\n")).toMatchObject([{ kind: "restructured", cells: ["7", null, null] }]);
});

test("a column that becomes an attribute is called as it reads", () => {
  const keeping = smallFeed({ unknownColumns: "attributes", columns: { name: {} } });
  const header = 'id,name,Fa\u200brbe,"Size\n(cm)",Gro\u0308\u00dfe,NA\u00adME\n';
  expect(restructureCsv(keeping, `${header}7,Sock,red,5,6,x\n`)).toMatchObject([
    { extra: { Farbe: "red", "Size (cm)": "5", "Gr\u00f6\u00dfe": "6", NAME: "x" } },
  ]);
  expect(columnKeys(["id", "na\u200bme", "Name"], keeping.headerRules)).toEqual(["id", "na\u200bme", "Name"]);
});

test("white space around column names and keys does not matter, that in other cells does", () => {
  expect(restructureCsv(feed, " id , name\n 7 ,  Sock \n")).toMatchObject([
    { key: "7", cells: ["7", "  Sock ", null] },
  ]);
});

test.each(["0017", "1E5", "+49", "=1+1", "🧦", "1.0", "true", "null", "__proto__", "x'", "007-XS B"])(
  "the key %j stays as it is",
  (key) => {
    const [line] = restructureCsv(
      feed,
      stringify([
        ["id", "name"],
        [key, "x"],
      ]),
    );
    expect(line).toMatchObject({ kind: "restructured", key, cells: [key, "x", null] });
  },
);

test("the feed's own cleansing of the key column applies to the key", () => {
  const trimming = smallFeed({ columns: { id: { cleanse: ["trim"] }, name: {} } });
  expect(restructureCsv(trimming, "id,name\n 0017 ,x\n")).toMatchObject([{ key: "0017", cells: ["0017", "x"] }]);
});

test("an empty line and a line of empty cells are blank", () => {
  const lines = restructureCsv(feed, "id,name\n\n,\n,,,\n7,x\n");
  expect(lines.map(({ kind }) => kind)).toEqual(["blank", "blank", "blank", "restructured"]);
  expect(lines[0]).toEqual({ kind: "blank", record: 1, line: 2, at: [8, 0] });
});

describe("a record fails alone, with its sentence", () => {
  test.each<[string, string, string]>([
    [
      "too many cells",
      "id,name\n7,a,b\n",
      "RAGGED_RECORD The record has 3 cells where the header has 2: remove a delimiter, or quote the cell that holds one.",
    ],
    [
      "too few cells",
      "id,name\n7\n",
      "RAGGED_RECORD The record has 1 cell where the header has 2: add what is missing, if only delimiters.",
    ],
    ["no key", "id,name\n,Sock\n", 'MISSING_KEY The key column "id" is empty: fill in the product\'s key.'],
    [
      "a key of white space",
      "id,name\n\t ,Sock\n",
      'MISSING_KEY The key column "id" is empty: fill in the product\'s key.',
    ],
    [
      "text behind a closing quote",
      'id,name\n7,"a"b\n',
      "MALFORMED_RECORD Cell 2 goes on after its closing quote: double the quotes that belong to the text.",
    ],
    [
      "too many bytes",
      `id,name\n7,${"é".repeat(500)}\n`,
      "OVERSIZED_RECORD The record has 1002 bytes where 1000 are allowed: shorten its cells.",
    ],
  ])("%s", (_, csv, sentence) => {
    expect(sentencesOf(feed, csv)).toEqual([sentence]);
  });

  test("too many or too few cells where the feed names the columns, for the file has no header", () => {
    const positions = [{ record: 1, line: 1, at: [0, 5] as const }];
    const sentenceOf = (row: string[], sheet?: { name: string; headerRow: number }): unknown =>
      restructure(feed, ["id", "name"], [row], positions, { maxRecordBytes: 1000, headless: true, sheet })[0];
    expect(sentenceOf(["7"])).toMatchObject({
      errors: [
        { message: "The record has 1 cell where the feed names 2 columns: add what is missing, if only delimiters." },
      ],
    });
    expect(sentenceOf(["7", "a", "b"], { name: "Prices", headerRow: 0 })).toMatchObject({
      errors: [
        {
          message:
            'The cell Prices!C1 has "b", and the feed does not name its column: empty the cell, or have the feed name the column.',
        },
      ],
    });
  });

  test("its neighbours are unharmed", () => {
    const lines = restructureCsv(feed, 'id,name\n1,a\n2,"b"c\n3\n4,d,e\n5,f\n');
    expect(lines.map(({ kind, record, line }) => [record, line, kind])).toEqual([
      [1, 2, "restructured"],
      [2, 3, "failed"],
      [3, 4, "failed"],
      [4, 5, "failed"],
      [5, 6, "restructured"],
    ]);
  });

  test("a malformed record keeps its raw text", () => {
    expect(restructureCsv(feed, 'id,name\n7,"a"b\n')).toMatchObject([{ errors: [{ value: '7,"a"b' }] }]);
  });
});

describe("a failed line carries the key where it is known", () => {
  const cleansed = smallFeed({ columns: { on: { cleanse: [{ boolean: { yes: ["1"], no: ["0"] } }] } } });

  test.each([
    ["another cell is bad", "id,on\n0017,2\n"],
    ["the record is ragged behind a key in the first column", "id,on\n0017,1,1\n"],
    ["the record is malformed behind it", 'id,on\n0017,a "b"\n'],
    ["the record is malformed behind it and it is quoted and padded", 'id,on\n "0017" ,"a" b\n'],
    ["the record is malformed behind a later key column", 'on,id,x\n1,0017,a "b"\n'],
    ["the record is oversized", `id,on\n0017,${"1".repeat(2000)}\n`],
  ])("when %s", (_, csv) => {
    expect(restructureCsv(cleansed, csv)).toMatchObject([{ kind: "failed", key: "0017" }]);
  });

  test("not when the record is malformed in it, or before it", () => {
    for (const csv of ['id,on\n00"17,1\n', 'on,id\na "b",0017\n']) {
      const [line] = restructureCsv(cleansed, csv);
      expect(line).toMatchObject({ kind: "failed", errors: [{ code: "MALFORMED_RECORD" }] });
      expect(line).not.toHaveProperty("key");
    }
  });

  test("not when the record is ragged and the key is in a later column", () => {
    const [line] = restructureCsv(cleansed, "on,id\n1,0017,x\n");
    expect(line).toMatchObject({ kind: "failed" });
    expect(line).not.toHaveProperty("key");
  });

  test("a record with several bad cells and no key is told all of it", () => {
    const two = smallFeed({ columns: { d: { cleanse: [{ date: "YYYY-MM-DD" }] }, n: { cleanse: ["decimalComma"] } } });
    const [line] = restructureCsv(two, "id,d,n\n,soon,few\n");
    expect(line).toMatchObject({ errors: [{ code: "MISSING_KEY" }, { code: "BAD_DATE" }, { code: "BAD_NUMBER" }] });
  });
});

describe("a failed-records CSV that comes back", () => {
  const keeping = smallFeed({ columns: { name: {} }, unknownColumns: "attributes" });
  const header = ["id", "name", "note"];
  const letter = {
    importId: "0".repeat(32),
    chunk: 1,
    recordNumber: 3,
    line: 4,
    errors: [{ code: "BAD_MONEY", message: "=no", column: "price" }] as const,
    id: "abc-1-3",
  };

  function comeBack(cells: string[] | undefined, raw?: string): Line {
    const row = { ...letter, cells, raw } as unknown as Parameters<typeof failedRecordsRows>[0];
    const csv = failedRecordsHeader(header, ",").replace("\uFEFF", "") + failedRecordsRows(row, header, ",");
    return restructureCsv(keeping, csv)[0]!;
  }

  test("keeps the identity of the failure and maps no bookkeeping", () => {
    expect(comeBack(["0017", "Sock", "n"])).toEqual({
      kind: "restructured",
      record: 1,
      line: 2,
      at: expect.any(Array) as unknown,
      failure: { id: "abc-1-3" },
      key: "0017",
      cells: ["0017", "Sock"],
      extra: { note: "n" },
    });
  });

  test("gives every cell back as it was", () => {
    const cell = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.constantFrom("=HYPERLINK(1)", "'=1", "-1", "@a", "\t+", " x ", "''"),
    );
    fc.assert(
      fc.property(cell, cell, (name, note) => {
        const line = comeBack(["7", name, note]);
        expect(line).toMatchObject({ cells: ["7", name === "" ? null : name] });
        expect(line.kind === "restructured" && (line.extra?.["note"] ?? "")).toBe(note);
      }),
    );
  });

  test("a cell of an ordinary file is not unguarded", () => {
    expect(restructureCsv(keeping, "id,name\n7,'=1\n")).toMatchObject([{ cells: ["7", "'=1"] }]);
  });

  test("a record that is still raw fails again, under its identity", () => {
    expect(comeBack(undefined, '7,"a"b')).toMatchObject({
      kind: "failed",
      failure: { id: "abc-1-3" },
      errors: [
        {
          code: "RAGGED_RECORD",
          message: "The record is still in the column _raw: put its cells into their columns and send it again.",
          column: "_raw",
          value: '7,"a"b',
        },
      ],
    });
  });

  test("a record without cells is blank and keeps its identity: whether somebody has emptied it, its failure tells", () => {
    expect(comeBack(["", "\u00a0", ""])).toMatchObject({ kind: "blank", failure: { id: "abc-1-3" } });
    expect(comeBack(undefined, " , ,")).toMatchObject({ kind: "blank", failure: { id: "abc-1-3" } });
  });

  test("a row that fails and names no failure is refused first", () => {
    const [line] = restructureCsv(keeping, "id,name,_failure,_message\n,x,,\n");
    expect(line).toMatchObject({ kind: "failed", errors: [{ code: "FAILURE_UNKNOWN" }, { code: "MISSING_KEY" }] });
  });

  test("a row with nothing but bookkeeping, and without its identity, is not passed over", () => {
    const [line] = restructureCsv(keeping, "id,name,_failure,_message\n,,,The key is missing.\n,,,\n");
    expect(line).toMatchObject({ kind: "failed", errors: [{ code: "FAILURE_UNKNOWN" }, { code: "MISSING_KEY" }] });
  });

  test("the bookkeeping makes no record oversized", () => {
    expect(comeBack(["7", "x".repeat(900), ""], "y".repeat(900))).toMatchObject({ kind: "restructured" });
    expect(comeBack(["7", "x".repeat(1100), ""])).toMatchObject({
      kind: "failed",
      failure: { id: "abc-1-3" },
      key: "7",
    });
  });

  test("a record without identity is a new one", () => {
    const [line] = restructureCsv(keeping, "id,name,_failure\n7,x,\n");
    expect(line).toMatchObject({ kind: "restructured" });
    expect(line).not.toHaveProperty("failure");
  });
});

test("as many lines come out as records go in, in their order", () => {
  const cell = fc.oneof(fc.constantFrom("", "a", '"', "\n", ",", "x"), fc.string());
  fc.assert(
    fc.property(fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { maxLength: 20 }), (rows) => {
      const lines = restructureCsv(feed, `id,name\n${rows.map((row) => `${row.join(",")}\n`).join("")}`);
      expect(lines.map(({ record }) => record)).toEqual(lines.map((_, index) => index + 1));
    }),
  );
});

test("rows that are not one for each position are a bug", () => {
  expect(() => restructure(feed, ["id"], [["7"]], [], { maxRecordBytes: 10 })).toThrow(NotConserved);
});

describe("rows that a feed leaves out", () => {
  const feed = smallFeed({
    columns: { name: {}, price: {} },
    leaveOut: [
      { column: "id", is: "Total" },
      { column: "id", matches: "^\\*\\*\\*" },
      { column: "price", is: "" },
    ],
  });
  const kindsOf = (csv: string): string[] => restructureCsv(feed, csv).map(({ kind }) => kind);

  test("are those whose cell is the text or matches, blanks around it aside", () => {
    expect(kindsOf("id,name,price\n1,a,2\n Total ,2 articles,3\n***END,,1\nTotals,b,4\n5,note,\n")).toEqual([
      ...["restructured", "leftOut", "leftOut", "restructured", "leftOut"],
    ]);
  });

  test("may have more or fewer cells than the header, as long as the cell is there", () => {
    expect(kindsOf("id,name,price\nTotal\n***END OF FILE***,a,b,c,d\n7,b\n")).toEqual(["leftOut", "leftOut", "failed"]);
  });

  test("may be malformed behind that cell", () => {
    expect(kindsOf('id,name,price\nTotal,say "a",1\n"Total"s,a,1\n')).toEqual(["leftOut", "failed"]);
  });

  test("are no blank rows, and blank rows are not left out", () => {
    expect(kindsOf("id,name,price\n , ,\u00a0\n\t\n\n")).toEqual(["blank", "blank", "blank"]);
  });

  test("keep the failure that they reprocess", () => {
    const [line] = restructureCsv(feed, "id,name,price,_failure\nTotal,,1,f-1\n");
    expect(line).toMatchObject({ kind: "leftOut", failure: { id: "f-1" } });
  });
});
