import { readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import { ChunkPlanner } from "#csv/chunks.ts";
import { isMalformed, parseRecord, parseRecords } from "#csv/parse.ts";
import { recordsOf } from "#csv/records.ts";
import { compileFeed, type Feed } from "#feeds/compile.ts";
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
  const stages: number[] = [];
  const alone: number[] = [];
  // The first round warms up.
  for (let round = 0; round <= rounds; round++) {
    progress(`round ${round} of ${rounds} over ${records.toLocaleString("en")} records`);
    const csvParse = secondsOf(() => parse(file.bytes, { columns: true }));
    const ours = secondsOf(() => {
      for (const chunk of file.chunks) runStages(file, chunk);
    });
    if (round === 0) continue;
    alone.push(csvParse);
    stages.push(ours);
  }
  return {
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
}

/** Generates so many products and plans their chunks. */
export function planProducts(records: number): ProductsFile {
  const feed = compileFeed("bench", JSON.parse(readFileSync(productsFeedFile, "utf8")));
  const bytes = generateProducts(records);
  const offset = bytes.indexOf("\n") + 1;
  const header = parseRecord(bytes.toString("utf8", 0, offset).trimEnd(), { delimiter });
  if (isMalformed(header)) throw new Error(header.reason);
  const planner = new ChunkPlanner({ delimiter, offset, line: 2 }, limits);
  const chunks = [...planner.push(bytes.subarray(offset)), ...planner.end().chunks];
  return { feed, bytes, header, chunks };
}

/** What Restructure, Mapping and Validator make of a chunk, without the I/O around them. Throws where a record fails. */
export function runStages(
  { feed, bytes, header }: ProductsFile,
  { start, end, firstRecord, firstLine }: Chunk,
): Line[] {
  const piece = bytes.subarray(start, end);
  const positions = recordsOf(piece, { delimiter, offset: start, firstRecord, firstLine });
  const rows = parseRecords(piece, positions, { delimiter, offset: start, columns: header.length });
  const restructured = restructure(feed, header, rows, positions, { maxRecordBytes });
  const mapped = restructured.map((line) => mapping(feed, line));
  const validated = mapped.map((line) => validator(feed, line));
  const bad = validated.find((line) => line.kind !== "mapped");
  if (bad) throw new Error(`A generated record fails: ${JSON.stringify(bad)}`);
  return validated;
}
