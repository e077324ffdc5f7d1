import { describe, expect, it } from "vitest";
import { distinctNames, looseName, matchColumns } from "#csv/columns.ts";
import { columnPattern } from "#feeds/column-pattern.ts";

const declared = [{ name: "sku" }, { name: "name", aliases: ["Title", "Bezeichnung"] }, { name: "Größe" }];
const columnsOf = (...names: string[]) => matchColumns(names, declared).columns;
const recognisedIn = (...names: string[]) => matchColumns(names, declared).recognised;

describe("matchColumns", () => {
  it("takes exact names, and says nothing of them", () => {
    expect(matchColumns(["name", "sku", "x"], declared)).toMatchObject({
      columns: ["name", "sku", "x"],
      recognised: [],
    });
  });

  it("takes an alias for its column, and says nothing of it", () => {
    expect(matchColumns(["sku", "Title"], declared)).toMatchObject({ columns: ["sku", "name"], recognised: [] });
  });

  it("leaves an alias its own name where the column itself is there", () => {
    expect(columnsOf("name", "Title")).toEqual(["name", "Title"]);
  });

  it("takes several aliases of a column for it, so that the gate can refuse them", () => {
    expect(columnsOf("Title", "Bezeichnung")).toEqual(["name", "name"]);
  });

  it.each([
    ["case", "SKU", "sku"],
    ["zero-width characters", "s\u200bku", "sku"],
    ["direction marks", "\u200esku\u202c", "sku"],
    ["soft hyphens", "s\u00adku", "sku"],
    ["a byte order mark inside", "na\ufeffme", "name"],
    ["control characters", "sk\u0001u", "sku"],
    ["normal form", "Gro\u0308\u00dfe", "Größe"],
    ["sharp s in capitals", "GRÖSSE", "Größe"],
    ["the case of an alias", "TITLE", "name"],
  ])("recognises a name that differs in %s, and says so", (_what, value, column) => {
    expect(columnsOf("x", value)).toEqual(["x", column]);
    expect(recognisedIn("x", value)).toEqual([{ index: 1, column, value }]);
  });

  it("takes runs of white space, no-break spaces among them, for one space", () => {
    const names = ["Netto\u00a0  Preis"];
    expect(matchColumns(names, [{ name: "Netto Preis" }]).columns).toEqual(["Netto Preis"]);
  });

  it("recognises no name where several of the file fit a column", () => {
    expect(matchColumns(["SKU", "Sku"], declared)).toMatchObject({ columns: ["SKU", "Sku"], recognised: [] });
  });

  it("recognises no name that fits several columns", () => {
    const both = [{ name: "ean" }, { name: "Ean" }];
    expect(matchColumns(["EAN"], both)).toMatchObject({ columns: ["EAN"], recognised: [] });
    expect(matchColumns(["ean", "EAN"], both)).toMatchObject({ columns: ["ean", "EAN"], recognised: [] });
  });

  it("leaves a name alone that fits a column which is there", () => {
    expect(matchColumns(["sku", "SKU"], declared)).toMatchObject({ columns: ["sku", "SKU"], recognised: [] });
  });
});

it("a name of nothing visible is loosely empty", () => {
  expect(looseName(" \u200b\u00a0\ufeff ")).toBe("");
});

it("names are made distinct, and never into one that is there", () => {
  expect(distinctNames(["a", "b", "a", "a (2)", "a"])).toEqual(["a", "b", "a (3)", "a (2)", "a (4)"]);
});

describe("columns by pattern", () => {
  const withPatterns = ["sku", "Tag {n}", "{nutrient}_100g", "name-{locale}"].map((name) => ({
    name,
    pattern: columnPattern(name),
  }));
  const patternsOf = (...names: string[]) => Object.fromEntries(matchColumns(names, withPatterns).patterns);

  it("each keeps its own name, as a person reads it", () => {
    const names = ["sku", "Tag 1", " Tag\u00a02 ".trim(), "fat_100g", "name-de_DE", "name-german", "Tag x"];
    expect(patternsOf(...names)).toEqual({ 1: "Tag {n}", 2: "Tag {n}", 3: "{nutrient}_100g", 4: "name-{locale}" });
    expect(matchColumns(names, withPatterns).columns).toEqual([
      "sku",
      "Tag 1",
      "Tag 2",
      "fat_100g",
      "name-de_DE",
      "name-german",
      "Tag x",
    ]);
  });

  it("a declared name, an alias and one that is recognised win", () => {
    const declared = [
      { name: "sku", aliases: ["art"] },
      { name: "{any}", pattern: columnPattern("{any}") },
    ];
    expect(matchColumns(["SKU", "x"], declared)).toMatchObject({
      columns: ["sku", "x"],
      patterns: new Map([[1, "{any}"]]),
    });
    expect(matchColumns(["art", ""], declared)).toMatchObject({ columns: ["sku", ""], patterns: new Map() });
  });

  it("a name that is too long to be one takes no time", () => {
    const several = [{ name: "{a}-{b}-{c}x", pattern: columnPattern("{a}-{b}-{c}x") }];
    const started = performance.now();
    expect(matchColumns(["-".repeat(250_000)], several).patterns.size).toBe(0);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
