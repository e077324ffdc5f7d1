import { ChunkPlanner } from "#csv/chunks.ts";
import { median, rounded, secondsOf } from "./measure.ts";
import { generateProducts } from "./products.ts";

export interface Splitting {
  /** A megabyte is a million bytes. */
  readonly megabytesPerSecond: number;
}

const records = 500_000;
const limits = { maxRecords: 5_000, maxBytes: 8 * 1024 ** 2 };
/** As a stream from S3 delivers them. */
const blockBytes = 64 * 1024;
const rounds = 7;

/** Speed of the planner over a file of more than 200 MB in memory, on one core. Throws where it does not find every record. */
export function measureSplitting(progress: (words: string) => void): Splitting {
  progress(`generating ${records.toLocaleString("en")} records`);
  const file = generateProducts(records);
  const offset = file.indexOf("\n") + 1;
  const measured: number[] = [];
  // The first round warms up.
  for (let round = 0; round <= rounds; round++) {
    progress(`round ${round} of ${rounds} over ${Math.round(file.length / 1e6)} MB`);
    const seconds = secondsOf(() => {
      split(file, offset);
    });
    if (round > 0) measured.push(seconds);
  }
  return { megabytesPerSecond: rounded((file.length - offset) / 1e6 / median(measured)) };
}

function split(file: Buffer, offset: number): void {
  const planner = new ChunkPlanner({ delimiter: ",", offset, line: 2 }, limits);
  let planned = 0;
  let at = offset;
  const take = (chunks: ReturnType<ChunkPlanner["push"]>) => {
    for (const chunk of chunks) {
      if (chunk.start !== at) throw new Error(`Chunk ${chunk.chunk} begins at ${chunk.start}, not at ${at}.`);
      planned += chunk.records;
      at = chunk.end;
    }
  };
  for (let start = offset; start < file.length; start += blockBytes)
    take(planner.push(file.subarray(start, start + blockBytes)));
  const end = planner.end();
  take(end.chunks);
  if (end.records !== records || planned !== records || at !== file.length)
    throw new Error(`${end.records} records were found and ${planned} planned where ${records} were generated.`);
}
