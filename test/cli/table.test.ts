import { expect, test } from "vitest";
import { shorten, table } from "../../scripts/cli/table.ts";

test("aligns columns, numbers to the right, and keeps a cell on its line", () => {
  const rows = [
    ["created", 9, "first\nsecond"],
    ["ünï😀", 1000, undefined],
  ];
  expect(table(["outcome", "records", "note"], rows).split("\n")).toEqual([
    "outcome  records  note",
    "-------  -------  ------------",
    "created        9  first second",
    "ünï😀        1000",
  ]);
});

test("shortens a text only where it is too long", () => {
  expect([shorten("abcd", 4), shorten("abcde", 4)]).toEqual(["abcd", "abc…"]);
});
