import { expect, test } from "vitest";
import type { Source } from "#feeds/feed.ts";
import { faultsOf, mapRows, type TestRow } from "./map-rows.ts";

const blank: TestRow = { a: null, b: null, c: null };

test.each<[what: string, source: Source, row: TestRow, text: string | undefined]>([
  ["firstOf takes the first that has something", { firstOf: ["a", "b"] }, { b: "B" }, "B"],
  ["firstOf keeps what comes first", { firstOf: ["a", "b"] }, { a: "A", b: "B" }, "A"],
  ["firstOf of nothing is nothing", { firstOf: ["a", "b"] }, {}, undefined],
  ["firstOf may end in a constant", { firstOf: ["a", { constant: "none" }] }, {}, "none"],
  ["default stands where there is nothing", { from: "a", default: "x" }, {}, "x"],
  ["default leaves what there is", { from: "a", default: "x" }, { a: "A" }, "A"],
  ["when asks for a word", { from: "a", when: { column: "b", is: "yes" } }, { a: "A", b: " yes " }, "A"],
  ["when asks for one of some", { from: "a", when: { column: "b", is: ["x", "yes"] } }, { a: "A", b: "yes" }, "A"],
  ["when another word stands there", { from: "a", when: { column: "b", is: "yes" } }, { a: "A", b: "no" }, undefined],
  ["when none of some", { from: "a", when: { column: "b", isNot: ["no", ""] } }, { a: "A", b: "no" }, undefined],
  ["when isNot and it is blank", { from: "a", when: { column: "b", isNot: "no" } }, { a: "A" }, "A"],
  ["when it is blank", { from: "a", when: { column: "b", is: "" } }, { a: "A" }, "A"],
  ["when it is filled", { from: "a", when: { column: "b" } }, { a: "A", b: "?" }, "A"],
  ["when it is not filled", { from: "a", when: { column: "b" } }, { a: "A" }, undefined],
  ["default comes after when", { from: "a", when: { column: "b" }, default: "x" }, { a: "A" }, "x"],
  ["split of joined sources", { join: ["a", "b"], with: "/", split: "/", part: 2 }, { a: "A", b: "B" }, "B"],
  ["words of a part", { from: "a", split: "-", part: 1, words: { x: "ten" } }, { a: "x-y" }, "ten"],
  [
    "sources inside sources",
    { join: [{ firstOf: ["a", "b"] }, { from: "c", split: ",", part: -1 }] },
    { b: "B", c: "1,2" },
    "B 2",
  ],
  ["from of a source", { from: { from: "a", split: ",", part: 1 }, split: "=", part: 2 }, { a: "n=5,m=6" }, "5"],
])("%s", (_, source, row, text) => {
  expect(mapRows({ name: source }, [{ ...blank, ...row }])).toEqual({
    product: text === undefined ? {} : { name: text },
    errors: [],
    warnings: [],
  });
});

test("one column of a pattern may be named", () => {
  const row: TestRow = { "t-{locale}": { "t-de": "Hut", "t-en": "Hat" } };
  expect(mapRows({ name: "t-en" }, [row]).product).toEqual({ name: "Hat" });
});

test.each<[what: string, source: Source, fault: string]>([
  [
    "two origins",
    { from: "a", firstOf: ["b"] },
    "/mapping/name: give exactly one of from, join, firstOf, constant, lookup (from and firstOf are there)",
  ],
  [
    "a column deep inside",
    { firstOf: ["a", { join: ["b", "z"] }] },
    '/mapping/name/firstOf/1/join/1: no column "z" is declared',
  ],
  [
    "a condition's column",
    { from: "a", when: { column: "z" } },
    '/mapping/name/when/column: no column "z" is declared',
  ],
  [
    "two conditions",
    { from: "a", when: { column: "b", is: "x", isNot: "y" } },
    "/mapping/name/when: give is or isNot, not both",
  ],
  ["part without split", { from: "a", part: 1 }, "/mapping/name: part needs split beside it"],
  ["split without part", { from: "a", split: "," }, "/mapping/name: split needs part beside it"],
  [
    "the zeroth part",
    { from: "a", split: ",", part: 0 },
    "/mapping/name/part: parts count from 1, or from -1 at the end",
  ],
  ["a setting of another type", { from: "a", currency: "EUR" }, '/mapping/name: "currency" is not a setting of name'],
  [
    "several columns",
    { from: ["a", "b"] },
    "/mapping/name/from: several columns can be joined, or be those of a list or of images",
  ],
  ["a pattern", "t-{locale}", '/mapping/name: "t-{locale}" may be several columns of a file: name one of them'],
  [
    "the file in a field",
    { of: "file" },
    "/mapping/name/of: only a key can be made of the record's number or the file's name",
  ],
])("%s is a fault", (_, source, fault) => {
  expect(faultsOf({ name: source }, ["a", "b", "t-{locale}"])).toEqual([fault]);
});
