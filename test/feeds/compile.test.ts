import { expect, test } from "vitest";
import { compileFeed } from "#feeds/compile.ts";
import type { FeedFile } from "#feeds/feed.ts";
import { InvalidFeed } from "#feeds/invalid-feed.ts";

const good: FeedFile = {
  catalog: "small",
  key: "id",
  columns: { id: {}, name: { required: true }, price: {}, tags: { cleanse: [{ list: "," }] } },
  mapping: { name: "name", price: { from: "price", currency: "EUR" } },
};

function faultsOf(json: unknown): readonly string[] {
  try {
    compileFeed("small", json);
    return [];
  } catch (error) {
    if (error instanceof InvalidFeed) return error.faults;
    throw error;
  }
}

test("a good feed compiles, with its defaults", () => {
  const feed = compileFeed("small", good);
  expect(feed).toMatchObject({
    name: "small",
    catalog: "small",
    key: "id",
    dialect: {},
    unknownColumns: "ignore",
    notices: "always",
    group: undefined,
    headerRules: { required: ["id", "name"] },
  });
  expect(feed.headerRules.only).toBeUndefined();
});

test("a feed that refuses unknown columns says which are known, those of its enrichment excepted", () => {
  const enrichment = { url: "https://ref.example/", column: "name", into: { brand: "brand" } };
  const feed = compileFeed("small", { ...good, unknownColumns: "reject", enrichment });
  expect(feed.headerRules.only).toEqual(["id", "name", "price", "tags"]);
  expect(feed.columns.map(({ name }) => name)).toEqual(["id", "name", "price", "tags", "brand"]);
});

test("a feed whose records are groups needs their column in every file", () => {
  const feed = compileFeed("small", { ...good, rows: { group: "price" } });
  expect(feed).toMatchObject({ group: "price", headerRules: { required: ["id", "name", "price"] } });
});

test("so does a feed whose rows say where a record starts", () => {
  const starting = (column: string) => ({ ...good, rows: { starts: { column, is: "Product" } } });
  const feed = compileFeed("small", starting("price"));
  expect(feed).toMatchObject({
    group: "price",
    starts: ["Product"],
    headerRules: { required: ["id", "name", "price"] },
  });
  expect(faultsOf(starting("prise"))).toEqual(['/rows/starts/column: no column "prise" is declared']);
  expect(faultsOf({ ...good, rows: { group: "price", starts: { column: "price", is: "Product" } } })).toHaveLength(1);
});

test("the column of the groups is one that files have", () => {
  const enrichment = { url: "https://ref.example/", column: "name", into: { brand: "brand" } };
  const faults = (group: string) => faultsOf({ ...good, enrichment, rows: { group } });
  expect(faults("prise")).toEqual(['/rows/group: no column "prise" is declared']);
  expect(faults("brand")).toEqual(['/rows/group: the column "brand" is none of the file: the enrichment fills it']);
  expect(faultsOf({ ...good, rows: {} })).toEqual([expect.stringContaining("/rows")]);
});

test("a feed is silent after the hours that it declares, else never", () => {
  expect(compileFeed("small", { ...good, silentAfterHours: 26 }).silentAfterHours).toBe(26);
  expect(compileFeed("small", good).silentAfterHours).toBeUndefined();
});

test("the revision changes with the feed, not with the order of its settings", () => {
  const { revision } = compileFeed("small", good);
  expect(revision).toMatch(/^[0-9a-f]{16}$/);
  expect(compileFeed("small", Object.fromEntries(Object.entries(good).reverse())).revision).toBe(revision);
  expect(compileFeed("small", { ...good, catalog: "other" }).revision).not.toBe(revision);
});

test("an error names the file and the path", () => {
  const json = { ...good, mapping: { price: { from: "prise", currency: "EUR" } } };
  expect(() => compileFeed("bagisto", json)).toThrow(
    'feeds/bagisto.json: /mapping/price/from: no column "prise" is declared',
  );
});

