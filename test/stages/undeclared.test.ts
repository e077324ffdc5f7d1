import { expect, test } from "vitest";
import type { MappingSettings } from "#feeds/feed.ts";
import { mapping } from "#stages/mapping.ts";
import { smallFeed } from "./run-stages.ts";

/** What is made of a group of two rows, whose cells of the column "spare" the feed does not declare. */
function attributesOf(settings: MappingSettings, second: readonly (string | null)[], spare: readonly string[]): object {
  const columns = { sku: {}, size: {}, locale: {} };
  const feed = smallFeed({ columns, mapping: settings, unknownColumns: "attributes", rows: { group: "id" } });
  const at = { record: 1, line: 2, at: [0, 1] } as const;
  const line = mapping(feed, {
    ...{ ...at, kind: "restructured", key: "7", cells: ["7", "S1", "S", null], extra: { spare: spare[0]! } },
    more: [{ line: 3, cells: ["7", ...second], extra: { spare: spare[1]! } }],
  });
  if (line.kind !== "mapped") throw new Error(`No product but ${JSON.stringify(line)}`);
  return line.product;
}

test("an undeclared column says of a variant what it does not say of the product", () => {
  const settings = { variants: { sku: "sku", options: { Size: "size" } } };
  expect(attributesOf(settings, ["S2", "M", null], ["wool", "silk"])).toMatchObject({
    attributes: { spare: "wool" },
    variants: [{ sku: "S1" }, { sku: "S2", attributes: { spare: "silk" } }],
  });
  expect(JSON.stringify(attributesOf(settings, ["S2", "M", null], ["wool", "wool"])).match(/wool/g)).toHaveLength(1);
});

test("of a row of translations it is a text there", () => {
  expect(attributesOf({ translations: { locale: "locale" } }, [null, null, "de_DE"], ["wool", "Wolle"])).toMatchObject({
    attributes: { spare: "wool" },
    translations: { de_DE: { attributes: { spare: "Wolle" } } },
  });
});
