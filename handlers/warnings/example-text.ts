import { quote } from "#feeds/bad-cell.ts";
import type { WarningExample } from "#warnings/catalogue.ts";

/**
 * An example in a few words: `record 3 (line 4), key "CHAIR-01", column "sku": "CHAIR-01 " became "CHAIR-01"`. In a workbook the
 * cell stands in place of record and line.
 */
export function exampleText({ record, line, cell, key, column, value, became, note }: WarningExample): string {
  const at = line === undefined ? "" : `line ${line}`;
  const place = cell ?? (record === undefined ? at : `record ${record}${at && ` (${at})`}`);
  const where = [
    place,
    key === undefined ? "" : `key ${quote(key)}`,
    column === undefined ? "" : `column ${quote(column)}`,
  ];
  const what = [
    value === undefined ? "" : quote(value),
    became === undefined ? "" : `became ${quote(became)}`,
    note ?? "",
  ];
  return [where, what]
    .map((part, index) => part.filter(Boolean).join(index === 0 ? ", " : " "))
    .filter(Boolean)
    .join(": ");
}
