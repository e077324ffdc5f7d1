import { planTable, type GateOptions } from "#csv/gate.ts";
import { parseRecords } from "#csv/parse.ts";
import { recordsOf } from "#csv/records.ts";
import { checkUnnamed } from "#csv/unnamed.ts";
import type { RecordError } from "#errors/catalogue.ts";
import type { Feed } from "#feeds/compile.ts";
import type { Product } from "#products/product.ts";
import type { Line } from "#records/line.ts";
import { isLeftOut, layOut } from "#stages/layout.ts";
import { mapping } from "#stages/mapping.ts";
import { restructure } from "#stages/restructure.ts";
import { validator } from "#stages/validator.ts";
import type { Warning } from "#warnings/catalogue.ts";
import { addWarnings, countWarnings } from "#warnings/count.ts";
import { streamOf } from "../csv/blocks.ts";

/** What becomes of a CSV before the first product is written. */
export interface ReadTable {
  readonly records: number;
  readonly lines: readonly Line[];
  readonly kinds: readonly Line["kind"][];
  readonly products: readonly Product[];
  readonly errors: readonly RecordError[];
  readonly warnings: readonly Warning[];
}

const limits = { maxFileBytes: 1e8, maxRecords: 2, maxBytes: 1e7 };

/** Reads a CSV as Plan, Restructure, Mapping and Validator do, in chunks of two records; throws FileRejected where Plan rejects it. */
export async function readTable(feed: Feed, file: Uint8Array | string): Promise<ReadTable> {
  const bytes = Buffer.from(file);
  const options: GateOptions = { ...feed.headerRules, ...feed.dialect, ...limits };
  const planned = await planTable(streamOf(bytes, [5]), options);
  const { header } = planned;
  const layout = layOut(feed, header.cells);
  const lines = planned.chunks.flatMap((chunk): Line[] => {
    const start = { ...planned, ...chunk, offset: chunk.start };
    const piece = bytes.subarray(chunk.start, chunk.end);
    const positions = recordsOf(piece, start);
    const rows = parseRecords(piece, positions, { ...start, columns: header.cells.length });
    checkUnnamed(rows, positions, header, (row) => isLeftOut(layout, row));
    return restructure(feed, header.cells, rows, positions, { maxRecordBytes: 1e6 })
      .map((line) => mapping(feed, line))
      .map((line) => validator(feed, line));
  });
  return {
    records: planned.records,
    lines,
    kinds: lines.map(({ kind }) => kind),
    products: lines.flatMap((line) => (line.kind === "mapped" ? [line.product] : [])),
    errors: lines.flatMap((line) => (line.kind === "failed" ? line.errors : [])),
    warnings: addWarnings([...planned.warnings, ...countWarnings(lines)]),
  };
}
