import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { columnKeys } from "#csv/header.ts";
import { parseRecord } from "#csv/parse.ts";
import { unguard } from "#csv/spreadsheet-safe.ts";
import { deadLetterOf, type DeadLetter } from "#failures/dead-letter.ts";
import { traceOf } from "#failures/trace.ts";
import { firstIdentity } from "#failures/identity.ts";
import { originalOf } from "#failures/original.ts";
import { placed, placedAgain } from "#failures/places.ts";
import { correct, linesOf, refusalOf, type ReturnedRow } from "#failures/returned-row.ts";
import { failedRecordsHeader, failedRecordsRows } from "#imports/failed-records.ts";
import { columnsNamed } from "#imports/import-columns.ts";
import type { RecordError } from "#errors/catalogue.ts";
import type { FailedLine } from "#records/line.ts";
import { reportedFailures } from "#imports/report.ts";

const header = ["Handle", "Title", "Price"];
const columns = columnsNamed(header);
const from = {
  ...{ importId: "0123456789abcdef0123456789abcdef", feed: "shop", eventTime: "2026-01-01T00:00:00.000Z" },
  file: { bucket: "inbox", key: "incoming/shop/a.csv", etag: "e", bytes: 100 },
  ...{ sequencer: "", archived: { bucket: "archive", key: "a.csv" }, owner: "arn" },
  startedAt: "2026-01-01T00:00:00.000Z",
};
const table = { bucket: "archive", key: "a.csv", delimiter: "," as const, header: [0, 18] as const, group: 0 };
const bad: RecordError = { code: "BAD_MONEY", message: 'Column "Price" has "dear".', column: "Price", line: 14 };

/** The dead letter of a record of these rows, whose first stands on line 12. */
function letterOf(text: string, error: RecordError = bad, of: Partial<typeof table & { sheet: object }> = {}) {
  const failed: FailedLine = {
    ...{ kind: "failed", record: 3, line: 12, at: [100, Buffer.byteLength(text)], key: "hat" },
    errors: [error],
  };
  const place = { ...table, ...of } as typeof table;
  const original = originalOf(Buffer.from(text), 100, failed, header, place);
  return deadLetterOf(from, "shop", place, 2, failed, original, "2026-01-01T00:00:01.000Z");
}
const letter = letterOf('hat,"A\nHat",1\n\n,,dear\nhat,3" pipe,3');
const { id } = letter;

/** The rows of a failed-records CSV, each by the names of its columns. */
function csvOf(...letters: DeadLetter[]): ReturnedRow[] {
  const text = failedRecordsHeader(header, ",") + letters.map((one) => failedRecordsRows(one, header, ",")).join("");
  const [names, ...rows] = parse(text, { bom: true });
  return rows.map((row) => new Map(row.map((cell, index) => [names![index]!, unguard(cell)])));
}
const changed = (row: ReturnedRow, cells: Record<string, string>): ReturnedRow =>
  new Map([...row, ...Object.entries(cells)]);
const added = (cells: Record<string, string>): ReturnedRow =>
  new Map([...csvOf(letter)[0]!.keys()].map((name) => [name, cells[name] ?? ""]));
const refused = (rows: readonly ReturnedRow[], of: DeadLetter = letter) =>
  refusalOf(rows, of.id, of, "shop", "me", columns);

describe("the dead letter of a group", () => {
  it("keeps all its rows, each with its line; blank lines say nothing", () => {
    expect(letter.rows).toEqual([
      { line: 12, cells: ["hat", "A\nHat", "1"] },
      { line: 15, cells: ["", "", "dear"] },
      { line: 16, raw: 'hat,3" pipe,3' },
    ]);
    expect(letter).not.toHaveProperty("cells");
  });

  it("of one row keeps its cells, as that of any record", () => {
    expect(letterOf("hat,Hat,1\n\n")).toMatchObject({ cells: ["hat", "Hat", "1"] });
    expect(letterOf("hat,Hat,1")).not.toHaveProperty("rows");
  });

  it("has the rows of the sheet, where the file is a workbook, however many lines the twin takes for them", () => {
    const { rows } = letterOf('hat,"A\nHat",1\n\n,,2', bad, { sheet: { name: "Prices", headerRow: 1 } });
    expect(rows).toMatchObject([{ line: 12 }, { line: 14 }]);
  });

  it("keeps no row where all of them together are too large", () => {
    const row = `hat,${"x".repeat(40_000)},1`;
    expect(letterOf(`${row}\n${row}`)).not.toHaveProperty("rows");
    expect(letterOf(`${row}\n${row}`)).toMatchObject({ at: [100, 2 * row.length + 1], table: { group: 0 } });
  });
});

