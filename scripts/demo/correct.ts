import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";

/** What a person would write into the failed-records CSV of samples/bagisto/damaged.csv, by the number of the record. */
const corrections: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  // Two records that did not line up: their cells go from _raw into their columns.
  "2": {
    sku: "DMG-002",
    type: "simple",
    categories: "Men/Winter Wear",
    name: "Short Scarf",
    status: "1",
    price: "9.50",
  },
  "3": {
    sku: "DMG-003",
    type: "simple",
    categories: "Men/Winter Wear",
    name: 'Scarf "extra warm" edition',
    status: "1",
    price: "17",
  },
  "5": { price: "21" },
  "6": { sku: "DMG-006" },
  "7": { name: "Scarf that has a name now" },
  "9": { price: "24.99" },
  "10": { price: "7.50" },
  "11": { weight: "0.3" },
  "12": { status: "1" },
  "13": { images: "dmg-013.webp" },
};

/** The failed-records CSV of the damaged sample with every failure corrected, as a spreadsheet would save it. */
export function correctDamaged(failedRecords: string): string {
  const rows: Record<string, string>[] = parse(failedRecords, { bom: true, columns: true });
  const corrected = rows.map((row) => ({ ...row, ...corrections[row["_record"] ?? ""] }));
  return stringify(corrected, { header: true, quoted_match: /[\r\n]/ });
}
