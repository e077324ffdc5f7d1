import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { unguard } from "#csv/spreadsheet-safe.ts";
import { deadLetterOf, type Original } from "#failures/dead-letter.ts";
import { traceOf } from "#failures/trace.ts";
import { bookkeepingColumns } from "#imports/bookkeeping.ts";
import { failedRecordsHeader, failedRecordsRows } from "#imports/failed-records.ts";
import type { FailedLine } from "#records/line.ts";

const header = ["sku", "name", "price"];
const from = {
  importId: "0123456789abcdef0123456789abcdef",
  feed: "test",
  file: { bucket: "inbox", key: "incoming/test/a.csv", etag: "e", bytes: 100 },
  eventTime: "2026-01-01T00:00:00.000Z",
  sequencer: "",
  archived: { bucket: "archive", key: "a.csv" },
  owner: "arn",
  startedAt: "2026-01-01T00:00:00.000Z",
};
const failed: FailedLine = {
  kind: "failed",
  record: 7,
  line: 9,
  at: [100, 20],
  key: "0017",
  errors: [
    { code: "BAD_MONEY", message: "Not an amount.", column: "price", value: "abc" },
    { code: "INVALID_PRODUCT", message: "Too short.", column: "name" },
  ],
};

function letterOf(original: Original) {
  const table = { bucket: "archive", key: "a.csv", delimiter: ";" as const, header: [0, 14] as const };
  return deadLetterOf(from, "test", table, 2, failed, original, "2026-01-01T00:00:01.000Z");
}

function csvOf(original: Original, columns = header): string[][] {
  const text = failedRecordsHeader(columns, ";") + failedRecordsRows(letterOf(original), columns, ";");
  return parse(text, { bom: true, delimiter: ";", record_delimiter: "\r\n" });
}

describe("the failed-records CSV", () => {
  it("has the original header and cells, then where the record stood and what was wrong", () => {
    expect(csvOf({ cells: ["0017", "Hat", "abc"] })).toEqual([
      [...header, ...bookkeepingColumns],
      [
        "0017",
        "Hat",
        "abc",
        `${from.importId}-2-7`,
        "7",
        "9",
        "BAD_MONEY | INVALID_PRODUCT",
        "price | name",
        "Not an amount. | Too short.",
        "",
      ],
    ]);
  });

  it("tells of a record that failed again where it stood in its first file", () => {
    const trace = traceOf(letterOf({ cells: [] }), {
      ...letterOf({ cells: [] }),
      id: "first",
      recordNumber: 70,
      line: 90,
      errors: [],
    });
    const [row] = parse(failedRecordsRows(trace, header, ";"), { delimiter: ";" });
    expect(row!.slice(3, 6)).toEqual(["first", "70", "90"]);
  });

  it("has the raw text of a record whose cells do not line up", () => {
    const row = csvOf({ raw: '0017;"Hat;abc' })[1]!;
    expect(row.slice(0, 3)).toEqual(["", "", ""]);
    expect(unguard(row.at(-1)!)).toBe('0017;"Hat;abc');
  });

  it.each([
    "0017",
    "1E5",
    "  outer spaces  ",
    "🧣 emoji",
    "two\nlines",
    'a "quote"',
    "a;b",
    '=HYPERLINK("http://x")',
    "'=quoted",
    "-5",
    "@x",
    "",
  ])("gives back %j as it was, and shows it safely", (cell) => {
    const shown = csvOf({ cells: [cell, "", ""] })[1]![0]!;
    expect(shown).not.toMatch(/^[=@+\t\r]/);
    expect(unguard(shown)).toBe(cell);
  });

  it("does not grow a second set of bookkeeping columns when it fails again", () => {
    const again = [...header, ...bookkeepingColumns];
    const cells = ["0017", "Hat", "abc", "old-id", "1", "2", "OLD", "c", "old message", ""];
    const [columns, row] = csvOf({ cells }, again);
    expect(columns).toEqual(again);
    expect(row!.slice(0, 4)).toEqual(["0017", "Hat", "abc", `${from.importId}-2-7`]);
  });

  it("begins with a byte order mark, so that spreadsheets read it as UTF-8", () => {
    expect(failedRecordsHeader(header, ",").codePointAt(0)).toBe(0xfeff);
  });
});

describe("deadLetterOf", () => {
  it("keeps where, what and how old, with cells up to 64 KB", () => {
    expect(letterOf({ cells: ["0017", "Hat", "abc"] })).toMatchObject({
      chunk: `${from.importId}#000002`,
      record: "RECORD#0000000007",
      status: "OPEN",
      catalogKey: "test#0017",
      code: "BAD_MONEY",
      heals: false,
      attempts: 1,
      cells: ["0017", "Hat", "abc"],
    });
  });

  it("keeps only the byte range of a larger record", () => {
    const table = { bucket: "archive", key: "a.csv", delimiter: ";" as const, header: [0, 14] as const };
    const large = { ...failed, at: [100, 70_000] as const };
    const letter = deadLetterOf(from, "test", table, 2, large, { raw: "x".repeat(70_000) }, "2026-01-01T00:00:01.000Z");
    expect(letter).toMatchObject({ at: [100, 70_000], table });
    expect(letter).not.toHaveProperty("raw");
  });
});