describe("what is wrong with a group", () => {
  const place = (row: number, column?: string) => (column === "Price" ? `Prices!C${row}` : `Prices!${row}:${row}`);

  it("is told with its row, in a workbook with its cell as well; of a record of one row there is nothing to tell apart", () => {
    expect(placed([bad], 12, undefined, true)[0].message).toBe('Line 14: Column "Price" has "dear".');
    expect(placed([{ ...bad, line: 12 }], 12, undefined, true)[0].message).toMatch(/^Line 12: /);
    expect(placed([{ ...bad, line: 12 }], 12, undefined, false)[0].message).toBe(bad.message);
    expect(placed([bad], 12, place, true)[0]).toMatchObject({
      message: 'Row 14: Column "Price" (Prices!C14) has "dear".',
      cell: "Prices!C14",
    });
    const { line: _whole, ...whole } = bad;
    expect(placed([whole], 12, undefined, true)).toEqual([whole]);
  });

  it("is listed by its row in the report", () => {
    expect(reportedFailures(letter)).toMatchObject([{ record: 3, line: 14 }]);
  });

  it("is told with the rows of the original where it came back and failed again", () => {
    const lines = [[2, 12] as const, [3, 15] as const, [4, null] as const];
    const again = (line: number, of: DeadLetter = letter) => placedAgain([{ ...bad, line }], of, lines)[0];
    expect(again(3)).toEqual({ ...bad, line: 15, message: `Line 15: ${bad.message}` });
    expect(again(4)).toEqual({ code: bad.code, column: "Price", message: `Added row: ${bad.message}` });
    const sheet = letterOf(
      "hat,,1\nhat,,2",
      { ...bad, cell: "Prices!C15", line: 15 },
      { sheet: { name: "Prices", headerRow: 1 } },
    );
    expect(again(3, sheet)).toMatchObject({
      cell: "Prices!C15",
      message: expect.stringMatching(/^Row 15: /) as string,
    });
    expect(again(2, sheet)).toMatchObject({ cell: "Prices!12:12", line: 12 });
  });
});

describe("the failed-records CSV", () => {
  it("has every row of a group, with its own line and its own raw text, and the same failure", () => {
    const rows = csvOf(letter);
    expect(
      rows.map((row) => ["Handle", "Price", "_failure", "_record", "_line", "_raw"].map((name) => row.get(name))),
    ).toEqual([
      ["hat", "1", id, "3", "12", ""],
      ["", "dear", id, "3", "15", ""],
      ["", "", id, "3", "16", 'hat,3" pipe,3'],
    ]);
    expect(new Set(rows.map((row) => row.get("_message")))).toEqual(new Set([bad.message]));
  });

  it("has the cells of a workbook where something is wrong, and the rows of the others", () => {
    const sheet = letterOf(
      "hat,,1\nhat,,2\nhat,,3",
      { ...bad, cell: "Prices!C14" },
      { sheet: { name: "Prices", headerRow: 1 } },
    );
    const rows = csvOf(sheet);
    expect(rows.map((row) => row.get("_line"))).toEqual(["Prices!12:12", "Prices!13:13", "Prices!C14"]);
    expect(refused(rows, sheet)).toBeUndefined();
  });
});

