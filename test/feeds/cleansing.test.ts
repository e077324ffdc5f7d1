import { describe, expect, test } from "vitest";
import type { RecordError } from "#errors/catalogue.ts";
import { compileCleansing } from "#feeds/cleansing.ts";
import type { CleansingStep } from "#feeds/feed.ts";
import type { Cell } from "#records/line.ts";
import { Notes } from "#records/notes.ts";

function cleanse(text: string, ...steps: CleansingStep[]): { cell: Cell; errors: RecordError[] } {
  const notes = new Notes();
  const { cleanse } = compileCleansing("size", { cleanse: steps }, (path, sentence) => {
    throw new Error(`${path}: ${sentence}`);
  });
  return { cell: cleanse!(text, notes), errors: notes.errors };
}

const yesNo: CleansingStep = { boolean: { yes: ["Yes", "1"], no: ["No", "0"] } };

test.each<[CleansingStep, string, Cell]>([
  ["trim", " \t x y\u00a0 ", "x y"],
  ["trim", "   ", null],
  ["collapseSpaces", "a  b\r\nc\td e", "a b c d e"],
  ["stripHtml", "<p>a</p>", "a"],
  ["stripHtml", "<br>", null],
  ["decimalComma", "1.234,50", "1234.50"],
  ["decimalComma", "-0,5", "-0.5"],
  [yesNo, "yes", true],
  [yesNo, "NO", false],
  [yesNo, "1", true],
  [yesNo, "", null],
  [{ list: "," }, "a, b,,c ", ["a", "b", "c"]],
  [{ list: "," }, " , ", null],
  [{ list: "||" }, "one", ["one"]],
  [{ list: "\n" }, "a\nb\r\nc\rd\n\n", ["a", "b", "c", "d"]],
  [{ list: "\r\n" }, "a\nb\r\nc", ["a", "b", "c"]],
  [{ list: ";\n" }, "a;b;\r\nc", ["a;b", "c"]],
  [{ list: "\t" }, "a\tb", ["a", "b"]],
  [{ list: " " }, "a b", ["a", "b"]],
  [{ date: "DD.MM.YYYY" }, "24.12.2026", "2026-12-24"],
  [{ date: ["DD.MM.YYYY", "YYYY-MM-DD"] }, "24.12.2026", "2026-12-24"],
  [{ date: ["DD.MM.YYYY", "YYYY-MM-DD"] }, "2026-12-24", "2026-12-24"],
  ["keepEmpty", "", ""],
])("%j makes of %j %j", (step, text, cell) => {
  expect(cleanse(text, step)).toEqual({ cell, errors: [] });
});

test("steps follow each other", () => {
  expect(cleanse("<p> Yes </p>", "stripHtml", "trim", yesNo).cell).toBe(true);
  expect(cleanse(" ", "trim", "keepEmpty").cell).toBe("");
});

describe("a cell that cannot be cleansed fails with its column, value and what to do", () => {
  test.each<[CleansingStep, string, string, string]>([
    [
      yesNo,
      "maybe",
      "BAD_BOOLEAN",
      'Column "size" has "maybe", which is neither yes ("Yes", "1") nor no ("No", "0"): use one of these words.',
    ],
    [
      { date: "DD.MM.YYYY" },
      "31.02.2024",
      "BAD_DATE",
      'Column "size" has "31.02.2024", which is no day of the calendar: correct it, in the form DD.MM.YYYY.',
    ],
    [
      { date: "DD.MM.YYYY" },
      "2024-02-01",
      "BAD_DATE",
      'Column "size" has "2024-02-01", which is not a date of the form DD.MM.YYYY: write it in that form.',
    ],
    [
      { date: ["DD.MM.YYYY", "YYYY-MM-DD"] },
      "2016-06-31",
      "BAD_DATE",
      'Column "size" has "2016-06-31", which is no day of the calendar: correct it, in the form YYYY-MM-DD.',
    ],
    [
      { date: ["DD.MM.YYYY", "YYYY-MM-DD"] },
      "2016/06/30",
      "BAD_DATE",
      'Column "size" has "2016/06/30", which is not a date of the form DD.MM.YYYY or YYYY-MM-DD: write it in one of these forms.',
    ],
    [
      { date: "YYYY-MM-DD HH:mm" },
      "2016-06-30 24:30",
      "BAD_DATE",
      'Column "size" has "2016-06-30 24:30", which is no time of day: correct it, in the form YYYY-MM-DD HH:mm.',
    ],
    [
      "decimalComma",
      "1.5",
      "BAD_NUMBER",
      'Column "size" has "1.5", which is not a number with a decimal comma: write it like 1234,50.',
    ],
  ])("%j of %j", (step, text, code, message) => {
    expect(cleanse(text, step)).toEqual({ cell: null, errors: [{ code, message, column: "size", value: text }] });
  });

  test("a long value is cut in the sentence, and never inside an emoji", () => {
    const [error] = cleanse("🧣".repeat(600), yesNo).errors;
    expect(error!.message).toContain(`"${"🧣".repeat(40)}…"`);
    expect(error!.value).toBe(`${"🧣".repeat(500)}…`);
    expect(cleanse(`x${"🧣".repeat(600)}`, yesNo).errors[0]!.value).toBe(`x${"🧣".repeat(499)}…`);
  });
});
