import { readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import { ChunkPlanner } from "#csv/chunks.ts";
import { isMalformed, parseRecord, parseRecords } from "#csv/parse.ts";
import type { Grouping } from "#csv/groups.ts";
import { recordsOf, rowsOfAll } from "#csv/records.ts";
import { compileFeed, type Feed } from "#feeds/compile.ts";
import type { FeedFile, SourceSettings } from "#feeds/feed.ts";
import type { Chunk } from "#imports/flow.ts";
import type { Line } from "#records/line.ts";
import { mapping } from "#stages/mapping.ts";
import { restructure } from "#stages/restructure.ts";
import { validator } from "#stages/validator.ts";
import { median, rounded, secondsOf } from "./measure.ts";
import { generateProducts } from "./products.ts";

export interface Stages {
  readonly recordsPerSecond: number;
  /** csv-parse alone, with `columns: true`, over the same bytes. */
  readonly csvParseRecordsPerSecond: number;
  readonly ratio: number;
  /** The same rows as records of five each, with variants. */
  readonly grouped: { readonly rowsPerSecond: number; readonly ratio: number };
}

/** The feed of the generated products. */
export const productsFeedFile = new URL("./products-feed.json", import.meta.url);

const records = 100_000;
const delimiter = ",";
const limits = { maxRecords: 5_000, maxBytes: 8 * 1024 ** 2 };
const maxRecordBytes = 256 * 1024;
const rounds = 7;

/**
 * Speed of the three stages over a file in chunks, in process and without storage, against csv-parse alone over the same bytes;
 * they take turns. Throws where a generated record fails.
 */
export function measureStages(progress: (words: string) => void): Stages {
  const file = planProducts(records);
  const grouped = planGrouped(file.bytes);
  const stages: number[] = [];
  const groups: number[] = [];
  const alone: number[] = [];
  // The first round warms up.
  for (let round = 0; round <= rounds; round++) {
    progress(`round ${round} of ${rounds} over ${records.toLocaleString("en")} records`);
    const csvParse = secondsOf(() => parse(file.bytes, { columns: true }));
    const ours = secondsOf(() => {
      for (const chunk of file.chunks) runStages(file, chunk);
    });
    const inGroups = secondsOf(() => {
      for (const chunk of grouped.chunks) runStages(grouped, chunk);
    });
    if (round === 0) continue;
    alone.push(csvParse);
    stages.push(ours);
    groups.push(inGroups);
  }
  return {
    grouped: {
      rowsPerSecond: Math.round(records / median(groups)),
      ratio: rounded(median(alone) / median(groups), 2),
    },
    recordsPerSecond: Math.round(records / median(stages)),
    csvParseRecordsPerSecond: Math.round(records / median(alone)),
    ratio: rounded(median(alone) / median(stages), 2),
  };
}

/** A file of generated products, planned. */
export interface ProductsFile {
  readonly feed: Feed;
  readonly bytes: Buffer;
  readonly header: string[];
  readonly chunks: readonly Chunk[];
  /** How its rows are put together, where its records are groups of them. */
  readonly grouping?: Omit<Grouping, "identity">;
}

/** Generates so many products and plans their chunks. */
export function planProducts(records: number): ProductsFile {
  return planFile(JSON.parse(readFileSync(productsFeedFile, "utf8")) as FeedFile, generateProducts(records));
}

/** The same file, read as products of five rows each: the parent's row begins the next run, for its own cell is blank. */
function planGrouped(bytes: Buffer): ProductsFile {
  const { mapping, ...file } = JSON.parse(readFileSync(productsFeedFile, "utf8")) as FeedFile;
  const { name, description, brand, categories, images } = mapping;
  const { price, specialPrice, stock, barcode, weight, attributes } = mapping;
  const variants = { sku: "sku", options: { Size: "size" }, price, specialPrice, stock, barcode, weight, attributes };
  // The currency of generated prices differs from row to row, which no product may have.
  for (const one of [price, specialPrice] as SourceSettings[]) {
    delete one.currencyFrom;
    one.currency = "EUR";
  }
  const { required: _ofRows, ...validators } = file.validators ?? {};
  return planFile(
    {
      ...file,
      rows: { group: "parent" },
      mapping: { name, description, brand, categories, images, variants } as FeedFile["mapping"],
      validators,
    },
    bytes,
  );
}

function planFile(file: FeedFile, bytes: Buffer): ProductsFile {
  const feed = compileFeed("bench", file);
  const offset = bytes.indexOf("\n") + 1;
  const header = parseRecord(bytes.toString("utf8", 0, offset).trimEnd(), { delimiter });
  if (isMalformed(header)) throw new Error(header.reason);
  const group = feed.group === undefined ? -1 : header.indexOf(feed.group);
  const grouping = group < 0 ? undefined : ({ delimiter, group, columns: header.length, inSheet: false } as const);
  const planner = new ChunkPlanner({ delimiter, offset, line: 2 }, limits, grouping);
  const chunks = [...planner.push(bytes.subarray(offset)), ...planner.end().chunks];
  return { feed, bytes, header, chunks, ...(grouping && { grouping }) };
}

/** What Restructure, Mapping and Validator make of a chunk, without the I/O around them. Throws where a record fails. */
export function runStages(
  { feed, bytes, header, grouping }: ProductsFile,
  { start, end, firstRecord, firstLine }: Chunk,
): Line[] {
  const piece = bytes.subarray(start, end);
  const positions = recordsOf(piece, { delimiter, ...grouping, offset: start, firstRecord, firstLine });
  const rows = parseRecords(piece, rowsOfAll(positions), { delimiter, offset: start, columns: header.length });
  const restructured = restructure(feed, header, rows, positions, { maxRecordBytes });
  const mapped = restructured.map((line) => mapping(feed, line));
  const validated = mapped.map((line) => validator(feed, line));
  const bad = validated.find((line) => line.kind !== "mapped");
  if (bad) throw new Error(`A generated record fails: ${JSON.stringify(bad)}`);
  return validated;
}
