import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { compileFeed } from "#feeds/compile.ts";
import type { Source } from "#feeds/feed.ts";
import { sharedIn } from "#feeds/load.ts";
import { nothingShared } from "#feeds/shared.ts";
import { InvalidReference, readReferenceTable } from "#references/reference-table.ts";
import { runStages } from "../stages/run-stages.ts";

const shared = sharedIn(join(import.meta.dirname, "../fixtures"));
const feedOf = (name: Source, from = shared) =>
  compileFeed("f", { catalog: "c", key: "id", columns: { id: {}, colour: {}, locale: {} }, mapping: { name } }, from);
const by = { code: "colour", locale: "locale" };
const colour: Source = { lookup: "colours", by, give: "name" };
const lineOf = (name: Source, colour: string, locale: string) =>
  runStages(feedOf(name), `id,colour,locale\n7,${colour},${locale}\n`)[0]!;
const faultsOf = (name: Source, from = shared) => {
  try {
    feedOf(name, from);
  } catch (error) {
    return (error as Error).message.split("\n");
  }
  return [];
};

describe("a lookup", () => {
  test("gives what the row says that all columns find", () => {
    expect(lineOf(colour, "01", "de")).toMatchObject({ kind: "mapped", product: { name: "Nacht" } });
    expect(lineOf(colour, " 02 ", "en")).toMatchObject({ product: { name: "Snow" } });
  });

  test("has nothing where there is nothing to look up, or nothing in the cell", () => {
    expect(lineOf(colour, "", "")).toEqual(expect.not.objectContaining({ warnings: expect.anything() as unknown }));
    expect(lineOf({ ...colour, give: "family" }, "03", "en")).toMatchObject({ kind: "mapped", product: { sku: "7" } });
  });

  test("fails the record where the table does not have the value", () => {
    const line = lineOf(colour, "1", "de");
    expect(line).toMatchObject({ kind: "failed", errors: [{ code: "LOOKUP_MISS", column: "colour", value: "1, de" }] });
    expect(line.kind === "failed" && line.errors[0].message).toBe(
      'Column "colour" has "1, de", which is not in "code", "locale" of the reference table colours: correct the value, or add a row to schemas/references/colours.csv.',
    );
  });

  test.each(["otherwise", "default"])("tells it where the feed says %s", (setting) => {
    expect(lineOf({ ...colour, [setting]: "Other" }, "1", "de")).toMatchObject({
      kind: "mapped",
      product: { name: "Other" },
      warnings: [{ code: "LOOKUP_MISSED", column: "colour", value: "1, de", became: "Other" }],
    });
  });

  test("is followed by the other steps", () => {
    expect(lineOf({ ...colour, words: { Snow: "Winter" } }, "02", "en")).toMatchObject({ product: { name: "Winter" } });
  });
});

test.each<[Source, string]>([
  [{ ...colour, lookup: "brands" }, "/mapping/name/lookup: there is no schemas/references/brands.csv"],
  [{ ...colour, give: "nom" }, '/mapping/name/give: references/colours.csv has no column "nom"'],
  [{ ...colour, by: { kod: "colour" } }, '/mapping/name/by/kod: references/colours.csv has no column "kod"'],
  [{ ...colour, by: { code: "color" } }, '/mapping/name/by/code: no column "color" is declared'],
  [
    { ...colour, by: { code: "colour" } },
    '/mapping/name/by: references/colours.csv: lines 2 and 3 both have "01" in "code": keep one of them, or compare more columns',
  ],
])("%j is refused", (source, fault) => {
  expect(faultsOf(source)).toContain(`feeds/f.json: ${fault}`);
});

test("a feed that stands alone has no tables", () => {
  expect(faultsOf(colour, nothingShared)).toEqual([
    "feeds/f.json: /mapping/name/lookup: there is no schemas/references/colours.csv",
  ]);
});

test.each([
  ["", "the file has no header"],
  ["a,b\n", "the file has no rows"],
  ["a,a\n1,2\n", 'line 1: several columns are named "a"'],
  ["a,\n1,2\n", "line 1: a column has no name"],
  ["a,b\n1\n", "Invalid Record Length: expect 2, got 1 on line 2"],
])("the table %j is refused", (text, fault) => {
  expect(() => readReferenceTable("t", text)).toThrow(InvalidReference);
  expect(() => readReferenceTable("t", text)).toThrow(`references/t.csv: ${fault}`);
});

test("a feed whose table says something else is another revision", () => {
  const table = (text: string) => ({ ...nothingShared, references: () => readReferenceTable("colours", text) });
  const of = (text: string) => feedOf(colour, table(text)).revision;
  const text = "code,locale,name\n1,en,a\n";
  expect(of(text)).toBe(of(text));
  expect(of(text)).not.toBe(of(`${text}2,en,b\n`));
});
