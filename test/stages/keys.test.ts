import { describe, expect, test } from "vitest";
import { compileFeed } from "#feeds/compile.ts";
import { errorsOf, productOf, restructureCsv, runStages, sentencesOf, smallFeed } from "./run-stages.ts";

const feed = smallFeed({ columns: { name: {}, parent: {} }, mapping: { name: "name", parentSku: "parent" } });
const trimming = smallFeed({ columns: { id: { cleanse: ["trim"] }, name: {} } });

describe("keys that differ only in what does not show are one, and told", () => {
  test.each([
    ["CHAIR-01 ", "CHAIR-01"],
    ["CHAIR-01\u200b", "CHAIR-01"],
    ["\u200eCHAIR-01", "CHAIR-01"],
    ["CHAIR\u00ad-01", "CHAIR-01"],
    ["CHAIR\u00a001", "CHAIR 01"],
    ["Stu\u0308hl", "Stühl"],
  ])("%j", (text, key) => {
    const [line] = runStages(feed, `id,name\n${text},Chair\n`);
    const warnings = [{ code: "KEY_CLEANED", column: "id", value: text, became: key }];
    expect(line).toMatchObject({ kind: "mapped", key, product: { sku: key }, warnings });
  });

  test("a failed record has the key and the warning too", () => {
    const [line] = runStages(feed, "id,name,parent\nA\u200b,Chair,'x\n");
    expect(line).toMatchObject({ kind: "failed", key: "A", warnings: [{ code: "KEY_CLEANED" }] });
    const [ragged] = restructureCsv(feed, "id,name\nA\u200b,Chair,\n");
    expect(ragged).toMatchObject({ kind: "failed", key: "A" });
  });
});

test("what the feed's own trim takes off is not told, what does not show is", () => {
  const lines = restructureCsv(trimming, "id,name\n A ,a\nA\u00a0,b\n\ufeffA,c\n");
  expect(lines.map((line) => ("key" in line ? line.key : undefined))).toEqual(["A", "A", "A"]);
  expect(lines.map(({ warnings }) => warnings?.length ?? 0)).toEqual([0, 1, 1]);
});

test("a plain key has no warnings, and upper and lower case are two", () => {
  const lines = restructureCsv(feed, "id,name\nA,a\na,b\n");
  expect(lines).toMatchObject([{ key: "A" }, { key: "a" }]);
  for (const line of lines) expect(line).not.toHaveProperty("warnings");
});

test("a key of characters that do not show is none", () => {
  expect(sentencesOf(feed, "id,name\n\u200b,Chair\n")).toEqual([
    'MISSING_KEY The key column "id" is empty: fill in the product\'s key.',
  ]);
});

test("the key of another product is cleaned as its own is, and told", () => {
  const [line] = runStages(feed, "id,name,parent\nA,Chair,CHAIR\u00a001\u200b\n");
  expect(line).toMatchObject({
    product: { parentSku: "CHAIR 01" },
    warnings: [{ code: "KEY_CLEANED", column: "parent", became: "CHAIR 01" }],
  });
});

describe("a key that a spreadsheet has changed fails", () => {
  test.each([
    [
      "4,00E+12",
      'BAD_KEY Column "id" has "4,00E+12", which looks like a number that a spreadsheet has shortened: format the column as text and export it again.',
    ],
    [
      "'0042",
      'BAD_KEY Column "id" has "\'0042", which begins with the apostrophe by which a spreadsheet marks text: remove it, or give the column the cleansing step textMark.',
    ],
    [
      "'=0045",
      'BAD_KEY Column "id" has "\'=0045", which begins with the apostrophe by which a spreadsheet marks text: remove it, or give the column the cleansing step textMark.',
    ],
    [
      "#N/A",
      'SPREADSHEET_ERROR Column "id" has "#N/A", which is an error of the spreadsheet and no value: correct its formula and export it again.',
    ],
  ])("%s", (key, sentence) => {
    expect(sentencesOf(feed, `id,name\n"${key}",Chair\n`)).toEqual([sentence]);
  });

  test("and so does the key of another product", () => {
    expect(errorsOf(feed, "id,name,parent\nA,Chair,4.5E+12\n")).toMatchObject([{ code: "BAD_KEY", column: "parent" }]);
  });
});

test("three articles under an error of a spreadsheet have no key that they could share", () => {
  const lines = runStages(feed, "id,name\n#N/A,a\n#REF!,b\n#N/A,c\n");
  expect(lines.map((line) => [line.kind, "key" in line])).toEqual([
    ["failed", false],
    ["failed", false],
    ["failed", false],
  ]);
});

test("the step textMark takes one apostrophe off", () => {
  const marking = smallFeed({ columns: { id: { cleanse: ["trim", "textMark"] } } });
  expect(productOf(marking, "id\n '0042\n").sku).toBe("0042");
  expect(errorsOf(marking, "id\n''0042\n")).toMatchObject([{ code: "BAD_KEY" }]);
});

test("a key that the feed's pattern does not match fails", () => {
  const strict = smallFeed({ keyPattern: "[A-Z]{2}-\\d+" });
  expect(productOf(strict, "id\nAB-1\n").sku).toBe("AB-1");
  expect(sentencesOf(strict, "id\nab-1\n")).toEqual([
    'BAD_KEY Column "id" has "ab-1", which does not match the pattern of the feed\'s keys, [A-Z]{2}-\\d+: correct the key.',
  ]);
});

test("a pattern that is no regular expression is a fault of the feed", () => {
  const json = { catalog: "c", key: "id", keyPattern: "[A-", columns: { id: {} }, mapping: {} };
  expect(() => compileFeed("f", json)).toThrow('feeds/f.json: /keyPattern: "[A-" is not a regular expression');
});

test("a prohibited sku is compared as keys are", () => {
  const refusing = smallFeed({ validators: { prohibited: { skus: ["CHAIR\u00a001"] } } });
  expect(errorsOf(refusing, "id\nCHAIR 01\n")).toMatchObject([{ code: "PROHIBITED_PRODUCT" }]);
});
