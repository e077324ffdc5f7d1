import { parse } from "csv-parse/sync";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { planTable } from "#csv/gate.ts";
import { parseRecords } from "#csv/parse.ts";
import { recordsOf } from "#csv/records.ts";
import { streamOf } from "./blocks.ts";

it.each([
  ["samples/bagisto/products.csv", ["sku", "price"], 26],
  ["test/fixtures/emissions/factors.csv", [], 236],
  ["test/fixtures/retail/2011-02-06.csv", ["InvoiceNo", "StockCode"], 279],
  ["test/fixtures/shopify/shopify.csv", ["Handle", "Title"], 21],
])("%s is split into exactly the cells csv-parse finds in it", async (file, required, records) => {
  const bytes = readFileSync(file);
  const [header, ...rows] = parse(bytes, { bom: true, record_delimiter: ["\r\n", "\n"], relax_column_count: true });
  const table = await planTable(streamOf(bytes, [4093]), {
    required,
    maxRecords: 100,
    maxBytes: 20_000,
    maxFileBytes: 1e7,
  });
  expect(table.records).toBe(records);
  expect(table.header.cells).toEqual(header);
  const cells = table.chunks.flatMap((chunk) => {
    const start = { ...chunk, delimiter: table.delimiter, offset: chunk.start, columns: table.header.cells.length };
    const part = bytes.subarray(chunk.start, chunk.end);
    return parseRecords(part, recordsOf(part, start), start);
  });
  expect(cells).toEqual(rows);
});