test("all faults of a feed are told at once", () => {
  const json = { ...good, key: "sku", mapping: { name: "nam", brand: { join: ["id", "maker"] } } };
  expect(faultsOf(json)).toEqual([
    '/key: no column "sku" is declared',
    '/mapping/name: no column "nam" is declared',
    '/mapping/brand/join/1: no column "maker" is declared',
  ]);
});

const withoutKey = Object.fromEntries(Object.entries(good).filter(([name]) => name !== "key"));

test.each<[string, unknown, string]>([
  ["no object", [], "/: must be object"],
  ["no key", withoutKey, '/: "key" is missing'],
  ["an unknown setting", { ...good, colums: {} }, '/: "colums" is not a setting that is known here'],
  [
    "a field that no product has",
    { ...good, mapping: { title: "name" } },
    '/mapping: "title" is not a setting that is known here',
  ],
  ["a sku in the mapping", { ...good, mapping: { sku: "id" } }, '/mapping: "sku" is not a setting that is known here'],
  [
    "a delimiter that is none",
    { ...good, dialect: { delimiter: "#" } },
    '/dialect/delimiter: must be one of ",", ";", "|", "\\t"',
  ],
  [
    "an unknown encoding",
    { ...good, dialect: { encoding: "ebcdic" } },
    '/dialect/encoding: "ebcdic" is no encoding that is known here: use a label like utf-8 or windows-1252',
  ],
  ["an hour and a half of silence", { ...good, silentAfterHours: 1.5 }, "/silentAfterHours: must be integer"],
  ["no hours of silence", { ...good, silentAfterHours: 0 }, "/silentAfterHours: must be >= 1"],
  ["a bad catalog", { ...good, catalog: "a#b" }, "/catalog: must have small letters, digits and - only"],
  [
    "a price without amount",
    { ...good, mapping: { price: { currency: "EUR" } } },
    "/mapping/price: give exactly one of from, join, firstOf, constant, lookup (none is there)",
  ],
  ["a number for a column", { ...good, mapping: { name: 5 } }, "/mapping/name: must be string or object"],
  [
    "an unknown currency",
    { ...good, mapping: { price: { from: "price", currency: "EUX" } } },
    '/mapping/price/currency: "EUX" is not a currency of ISO 4217',
  ],
  [
    "two currencies",
    { ...good, mapping: { price: { from: "price", currency: "EUR", currencyFrom: "name" } } },
    "/mapping/price: give the currency or the column that names it, not both",
  ],
  [
    "two units",
    { ...good, mapping: { weight: { from: "price", unit: "kg", unitFrom: "name" } } },
    "/mapping/weight: give the unit or the column that names it, not both",
  ],
  [
    "an unknown step",
    { ...good, columns: { id: { cleanse: ["trimm"] } }, mapping: {} },
    '/columns/id/cleanse/0: must be one of "trim", "collapseSpaces", "stripHtml", "textMark", "decimalComma", "keepEmpty"',
  ],
  [
    "a step after a list",
    { ...good, columns: { id: {}, a: { cleanse: [{ list: "," }, "trim"] } }, mapping: {} },
    "/columns/a/cleanse/1: no step can follow one that makes a list",
  ],
  [
    "a bad date form",
    { ...good, columns: { id: {}, "a/b": { cleanse: [{ date: "DD.MM" }] } }, mapping: {} },
    '/columns/a~1b/cleanse/0/date: "DD.MM" is no form of a date: use YYYY (or YY), MM and DD (or M and D) once, HH (or H), mm, ss, SSS and Z, and no other letters',
  ],
  [
    "a date form with letters that mean nothing",
    { ...good, columns: { id: {}, a: { cleanse: [{ date: ["YYYY-MM-DD", "YYYY-MM-DD hh:mm"] }] } }, mapping: {} },
    '/columns/a/cleanse/0/date/1: "YYYY-MM-DD hh:mm" is no form of a date: use YYYY (or YY), MM and DD (or M and D) once, HH (or H), mm, ss, SSS and Z, and no other letters',
  ],
  [
    "two date forms that read one text two ways",
    { ...good, columns: { id: {}, a: { cleanse: [{ date: ["DD/MM/YYYY", "MM/DD/YYYY"] }] } }, mapping: {} },
    '/columns/a/cleanse/0/date/1: "02/01/2012" is one day as DD/MM/YYYY and another one as MM/DD/YYYY',
  ],
  [
    "an empty separator",
    { ...good, columns: { id: {}, a: { cleanse: [{ list: "" }] } }, mapping: {} },
    "/columns/a/cleanse/0/list: must not be empty",
  ],
  [
    "a word that is yes and no",
    { ...good, columns: { id: {}, a: { cleanse: [{ boolean: { yes: ["y"], no: ["Y"] } }] } }, mapping: {} },
    '/columns/a/cleanse/0/boolean: "Y" means both yes and no',
  ],
  [
    "a bookkeeping column",
    { ...good, columns: { id: {}, _raw: {} }, mapping: {} },
    "/columns/_raw: the name belongs to the failed-records CSV",
  ],
  ["a list as key", { ...good, key: "tags" }, '/key: the column "tags" does not hold text of the file'],
  [
    "a list as text",
    { ...good, mapping: { name: "tags" } },
    '/mapping/name: name is text and the column "tags" holds a list: use words, or map it to an attribute',
  ],
  [
    "a list as money",
    { ...good, mapping: { price: { from: "tags" } } },
    '/mapping/price/from: the column "tags" holds a list where text is needed',
  ],
  [
    "a flag as text constant",
    { ...good, mapping: { name: { constant: true } } },
    "/mapping/name/constant: name is text: put the constant into quotes",
  ],
  [
    "nothing to take",
    { ...good, mapping: { name: {} } },
    "/mapping/name: give exactly one of from, join, firstOf, constant, lookup (none is there)",
  ],
  [
    "two sources",
    { ...good, mapping: { name: { from: "name", constant: "x" } } },
    "/mapping/name: give exactly one of from, join, firstOf, constant, lookup (from and constant are there)",
  ],
  [
    "split without part",
    { ...good, mapping: { name: { from: "name", split: "/" } } },
    "/mapping/name: split needs part beside it",
  ],
  [
    "part 0",
    { ...good, mapping: { name: { from: "name", split: "/", part: 0 } } },
    "/mapping/name/part: parts count from 1, or from -1 at the end",
  ],
  [
    "an image column that is not there",
    { ...good, mapping: { images: { from: ["name", "pic"] } } },
    '/mapping/images/from/1: no column "pic" is declared',
  ],
  [
    "an attribute's column that is not there",
    { ...good, mapping: { attributes: { size: "sise" } } },
    '/mapping/attributes/size: no column "sise" is declared',
  ],
  [
    "a validator nobody has",
    { ...good, validators: { spelling: true } },
    '/validators: "spelling" is not a setting that is known here',
  ],
  [
    "a required field no product has",
    { ...good, validators: { required: ["colour"] } },
    '/validators/required/0: a product has no field "colour"; attributes are called attributes.<name>',
  ],
  [
    "a required field that nothing fills",
    { ...good, validators: { required: ["brand"] } },
    '/validators/required/0: the mapping fills no "brand", so every record would fail',
  ],
  [
    "a price limit without limit",
    { ...good, validators: { prices: [{ currency: "EUR" }] } },
    "/validators/prices/0: give min, max or both",
  ],
  [
    "a price limit upside down",
    { ...good, validators: { prices: [{ currency: "EUR", min: "10", max: "9.99" }] } },
    "/validators/prices/0: min is greater than max",
  ],
  [
    "a price limit as number",
    { ...good, validators: { prices: [{ currency: "EUR", min: 10 }] } },
    "/validators/prices/0/min: must be string",
  ],
  [
    "a price limit that is no decimal",
    { ...good, validators: { prices: [{ currency: "EUR", min: "1,5" }] } },
    '/validators/prices/0/min: must be decimal text, like "12.50"',
  ],
  [
    "an enrichment of an unknown column",
    { ...good, enrichment: { url: "https://x.example", column: "brand", into: { a: "b" } } },
    '/enrichment/column: no column "brand" is declared',
  ],
  [
    "an enrichment into a declared column",
    { ...good, enrichment: { url: "https://x.example", column: "name", into: { price: "b" } } },
    '/enrichment/into/price: the column "price" is declared already',
  ],
  [
    "an enrichment by another protocol",
    { ...good, enrichment: { url: "ftp://x", column: "name", into: { a: "b" } } },
    "/enrichment/url: must begin with https:// or http://",
  ],
])("%s is a fault", (_what, json, fault) => {
  expect(faultsOf(json)).toEqual([fault]);
});

