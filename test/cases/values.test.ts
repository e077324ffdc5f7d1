import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadFeeds } from "#feeds/load.ts";
import { runStages } from "../stages/run-stages.ts";

const folder = join(import.meta.dirname, "../fixtures/cases");
const feeds = loadFeeds(join(folder, "feeds"));

/** What becomes of each record of a file: its key and price or error code, with the warnings. */
function outcomes(feed: string, file: string, delimiter: "," | ";"): unknown[] {
  const lines = runStages(feeds.get(feed)!, readFileSync(join(folder, file)), 9999, delimiter);
  return lines.map((line) => {
    const told = line.warnings?.map(({ code }) => code) ?? [];
    if (line.kind === "mapped") return [line.key, line.product.price, ...told];
    return line.kind === "failed" ? [line.key, ...line.errors.map(({ code }) => code), ...told] : line.kind;
  });
}

test("sku-space.csv: keys that differ in nothing that is seen are one, and told where more than blanks was taken off", () => {
  expect(outcomes("shopen", "sku-space.csv", ",")).toEqual([
    ["CHAIR-01", "10.00"],
    ["CHAIR-01", "11.00"],
    ["CHAIR-01", "12.00"],
    ["CHAIR-01", "13.00", "KEY_CLEANED"],
    ["CHAIR-01", "14.00", "KEY_CLEANED"],
    ["CHAIR-01", "15.00", "KEY_CLEANED"],
    ["CHAIR 01", "16.00", "KEY_CLEANED"],
    ["CHAIR 01", "17.00"],
    ["chair-01", "18.00"],
    ["CHAIR-01", "19.00", "KEY_CLEANED"],
    ["CHAIR-01", "20.00", "KEY_CLEANED"],
    ["CHAIR\u201101", "21.00"],
  ]);
});

test("textmarks.csv: the formula is unwrapped, the apostrophe refused", () => {
  expect(outcomes("shopen", "textmarks.csv", ",")).toEqual([
    ["'0042", "BAD_KEY"],
    ["0043", "1.00"],
    ["0044", "1.00"],
    ["'=0045", "BAD_KEY"],
  ]);
});

test("price-zero-lead.csv: nothing is taken times 1,000 but what is in thousands, and that is told", () => {
  expect(outcomes("shopde", "price-zero-lead.csv", ";")).toEqual([
    ["ZL1", "BAD_MONEY"],
    ["ZL2", "BAD_MONEY"],
    ["ZL3", "BAD_MONEY"],
    ["ZL4", "BAD_MONEY"],
    ["ZL5", "BAD_MONEY"],
    ["ZL6", "1000", "NUMBER_GROUPED"],
  ]);
});

test("thousands.csv: every way to write a number that means one thing only is read", () => {
  expect(outcomes("shopde", "thousands.csv", ";")).toEqual([
    ["N1", "1234.50"],
    ["N2", "1234.50"],
    ["N3", "1234.50"],
    ["N4", "1234.50"],
    ["N5", "12.50"],
    ["N6", "12.50"],
    ["N7", "1234.50"],
    ["N8", "1234.50"],
    ["N9", "BAD_MONEY"],
    ["N10", "BAD_MONEY"],
    ["N11", "12.5"],
    ["N12", "1234", "NUMBER_GROUPED"],
    ["N13", "BAD_MONEY"],
    ["N14", "BAD_MONEY"],
    ["N15", "BAD_MONEY"],
    ["N16", "12.50"],
    ["N17", "12.50"],
    ["N18", "BAD_MONEY"],
    ["N19", "1234567.89"],
    ["N20", "BAD_MONEY"],
    ["N21", "1.234"],
  ]);
});
