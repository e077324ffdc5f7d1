import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadFeeds, readFeeds } from "#feeds/load.ts";
import { productOf } from "../stages/run-stages.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "feeds-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

test("a new feed is a new file and no code", () => {
  const feed = {
    catalog: "lamps",
    dialect: { delimiter: ";", encoding: "windows-1252" },
    key: "Artikelnummer",
    columns: {
      Artikelnummer: {},
      Bezeichnung: { required: true, cleanse: ["stripHtml", "collapseSpaces", "trim"] },
      Preis: { cleanse: ["trim"] },
      "Gültig ab": { cleanse: [{ date: "DD.MM.YYYY" }] },
      Lieferbar: { cleanse: [{ boolean: { yes: ["ja"], no: ["nein"] } }] },
    },
    mapping: {
      name: "Bezeichnung",
      price: { from: "Preis", currency: "EUR", decimal: "," },
      attributes: { validFrom: "Gültig ab", available: "Lieferbar" },
    },
  };
  writeFileSync(join(folder, "lamps.json"), JSON.stringify(feed));
  writeFileSync(join(folder, "README.md"), "no feed");
  const feeds = loadFeeds(folder);
  expect([...feeds.keys()]).toEqual(["lamps"]);
  const csv =
    'Bezeichnung;Preis;Artikelnummer;Lieferbar;Gültig ab\n"<b>Steh&shy;lampe</b>  „Éclat“";1.234,50 €;0017;Ja;24.12.2026\n';
  expect(productOf(feeds.get("lamps")!, csv)).toEqual({
    sku: "0017",
    name: "Stehlampe „Éclat“",
    price: "1234.50",
    currency: "EUR",
    attributes: { validFrom: "2026-12-24", available: true },
  });
});

test("the feeds that are shipped load", () => {
  expect(loadFeeds(join(import.meta.dirname, "../../schemas/feeds")).has("bagisto")).toBe(true);
});

test("a file that is not JSON is named", () => {
  writeFileSync(join(folder, "broken.json"), "{");
  expect(() => loadFeeds(folder)).toThrow("feeds/broken.json: the file is not JSON:");
});

test("a folder that is no feed is left alone", () => {
  mkdirSync(join(folder, "old"));
  expect(loadFeeds(folder).size).toBe(0);
});

test("a name that cannot be a folder of the inbox is refused", () => {
  writeFileSync(join(folder, "My Feed.json"), '{"catalog":"a","key":"b","columns":{"b":{}},"mapping":{}}');
  expect(() => loadFeeds(folder)).toThrow("feeds/My Feed.json: a feed's name has small letters, digits, - and _ only");
});

test("a feed that is wrong harms no other where feeds are only read, and is named with every fault", () => {
  const right = { catalog: "a", key: "b", columns: { b: {} }, mapping: {} };
  writeFileSync(join(folder, "broken.json"), JSON.stringify({ ...right, key: "c", mapping: { name: "d" } }));
  writeFileSync(join(folder, "empty.json"), "");
  writeFileSync(join(folder, "right.json"), JSON.stringify(right));
  const { feeds, broken } = readFeeds(folder);
  expect([...feeds.keys()]).toEqual(["right"]);
  expect([...broken.keys()]).toEqual(["broken", "empty"]);
  expect(broken.get("broken")!.faults).toHaveLength(2);
});