test("aliases must lead to one column", () => {
  const withAliases = (id: string[], name: string[]): FeedFile => ({
    ...good,
    columns: { ...good.columns, id: { aliases: id }, name: { required: true, aliases: name } },
  });
  expect(compileFeed("small", withAliases(["Article"], ["Title"])).headerRules.declared).toEqual([
    { name: "id", aliases: ["Article"] },
    { name: "name", aliases: ["Title"] },
    { name: "price", aliases: undefined },
    { name: "tags", aliases: undefined },
  ]);
  expect(faultsOf(withAliases(["id", "price", " x"], []))).toEqual([
    "/columns/id/aliases/0: the column has this name already",
    '/columns/id/aliases/1: the column "price" has this name',
    "/columns/id/aliases/2: white space around a column's name is ignored: leave it out",
  ]);
  expect(faultsOf(withAliases(["Title"], ["Title", "_failure"]))).toEqual([
    '/columns/name/aliases/0: the column "id" has this alias as well',
    "/columns/name/aliases/1: the name belongs to the failed-records CSV",
  ]);
});

test("rules that leave rows out name a column of the file, and a regular expression that is one", () => {
  const leaveOut = [
    { column: "nmae", is: "Total" },
    { column: "id", matches: "(" },
    { column: "brand", is: "" },
  ];
  const enrichment = { url: "https://ref.example/", column: "name", into: { brand: "brand" } };
  expect(faultsOf({ ...good, enrichment, leaveOut })).toEqual([
    '/leaveOut/0/column: no column "nmae" is declared',
    expect.stringMatching(/^\/leaveOut\/1\/matches: "\(" is no regular expression: \w/),
    '/leaveOut/2/column: no file has the column "brand": the enrichment adds it',
  ]);
  expect(faultsOf({ ...good, leaveOut: [{ column: "id", is: "a", matches: "b" }] })).not.toEqual([]);
});

