import { describe, expect, it } from "vitest";
import { distinctNames, looseName, matchColumns } from "#csv/columns.ts";

const declared = [{ name: "sku" }, { name: "name", aliases: ["Title", "Bezeichnung"] }, { name: "Größe" }];
const columnsOf = (...names: string[]) => matchColumns(names, declared).columns;
const recognisedIn = (...names: string[]) => matchColumns(names, declared).recognised;

describe("matchColumns", () => {
  it("takes exact names, and says nothing of them", () => {
    expect(matchColumns(["name", "sku", "x"], declared)).toEqual({ columns: ["name", "sku", "x"], recognised: [] });
  });

  it("takes an alias for its column, and says nothing of it", () => {
    expect(matchColumns(["sku", "Title"], declared)).toEqual({ columns: ["sku", "name"], recognised: [] });
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
    expect(matchColumns(["SKU", "Sku"], declared)).toEqual({ columns: ["SKU", "Sku"], recognised: [] });
  });

  it("recognises no name that fits several columns", () => {
    const both = [{ name: "ean" }, { name: "Ean" }];
    expect(matchColumns(["EAN"], both)).toEqual({ columns: ["EAN"], recognised: [] });
    expect(matchColumns(["ean", "EAN"], both)).toEqual({ columns: ["ean", "EAN"], recognised: [] });
  });

  it("leaves a name alone that fits a column which is there", () => {
    expect(matchColumns(["sku", "SKU"], declared)).toEqual({ columns: ["sku", "SKU"], recognised: [] });
  });
});

it("a name of nothing visible is loosely empty", () => {
  expect(looseName(" \u200b\u00a0\ufeff ")).toBe("");
});

it("names are made distinct, and never into one that is there", () => {
  expect(distinctNames(["a", "b", "a", "a (2)", "a"])).toEqual(["a", "b", "a (3)", "a (2)", "a (4)"]);
});
