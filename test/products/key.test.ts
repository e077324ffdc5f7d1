import fc from "fast-check";
import { expect, test } from "vitest";
import { cleanKey, hasUnseen, keyForm, keyProblem } from "#products/key.ts";

test.each([
  ["CHAIR-01", "CHAIR-01"],
  ["", ""],
  [" CHAIR-01\t", "CHAIR-01"],
  ["CHAIR-01\u00a0", "CHAIR-01"],
  ["CHAIR-01\u200b", "CHAIR-01"],
  ["\ufeffCHAIR-01", "CHAIR-01"],
  ["CHAIR-01\u200e", "CHAIR-01"],
  ["\u202aCHAIR-01\u202c", "CHAIR-01"],
  ["\u2066CHAIR-01\u2069", "CHAIR-01"],
  ["CHAIR\u00ad-01", "CHAIR-01"],
  ["CH\u0000AIR\u0007-01\u0085", "CHAIR-01"],
  ["CHAIR\u00a001", "CHAIR 01"],
  ["CHAIR\u202f01", "CHAIR 01"],
  ["CHAIR\u200701", "CHAIR 01"],
  ["\u200b CHAIR-01 \u200b", "CHAIR-01"],
  ["Stu\u0308hl", "Stühl"],
  ["Stu\u200d\u0308hl", "Stühl"],
  ["chair-01", "chair-01"],
  ["CHAIR\u201101", "CHAIR\u201101"],
  ["Стул 🧦", "Стул 🧦"],
  ["A  B", "A  B"],
])("the key %j is %j", (text, key) => {
  expect(cleanKey(text)).toBe(key);
});

test("a clean key stays as it is, and what stands around it does not show", () => {
  const text = fc.string({ unit: "binary" });
  fc.assert(
    fc.property(text, (text) => {
      expect(cleanKey(cleanKey(text))).toBe(cleanKey(text));
    }),
  );
  const blanks = fc.string({
    unit: fc.constantFrom(" ", "\u00a0", "\t", "\u200b", "\ufeff", "\u00ad", "\u202e", "\u0000"),
  });
  fc.assert(
    fc.property(blanks, text, blanks, (a, text, b) => {
      expect(cleanKey(a + text + b)).toBe(cleanKey(text));
    }),
  );
});

test("what ASCII shows is not changed, blanks around it excepted", () => {
  const ascii = fc.string({ unit: "grapheme-ascii" });
  fc.assert(
    fc.property(ascii, (text) => {
      expect(cleanKey(text)).toBe(text.trim());
    }),
  );
});

test.each([
  [" A-1 ", false],
  ["A 1", false],
  ["\tA-1\r\n", false],
  ["Stühl", false],
  ["A-1\u00a0", true],
  ["A\u00a01", true],
  ["\ufeffA-1", true],
  ["Stu\u0308hl", true],
])("that %j has something that does not show is %j", (text, unseen) => {
  expect(hasUnseen(text)).toBe(unseen);
});

test.each(["4,00E+12", "4.00638E+12", "4E+12", "4.00638e+12", "-4,5E-3", "4,E+12"])(
  "%s is a shortened number",
  (key) => {
    expect(keyProblem(key)).toMatch(/a spreadsheet has shortened: format the column as text and export it again\.$/);
  },
);

test.each(["3E12", "12E3", "E+12", "4.00E", "0017", "3E-12", "A4,00E+12", "1.5", "+49"])("%s is a key", (key) => {
  expect(keyProblem(key)).toBeUndefined();
});

test("an apostrophe is no part of a key", () => {
  expect(keyProblem("'0042")).toMatch(/remove it, or give the column the cleansing step textMark\.$/);
});

test("a pattern holds for the whole key", () => {
  const form = keyForm("[A-Z]-\\d+|X")!;
  expect(["A-1", "X"].map((key) => keyProblem(key, form))).toEqual([undefined, undefined]);
  for (const key of ["A-1 ", "XX", "BA-1"])
    expect(keyProblem(key, form)).toBe(
      "which does not match the pattern of the feed's keys, [A-Z]-\\d+|X: correct the key.",
    );
  expect(keyForm("[A-")).toBeUndefined();
});
