import { expect, test } from "vitest";
import type { MappingSettings } from "#feeds/feed.ts";
import { faultsOf, mapRows } from "./map-rows.ts";

const byColumn: MappingSettings = {
  translations: { name: "name-{locale}", attributes: { care: "care-{locale}" } },
};

test("columns by locale", () => {
  const { product } = mapRows(byColumn, [
    { "name-{locale}": { "name-de_DE": "Hut", "name-fr": "Chapeau" }, "care-{locale}": { "care-de_DE": "Handwäsche" } },
  ]);
  expect(product).toEqual({
    translations: { de_DE: { name: "Hut", attributes: { care: "Handwäsche" } }, fr: { name: "Chapeau" } },
  });
});

test("a field may be one of the columns, which is a translation all the same", () => {
  const { product } = mapRows({ name: "name-de_DE", ...byColumn }, [
    { "name-{locale}": { "name-de_DE": "Hut", "name-fr": "Chapeau" }, "care-{locale}": null },
  ]);
  expect(product.name).toBe("Hut");
  expect(product.translations?.["fr"]).toEqual({ name: "Chapeau" });
});

const byRow: MappingSettings = {
  name: "title",
  stock: "qty",
  attributes: { care: "care" },
  translations: { locale: "view", name: "title", attributes: { care: "care" } },
};

test("rows that name their locale hold translations and nothing else", () => {
  const { product } = mapRows(byRow, [
    { view: null, title: "Hat", qty: "3", care: "cold" },
    { view: "de_DE", title: "Hut", qty: "99", care: null },
    { view: "fr", title: "Chapeau", qty: null, care: "froid" },
  ]);
  expect(product).toEqual({
    name: "Hat",
    stock: "3",
    attributes: { care: "cold" },
    translations: { de_DE: { name: "Hut" }, fr: { name: "Chapeau", attributes: { care: "froid" } } },
  });
});

test.each<[what: string, mapping: MappingSettings, fault: string]>([
  [
    "a column without {locale}",
    { translations: { name: "title" } },
    "/mapping/translations/name: must be a declared column with the placeholder {locale}",
  ],
  [
    "a field that is not translated",
    { translations: { locale: "view", stock: "qty" } },
    '/mapping/translations: "stock" is not a setting that is known here',
  ],
  [
    "an unknown column",
    { translations: { locale: "view", name: "z" } },
    '/mapping/translations/name: no column "z" is declared',
  ],
])("%s is a fault", (_, mapping, fault) => {
  expect(faultsOf(mapping, ["view", "title", "qty"])).toEqual([fault]);
});
