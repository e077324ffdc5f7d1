import { parseRecords } from "#csv/parse.ts";
import { recordsOf } from "#csv/records.ts";
import type { RecordError } from "#errors/catalogue.ts";
import { compileFeed, type Feed } from "#feeds/compile.ts";
import type { FeedFile } from "#feeds/feed.ts";
import type { Product } from "#products/product.ts";
import type { Delimiter } from "#imports/flow.ts";
import type { Line } from "#records/line.ts";
import { mapping } from "#stages/mapping.ts";
import { restructure } from "#stages/restructure.ts";
import { validator } from "#stages/validator.ts";

/** A feed with one key column "id", and what the test adds. */
export function smallFeed(parts: Partial<FeedFile> = {}): Feed {
  return compileFeed("small", {
    catalog: "small",
    key: "id",
    mapping: {},
    ...parts,
    columns: { id: {}, ...parts.columns },
  });
}

/** The lines that Restructure makes of a CSV, whose first record is the header. */
export function restructureCsv(
  feed: Feed,
  csv: string | Buffer,
  maxRecordBytes = 1000,
  delimiter = feed.dialect.delimiter ?? ",",
): Line[] {
  const bytes = Buffer.from(csv);
  const positions = recordsOf(bytes, { delimiter, offset: 0, firstRecord: 0, firstLine: 1 });
  const [header, ...rows] = parseRecords(bytes, positions, { delimiter, offset: 0 });
  if (!Array.isArray(header)) throw new Error("The test's header is malformed.");
  return restructure(feed, header, rows, positions.slice(1), { maxRecordBytes });
}

/** All three stages over a CSV. */
export function runStages(feed: Feed, csv: string | Buffer, maxRecordBytes?: number, delimiter?: Delimiter): Line[] {
  return restructureCsv(feed, csv, maxRecordBytes, delimiter).map((line) => validator(feed, mapping(feed, line)));
}

/** The product of the only record of a CSV; throws where it failed. */
export function productOf(feed: Feed, csv: string): Product {
  const [line] = runStages(feed, csv);
  if (line?.kind !== "mapped") throw new Error(`No product but ${JSON.stringify(line)}`);
  return line.product;
}

/** The errors of the only record of a CSV. */
export function errorsOf(feed: Feed, csv: string): readonly RecordError[] {
  const [line] = runStages(feed, csv);
  return line?.kind === "failed" ? line.errors : [];
}

/** The errors of the only record, each as "CODE message". */
export function sentencesOf(feed: Feed, csv: string): string[] {
  return errorsOf(feed, csv).map(({ code, message }) => `${code} ${message}`);
}
