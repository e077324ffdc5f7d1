import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { WorkbookRead } from "#csv/excel/excel-to-csv.ts";
import { planTable } from "#csv/gate.ts";
import { recogniseHeader } from "#csv/header.ts";
import { normalise } from "#csv/normalise.ts";
import { parseRecords } from "#csv/parse.ts";
import { recordsOf } from "#csv/records.ts";
import { placesIn, rowOf } from "#csv/sheet-place.ts";
import type { RecordError } from "#errors/catalogue.ts";
import { placed } from "#failures/places.ts";
import { compileFeed, type Feed } from "#feeds/compile.ts";
import { sheetReaderOf } from "#feeds/sheet-cells.ts";
import type { Product } from "#products/product.ts";
import type { Line } from "#records/line.ts";
import { mapping } from "#stages/mapping.ts";
import { restructure } from "#stages/restructure.ts";
import { validator } from "#stages/validator.ts";
import type { Warning } from "#warnings/catalogue.ts";
import { addWarnings, countWarnings, placedWarnings } from "#warnings/count.ts";
import { collect, streamOf } from "../csv/blocks.ts";

const folder = join(import.meta.dirname, "../fixtures/cases");

/** A feed of test/fixtures/cases/feeds. */
export function caseFeed(name: string): Feed {
  return compileFeed(name, JSON.parse(readFileSync(join(folder, "feeds", `${name}.json`), "utf8")));
}

/** A file of test/fixtures/cases. */
export function caseFile(name: string): Buffer {
  return readFileSync(join(folder, name));
}

/** What becomes of a workbook before the first product is written. */
export interface ReadWorkbook {
  /** The plain CSV that is read in its place. */
  readonly twin: string;
  readonly lines: readonly Line[];
  readonly products: readonly Product[];
  /** What is wrong with its records, with cells. */
  readonly errors: readonly RecordError[];
  readonly warnings: readonly Warning[];
}

const limits = { maxExcelBytes: 1e7, maxFileBytes: 1e8, maxRecords: 1000, maxBytes: 1e7 };

/** Reads a workbook as Plan, Restructure, Mapping, Validator and CloseChunk do. */
export async function readWorkbook(feed: Feed, file: Uint8Array): Promise<ReadWorkbook> {
  let workbook: WorkbookRead | undefined;
  const onRead = (read: WorkbookRead): void => void (workbook = read);
  const twin = await collect(
    normalise(streamOf(file, [1000]), {
      ...{ kind: "excel", ...feed.dialect, ...limits, reader: sheetReaderOf(feed), onRead },
    }),
  );
  const planned = await planTable(streamOf(twin, [1000]), {
    ...{ ...feed.headerRules, delimiter: ",", columns: feed.dialect.columns, ...limits },
  });
  const { sheet, warnings } = workbook!;
  const { delimiter, header, chunks } = planned;
  const from = chunks[0]!.start;
  const records = twin.subarray(from, chunks.at(-1)!.end);
  const positions = recordsOf(records, { delimiter, offset: from, firstRecord: 1, firstLine: 1 }).map((at) => ({
    ...at,
    line: rowOf(sheet, at.record),
  }));
  const rows = parseRecords(records, positions, { delimiter, offset: from });
  const lines = restructure(feed, header.cells, rows, positions, { maxRecordBytes: 100_000, sheet }).map((line) =>
    validator(feed, mapping(feed, line)),
  );
  const placeOf = placesIn(sheet, recogniseHeader(header.cells, feed.headerRules).columns);
  return {
    twin: twin.toString(),
    lines,
    products: lines.flatMap((line) => (line.kind === "mapped" ? line.product : [])),
    errors: lines.flatMap((line) => (line.kind === "failed" ? placed(line.errors, line.line, placeOf) : [])),
    warnings: addWarnings([
      ...warnings,
      ...placedWarnings(planned.warnings, sheet, planned.header.columns),
      ...countWarnings(lines, placeOf),
    ]),
  };
}