test("the names of the columns of files without a header have the key and what is required, each once", () => {
  const named = (columns: string[]): readonly string[] => faultsOf({ ...good, dialect: { columns } });
  expect(named(["price", "name", "id", "more"])).toEqual([]);
  expect(named(["id", "price", "price", " x", "_raw"])).toEqual([
    '/dialect/columns/2: two columns are named "price"',
    "/dialect/columns/3: white space around a column's name is ignored: leave it out",
    "/dialect/columns/4: the name belongs to the failed-records CSV",
    '/dialect/columns: the column "name", which a file must have, is not among them',
  ]);
});

test("a dialect without quotes has nothing to escape", () => {
  expect(faultsOf({ ...good, dialect: { quote: "none", escape: "\\" } })).toEqual([
    "/dialect/escape: there is nothing to escape where quotes mean nothing",
  ]);
  expect(compileFeed("small", { ...good, dialect: { escape: "\\", comment: "#" } }).dialect).toEqual({
    escape: "\\",
    comment: "#",
  });
});

test("a feed says which undeclared names reject a file, and whether the others become attributes", () => {
  const { headerRules } = compileFeed("small", { ...good, unknownColumns: "attributes", reject: ["Product *"] });
  expect(headerRules).toMatchObject({ keepsUnknown: true, reject: ["Product *"] });
});