describe("a group that comes back", () => {
  it("as it is changes nothing, and is taken", () => {
    const rows = csvOf(letter);
    expect(refused(rows)).toBeUndefined();
    expect(correct(rows, letter, columns)).toEqual({ original: { rows: letter.rows }, corrections: [] });
  });

  it("is corrected row by row", () => {
    const [first, second, third] = csvOf(letter) as [ReturnedRow, ReturnedRow, ReturnedRow];
    const rows = [first, changed(second, { Price: "2" }), changed(third, { Handle: "hat", Price: "3", _raw: "" })];
    expect(refused(rows)).toBeUndefined();
    expect(correct(rows, letter, columns)).toEqual({
      original: {
        rows: [letter.rows![0], { line: 15, cells: ["", "", "2"] }, { line: 16, cells: ["hat", "", "3"] }],
      },
      corrections: [
        { row: 15, column: "Price", before: "dear", after: "2" },
        { row: 16, column: "Handle", before: "", after: "hat" },
        { row: 16, column: "Price", before: "", after: "3" },
      ],
    });
  });

  it("may have a row added between its own, which is one of it from then on", () => {
    const [first, ...others] = csvOf(letter) as [ReturnedRow, ...ReturnedRow[]];
    const rows = [first, added({ Price: "5" }), ...others];
    expect(refused(rows)).toBeUndefined();
    const { original, corrections } = correct(rows, letter, columns);
    expect(corrections).toEqual([{ row: "added", column: "Price", before: "", after: "5" }]);
    const taken = { ...letter, ...original } as DeadLetter;
    expect(taken.rows![1]).toEqual({ cells: ["", "", "5"] });
    const again = csvOf(taken);
    expect(again.map((row) => [row.get("_failure"), row.get("_line")])).toEqual([
      ...[
        [id, "12"],
        [id, ""],
        [id, "15"],
        [id, "16"],
      ],
    ]);
    expect(refused(again, taken)).toBeUndefined();
    expect(correct(again, taken, columns).corrections).toEqual([]);
  });

  it("of one row may have rows added", () => {
    const one = letterOf("hat,Hat,1");
    const rows = [csvOf(one)[0]!, added({ Handle: "hat", Price: "2" })];
    expect(refused(rows, one)).toBeUndefined();
    expect(correct(rows, one, columns).original).toEqual({
      rows: [{ line: 12, cells: ["hat", "Hat", "1"] }, { cells: ["hat", "", "2"] }],
    });
  });

  it("without one of its rows is refused, with how many there are and what to do with a row that is to go", () => {
    const [first, second] = csvOf(letter);
    expect(refused([first!, second!])).toMatchObject({
      code: "FAILURE_ALTERED",
      message: `Failure ${id} has 3 rows, and 2 came back in one piece: send all its rows below each other, and empty the cells of a row that is to go.`,
    });
    expect(refused([first!])).toMatchObject({ code: "FAILURE_ALTERED" });
  });

  it("with a row whose cells are emptied is taken: that row is to go", () => {
    const [first, second, third] = csvOf(letter) as [ReturnedRow, ReturnedRow, ReturnedRow];
    const rows = [first, changed(second, { Price: "" }), third];
    expect(refused(rows)).toBeUndefined();
    expect(correct(rows, letter, columns).corrections).toEqual([
      { row: 15, column: "Price", before: "dear", after: "" },
    ]);
  });

  it("with its rows in another order, or one of them twice, is refused by what its columns say", () => {
    const [first, second, third] = csvOf(letter) as [ReturnedRow, ReturnedRow, ReturnedRow];
    expect(refused([first, third, second])).toMatchObject({
      code: "FAILURE_ALTERED",
      column: "_line",
      message: expect.stringContaining(`has "16" where its row of failure ${id} has 15: leave`) as string,
    });
    expect(refused([first, second, second, third])).toMatchObject({
      code: "FAILURE_ALTERED",
      message: expect.stringContaining("leave the columns that begin with _ empty in a row that you add") as string,
    });
    expect(refused([first, changed(second, { _record: "4" }), third])).toMatchObject({ column: "_record" });
  });

  it("with a row that cannot be read is taken, and fails for that: nobody knows whose row it is", () => {
    const [first, second] = csvOf(letter) as [ReturnedRow, ReturnedRow];
    const unreadable: ReturnedRow = new Map();
    expect(refused([first, unreadable])).toBeUndefined();
    expect(correct([first, unreadable], letter, columns).corrections).toEqual([]);
    const rows = [first, changed(second, { Price: "2" }), unreadable];
    expect(correct(rows, letter, columns).original).toMatchObject({
      rows: [{}, { cells: ["", "", "2"] }, letter.rows![2]!],
    });
  });

  it("tells its rows by the lines that they came from, those that were added by none", () => {
    const [first, ...others] = csvOf(letter) as [ReturnedRow, ...ReturnedRow[]];
    const rows = [first, added({ Price: "5" }), ...others].map((row, index) => ({ line: 20 + index, row }));
    expect(linesOf(rows, letter)).toEqual([
      [20, 12],
      [21, null],
      [22, 15],
      [23, 16],
    ]);
    expect(linesOf(rows.slice(0, 1), letterOf("hat,Hat,1"))).toBeUndefined();
  });

  it("is known by the first of its rows that names a failure", () => {
    const names = [...csvOf(letter)[0]!.keys()];
    const rows = ["hat,1", `hat,Hat,1,${id},3,12,,,,`, `hat,Hat,1,${id.replace("3", "4")},3,12,,,,`];
    const read = rows.map((row) => parseRecord(row, { delimiter: "," }));
    expect(firstIdentity(read, names.indexOf("_failure"), names.length)).toBe(id);
  });
});

