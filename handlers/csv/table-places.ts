import { recogniseHeader, type HeaderRules } from "#csv/header.ts";
import { placesIn, type PlaceOf } from "#csv/sheet-place.ts";
import type { TableRef } from "#imports/flow.ts";

/** Says places in the sheet that a table was written from, by that header; undefined where it is no workbook's. */
export function placesInTable(
  { sheet }: Pick<TableRef, "sheet">,
  header: readonly string[],
  rules: HeaderRules,
): PlaceOf | undefined {
  return sheet && placesIn(sheet, recogniseHeader(header, rules).columns);
}
