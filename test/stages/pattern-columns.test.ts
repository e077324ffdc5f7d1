import { expect, test } from "vitest";
import { stringify } from "csv-stringify/sync";
import { columnKeys } from "#csv/header.ts";
import type { FeedFile } from "#feeds/feed.ts";
import type { PatternCells, RestructuredLine } from "#records/line.ts";
import { failedRecordsHeader } from "#imports/failed-records.ts";
import { productOf, restructureCsv, runStages, smallFeed } from "./run-stages.ts";

const texts: Pick<FeedFile, "columns" | "mapping"> = {
  columns: { "name-{locale}": {}, "name-en_US": {}, "Tag {n}": { cleanse: ["trim"] } },
  mapping: { name: "name-en_US", description: "name-de_DE", attributes: { tags: "Tag {n}" } },
};

test("any number of columns is one cell by a pattern: those that are filled, by their names, in the file's order", () => {
  const [line, other] = restructureCsv(
    smallFeed(texts),
    "Tag 2,id,name-fr_FR,Tag 1,name-de_DE,other\n b ,7,Chaussette,a,Socke,x\n,8,,,,\n",
  );
  expect(line).toMatchObject({
    cells: ["7", { "name-fr_FR": "Chaussette", "name-de_DE": "Socke" }, null, { "Tag 2": "b", "Tag 1": "a" }],
  });
  expect(Object.keys((line as RestructuredLine).cells[3] as PatternCells)).toEqual(["Tag 2", "Tag 1"]);
  expect(other).toMatchObject({ cells: ["8", null, null, null] });
});

test("a column that is declared by its name is none of the pattern's, even where it is recognised only", () => {
  const [line] = restructureCsv(smallFeed(texts), "id,NAME-EN_US,name-de_DE\n7,Sock,Socke\n");
  expect(line).toMatchObject({ cells: ["7", { "name-de_DE": "Socke" }, "Sock", null] });
});

test("a source names one of the columns, and an attribute takes them all", () => {
  expect(productOf(smallFeed(texts), "id,name-en_US,name-de_DE,Tag 1,Tag 2\n7,Sock,Socke,a,b\n")).toEqual({
    sku: "7",
    name: "Sock",
    description: "Socke",
    attributes: { tags: ["a", "b"] },
  });
});

test("of several patterns the first that fits counts", () => {
  const feed = smallFeed({ columns: { "Attribute {n} name": {}, "Attribute {word}": {} } });
  expect(restructureCsv(feed, "id,Attribute 1 name,Attribute 1 visible\n7,Colour,1\n")).toMatchObject([
    { cells: ["7", { "Attribute 1 name": "Colour" }, { "Attribute 1 visible": "1" }] },
  ]);
});

test("what stands in the column of a pattern is no attribute of an undeclared column", () => {
  const feed = smallFeed({ columns: { "Tag {n}": {} }, unknownColumns: "attributes" });
  const [line] = restructureCsv(feed, "id,Tag 1,Size\n7,a,M\n");
  expect(line).toMatchObject({ cells: ["7", { "Tag 1": "a" }], extra: { Size: "M" } });
});

test("an error of a cell names the file's column", () => {
  const [line] = restructureCsv(smallFeed(texts), "id,Tag 1,Tag 2\n7,a,#N/A\n");
  expect(line).toMatchObject({ kind: "failed", errors: [{ column: "Tag 2" }] });
});

test("a cell that cannot be read is left out alone where the feed says so", () => {
  const feed = smallFeed({
    columns: { "price-{currency}": {} },
    mapping: { prices: [{ from: "price-{currency}", else: "omit" }], name: "id" },
  });
  const [line] = runStages(feed, "id,price-EUR,price-USD\n7,#N/A,12.50\n");
  expect(line).toMatchObject({
    kind: "mapped",
    product: { prices: [{ price: "12.50", currency: "USD" }] },
    warnings: [{ code: "VALUE_OMITTED", column: "price-EUR" }],
  });
  // What another field needs fails the record all the same.
  const both = smallFeed({ ...feed.file, mapping: { ...feed.file.mapping, description: "price-EUR" } });
  expect(runStages(both, "id,price-EUR,price-USD\n7,#N/A,12.50\n")).toMatchObject([{ kind: "failed" }]);
  expect(runStages(both, "id,price-EUR,price-USD\n7,5,#N/A\n")).toMatchObject([{ kind: "mapped" }]);
});

test("a failed-records CSV keeps the file's own columns, and comes back", () => {
  const feed = smallFeed({ columns: { "{any}": {} }, mapping: { name: "name-en" } });
  const header = ["id", "name-en", "=x"];
  const id = `${"a".repeat(32)}-1-1`;
  const back = failedRecordsHeader(header, ",") + stringify([["7", "Sock", "1", id, "1", "2", "", "", "", ""]]);
  expect(columnKeys(header, feed.headerRules)).toEqual(header);
  expect(restructureCsv(feed, back)).toMatchObject([
    { kind: "restructured", failure: { id }, cells: ["7", { "name-en": "Sock", "=x": "1" }] },
  ]);
});
