import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { catalogNames, catalogsIn } from "#catalogs/load.ts";
import { compileFeed } from "#feeds/compile.ts";
import { nothingShared } from "#feeds/shared.ts";

const folder = mkdtempSync(join(tmpdir(), "catalogs-"));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});
const catalogOf = (json: unknown) => {
  writeFileSync(join(folder, "c.json"), typeof json === "string" ? json : JSON.stringify(json));
  return catalogsIn(folder)("c");
};

test("a catalog says its locale and its currency, or nothing", () => {
  expect(catalogOf({ description: "Toys.", locale: "en_US", currency: "EUR" })).toEqual({
    locale: "en_US",
    currency: "EUR",
  });
  expect(catalogOf({})).toEqual({});
  expect(catalogsIn(folder)("unknown")).toEqual({});
  expect(catalogNames(folder)).toEqual(["c"]);
  expect(catalogNames(join(folder, "none"))).toEqual([]);
});

test.each<[unknown, string]>([
  ["{", "the file is not JSON"],
  [{ currency: "euro" }, "/currency: must be three capital letters, like EUR"],
  [{ currency: "EUX" }, '/currency: "EUX" is not a currency of ISO 4217'],
  [{ locale: "English" }, "/locale: must be a language, like en, en_US or en-US"],
  [{ kind: "sale" }, '/: "kind" is not a setting that is known here'],
])("%j is refused", (json, fault) => {
  expect(() => catalogOf(json)).toThrow(`catalogs/c.json: ${fault}`);
  const feed = { catalog: "c", key: "id", columns: { id: {} }, mapping: {} };
  expect(() => compileFeed("f", feed, { ...nothingShared, catalogs: catalogsIn(folder) })).toThrow(
    `feeds/f.json: /catalog: catalogs/c.json: ${fault}`,
  );
});

test("amounts are in the catalog's currency where nothing else says one, which makes another revision", () => {
  const feed = { catalog: "c", key: "id", columns: { id: {}, cost: {} }, mapping: { price: "cost" } };
  const { revision } = compileFeed("f", { ...feed, mapping: { price: { from: "cost", currency: "EUR" } } });
  const compiled = compileFeed("f", feed, { ...nothingShared, catalogs: () => ({ currency: "SEK" }) });
  expect(compiled.revision).not.toBe(revision);
  const notes = { errors: [] } as never;
  expect(compiled.toProduct("1", { line: 2, cells: ["1", "9.50"] }, notes)).toMatchObject({ currency: "SEK" });
});