describe("the trace of a group that failed again", () => {
  const back = [...header, ...columnKeys([...csvOf(letter)[0]!.keys()], { required: [] }).slice(header.length)];
  const textOf = (rows: readonly ReturnedRow[]) =>
    rows.map((row) => back.map((name) => `"${(row.get(name) ?? "").replaceAll('"', '""')}"`).join(",")).join("\n");

  /** The trace of rows that came back, as a CSV of the import in which they failed again. */
  function traced(rows: readonly ReturnedRow[], error: RecordError): ReturnedRow[] {
    const text = textOf(rows);
    const failed: FailedLine = {
      kind: "failed",
      record: 1,
      line: 2,
      at: [0, Buffer.byteLength(text)],
      errors: [error],
    };
    const again = { ...table, failedRecords: true as const };
    const own = deadLetterOf(
      from,
      "shop",
      again,
      1,
      failed,
      originalOf(Buffer.from(text), 0, failed, back, again),
      "2026-01-02T00:00:00.000Z",
    );
    const csv = failedRecordsHeader(back, ",") + failedRecordsRows(traceOf(own, letter), back, ",");
    const [names, ...lines] = parse(csv, { bom: true });
    return lines.map((row) => new Map(row.map((cell, index) => [names![index]!, unguard(cell)])));
  }

  it("says of each row where it stood in the first file, whatever its columns said", () => {
    const rows = csvOf(letter).map((row) => changed(row, { _line: "" }));
    const again = traced(rows, { code: "BAD_MONEY", message: "Still dear.", line: 3 });
    expect(again.map((row) => row.get("_line"))).toEqual(["12", "15", "16"]);
    expect(refused(again)).toBeUndefined();
    expect(correct(again, letter, columns).corrections).toEqual([]);
  });

  it("says what the rows said where they were refused: they are not those of the original", () => {
    const [first, , third] = csvOf(letter) as [ReturnedRow, ReturnedRow, ReturnedRow];
    const again = traced([first, added({ Price: "5" }), third], {
      code: "FAILURE_ALTERED",
      message: "A row is missing.",
    });
    expect(again.map((row) => [row.get("_failure"), row.get("_line")])).toEqual([
      [id, "12"],
      ["", ""],
      [id, "16"],
    ]);
    expect(refused(again)).toMatchObject({ code: "FAILURE_ALTERED" });
  });
});
