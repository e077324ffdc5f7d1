import { expect, test } from "vitest";
import type { Line } from "#records/line.ts";
import { mapping } from "#stages/mapping.ts";
import { validator } from "#stages/validator.ts";
import { errorsOf, runStages, sentencesOf, smallFeed } from "./run-stages.ts";

const position = { record: 3, line: 9, at: [100, 7] as const, failure: { id: "abc-1-3" } };
const feed = smallFeed({
  columns: { name: {}, price: {}, ean: {} },
  mapping: { name: "name", price: { from: "price", currency: "EUR" }, barcode: "ean" },
  validators: { required: ["name"], barcode: true, prices: [{ currency: "EUR", max: "100" }] },
});

test.each<Line>([
  { kind: "blank", ...position },
  { kind: "failed", ...position, errors: [{ code: "RAGGED_RECORD", message: "No." }] },
  { kind: "stored", ...position, key: "7", outcome: "created" },
])("a $kind line passes untouched", (line) => {
  expect(mapping(feed, line)).toBe(line);
  expect(validator(feed, line)).toBe(line);
});

test("position, key and failure travel on", () => {
  const restructured: Line = { kind: "restructured", ...position, key: "0017", cells: ["0017", "Sock", "5", null] };
  const mapped = mapping(feed, restructured);
  const product = { sku: "0017", name: "Sock", price: "5", currency: "EUR" };
  expect(mapped).toEqual({ kind: "mapped", ...position, key: "0017", product });
  expect(validator(feed, mapped)).toBe(mapped);
  const dear: Line = { kind: "restructured", ...position, key: "0017", cells: ["0017", "Sock", "500", null] };
  expect(validator(feed, mapping(feed, dear))).toMatchObject({ kind: "failed", ...position, key: "0017" });
  const unmappable: Line = { kind: "restructured", ...position, key: "0017", cells: ["0017", "Sock", "dear", null] };
  expect(mapping(feed, unmappable)).toMatchObject({ kind: "failed", ...position, key: "0017" });
});

test("an image that is wrong is told by the column that it came from", () => {
  const several = smallFeed({
    columns: { main: {}, more: {}, last: {} },
    mapping: { images: { from: ["main", "more", "last"], split: "|" } },
    validators: { images: {} },
  });
  const found = errorsOf(several, "id,main,more,last\n7,https://a.example/1,https://a.example/2|b c|3,4\n");
  expect(found.map(({ code, column, value }) => [code, column, value])).toEqual([
    ["INVALID_PRODUCT", "more", "b c"],
    ["BAD_IMAGE_URL", "more", "b c"],
    ["BAD_IMAGE_URL", "more", "3"],
    ["BAD_IMAGE_URL", "last", "4"],
  ]);
  expect(found[3]!.message).toContain('Column "last" has "4"');
  const [line] = runStages(several, "id,main,more,last\n7,https://a.example/1,,https://a.example/2\n");
  expect(line).toMatchObject({ kind: "mapped", product: { images: ["https://a.example/1", "https://a.example/2"] } });
  expect(line).not.toHaveProperty("imagesFrom");
});

test("a record that breaks several rules is told all of them, the product schema's among them", () => {
  expect(sentencesOf(feed, "id,name,price,ean\n7,,101,4006381333932\n")).toEqual([
    'MISSING_ATTRIBUTE Column "name" is empty, and every product needs its name: fill in the column.',
    'BAD_BARCODE Column "ean" has "4006381333932", whose check digit is 2 where 1 fits the others: correct the barcode.',
    'PRICE_OUT_OF_RANGE Column "price" gives the price 101 EUR, more than 100 EUR, the limit: correct the price, or have the limit changed.',
  ]);
  expect(sentencesOf(feed, "id,name,price,ean\n7, ,101,4.00638E+12\n")).toEqual([
    'INVALID_PRODUCT Column "name" gives " ", but a product\'s name must be text that is not blank: correct the cell.',
    'INVALID_PRODUCT Column "ean" gives "4.00638E+12", but a product\'s barcode must be digits only: correct the cell.',
    'MISSING_ATTRIBUTE Column "name" is empty, and every product needs its name: fill in the column.',
    'PRICE_OUT_OF_RANGE Column "price" gives the price 101 EUR, more than 100 EUR, the limit: correct the price, or have the limit changed.',
  ]);
});

test("lines survive JSON, so that stages can hand them on as JSON Lines", () => {
  const lines = runStages(feed, 'id,name,price,ean\n0017,"🧦\nx",5,\n\n8,y,no,\n');
  expect(JSON.parse(JSON.stringify(lines))).toEqual(lines);
});
