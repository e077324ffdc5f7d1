import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";

/** A product file with every price ten times too high: as when a decimal sign is lost. */
export function tenTimes(csv: string): string {
  const rows: Record<string, string>[] = parse(csv, { bom: true, columns: true });
  const wrong = rows.map((row) => ({ ...row, price: row["price"] ? String(Number(row["price"]) * 10) : "" }));
  return stringify(wrong, { header: true });
}
