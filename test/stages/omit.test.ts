import { describe, expect, test } from "vitest";
import { compileFeed } from "#feeds/compile.ts";
import type { FeedFile } from "#feeds/feed.ts";
import { errorsOf, runStages, smallFeed } from "./run-stages.ts";

const columns: FeedFile["columns"] = {
  a: {},
  b: {},
  date: { cleanse: [{ date: "YYYY-MM-DD" }] },
  flag: { cleanse: [{ boolean: { yes: ["y"], no: ["n"] } }] },
};

/** What becomes of a record with those cells of a, b, date, flag: the product and what is told, or the codes. */
function store(parts: Partial<FeedFile>, cells: readonly string[]): object {
  const [line] = runStages(smallFeed({ columns, ...parts }), `id;a;b;date;flag\n7;${cells.join(";")}\n`, 9999, ";");
  if (line?.kind === "failed") return { failed: line.errors.map(({ code }) => code) };
  if (line?.kind !== "mapped") throw new Error(`No product but ${JSON.stringify(line)}`);
  const told = line.warnings?.map(({ code, column, value }) => [code, column, value].join(" ")) ?? [];
  return { ...line.product, told };
}

describe("a value that cannot be read leaves its field out, and is told", () => {
  test.each<[string, FeedFile["mapping"], string[], object, string]>([
    ["a date", { specialPriceTo: { from: "date", else: "omit" } }, ["", "", "soon"], {}, "date soon"],
    ["a flag", { attributes: { new: { from: "flag", else: "omit" } } }, ["", "", "", "?"], {}, "flag ?"],
    ["an error of a spreadsheet", { name: { from: "a", else: "omit" } }, ["#N/A"], {}, "a #N/A"],
    ["a price", { price: { from: "a", currency: "EUR", else: "omit" } }, ["free"], {}, "a free"],
    ["a currency", { price: { from: "a", currencyFrom: "b", else: "omit" } }, ["1", "EURO"], {}, "b EURO"],
    ["a weight", { weight: { from: "a", unit: "g", else: "omit" } }, ["heavy"], {}, "a heavy"],
    ["a word", { status: { from: "a", words: { x: "active" }, else: "omit" } }, ["y"], {}, "a y"],
    ["an attribute", { attributes: { s: { from: "a", words: { x: "X" }, else: "omit" } } }, ["y"], {}, "a y"],
    ["an image", { images: { from: ["a", "b"], else: "omit" } }, ["x y.jpg", "z.jpg"], {}, 'a ["x y.jpg","z.jpg"]'],
    ["a stock that is no whole number", { stock: { from: "a", else: "omit" } }, ["1.5"], {}, "a 1.5"],
    ["another product's key", { parentSku: { from: "a", else: "omit" } }, ["4,00E+12"], {}, "a 4,00E+12"],
    ["a part of a joined text", { name: { join: ["a", "flag"], else: "omit" } }, ["x", "", "", "?"], {}, "flag ?"],
    ["one of two images", { images: { from: ["a", "b"], else: "omit" } }, ["x.jpg", "#REF!"], {}, "b #REF!"],
    ["a category", { categories: { from: "a", levels: "/", else: "omit" } }, ["#REF!"], {}, "a #REF!"],
    [
      "a barcode of the only variant",
      { variants: { sku: "id", barcode: { from: "a", else: "omit" } } },
      ["7-7"],
      {},
      "a 7-7",
    ],
    [
      "a special price in another currency",
      { price: { from: "a", currency: "EUR" }, specialPrice: { from: "b", currency: "USD", else: "omit" } },
      ["2", "1"],
      { price: "2", currency: "EUR" },
      "b 1",
    ],
  ])("%s", (_what, mapping, cells, left, told) => {
    expect(store({ mapping }, [...cells, "", "", ""].slice(0, 4))).toEqual({
      ...{ sku: "7", ...left },
      told: [`VALUE_OMITTED ${told}`],
    });
  });
});

test("what can be read is stored, with nothing to tell", () => {
  const mapping: FeedFile["mapping"] = {
    name: { join: ["a", "b"], else: "omit" },
    specialPriceTo: { from: "date", else: "omit" },
  };
  expect(store({ mapping }, ["x", "", "2026-01-02", ""])).toEqual({
    ...{ sku: "7", name: "x", specialPriceTo: "2026-01-02" },
    told: [],
  });
});

describe("the record fails all the same", () => {
  const omitted = { from: "date", else: "omit" } as const;
  test.each<[string, Partial<FeedFile>]>([
    [
      "where the column feeds a field that does not omit it",
      { mapping: { specialPriceTo: omitted, specialPriceFrom: "date" } },
    ],
    ["where nothing is made of the column", { mapping: {} }],
    ["where the column is the key", { key: "date", mapping: { specialPriceTo: omitted } }],
    [
      "where the column is looked up at a service",
      {
        mapping: { specialPriceTo: omitted },
        enrichment: { url: "https://x.example", column: "date", into: { more: "more" } },
      },
    ],
  ])("%s", (_what, parts) => {
    expect(store(parts, ["", "", "soon", ""])).toEqual({ failed: expect.arrayContaining(["BAD_DATE"]) as unknown });
  });

  test("where a validator needs the field", () => {
    const parts: Partial<FeedFile> = {
      mapping: { specialPriceTo: omitted },
      validators: { required: ["specialPriceTo"] },
    };
    expect(store(parts, ["", "", "soon", ""])).toEqual({ failed: ["MISSING_ATTRIBUTE"] });
  });

  test("where a validator does not like what can be read", () => {
    const parts: Partial<FeedFile> = {
      mapping: { barcode: { from: "a", else: "omit" } },
      validators: { barcode: true },
    };
    expect(store(parts, ["4006381333932", "", "", ""])).toEqual({ failed: ["BAD_BARCODE"] });
    expect(store(parts, ["none", "", "", ""])).toEqual({ sku: "7", told: ["VALUE_OMITTED a none"] });
  });
});

test("a record that fails is told what it omitted too", () => {
  const feed = smallFeed({ columns, mapping: { name: { from: "a", else: "omit" }, brand: "b" } });
  const [line] = runStages(feed, "id,a,b\n7,#N/A,#REF!\n");
  expect(line).toMatchObject({
    kind: "failed",
    errors: [{ code: "SPREADSHEET_ERROR", column: "b" }],
    warnings: [{ code: "VALUE_OMITTED", column: "a" }],
  });
  expect(errorsOf(feed, "id,a,b\n#N/A,x,y\n")).toMatchObject([{ code: "SPREADSHEET_ERROR", column: "id" }]);
});

test("a constant with an else is a fault of the feed", () => {
  const json = { catalog: "c", key: "id", columns: { id: {} }, mapping: { brand: { constant: "x", else: "omit" } } };
  expect(() => compileFeed("f", json)).toThrow("/mapping/brand/else: a constant can always be read");
  expect(() => compileFeed("f", { ...json, mapping: { name: { from: "id", else: "skip" } } })).toThrow(
    '/mapping/name/else: must be one of "omit"',
  );
});
