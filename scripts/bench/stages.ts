import { parse } from "csv-parse/sync";
import { parseRecord, parseRecords, isMalformed } from "#csv/parse.ts";
import { recordsOf } from "#csv/records.ts";
import type { Feed } from "#feeds/compile.ts";
import type { Line } from "#records/line.ts";
import { mapping } from "#stages/mapping.ts";
import { restructure } from "#stages/restructure.ts";
import { validator } from "#stages/validator.ts";

export interface StagesSpeed {
  readonly records: number;
  readonly failed: number;
  readonly recordsPerSecond: number;
  readonly csvParseRecordsPerSecond: number;
  readonly ratio: number;
}

const maxRecordBytes = 1024 * 1024;

/**
 * Speed of the three stages over a CSV with a header on its first line and commas, in chunks of that many records, in process,
 * against csv-parse alone over the same bytes. The best of the rounds counts for both, and they take turns.
 */
export function measureStages(feed: Feed, bytes: Buffer, chunkRecords: number, rounds: number): StagesSpeed {
  const chunks = cut(bytes, chunkRecords);
  const records = chunks.reduce((sum, piece) => sum + piece.records, 0);
  let failed = 0;
  let [stages, alone] = [Infinity, Infinity];
  for (let round = 0; round < rounds; round++) {
    alone = Math.min(
      alone,
      seconds(() => parse(bytes, { columns: true })),
    );
    failed = 0;
    stages = Math.min(
      stages,
      seconds(() => (failed = runStages(feed, headerOf(bytes), chunks))),
    );
  }
  const [recordsPerSecond, csvParseRecordsPerSecond] = [Math.round(records / stages), Math.round(records / alone)];
  return { records, failed, recordsPerSecond, csvParseRecordsPerSecond, ratio: alone / stages };
}

interface Piece {
  readonly bytes: Buffer;
  readonly offset: number;
  readonly records: number;
}

function runStages(feed: Feed, header: string[], chunks: readonly Piece[]): number {
  let failed = 0;
  for (const { bytes, offset } of chunks) {
    const positions = recordsOf(bytes, { delimiter: ",", offset, firstRecord: 1, firstLine: 2 });
    const rows = parseRecords(bytes, positions, { delimiter: ",", offset });
    const restructured = restructure(feed, header, rows, positions, { maxRecordBytes });
    const mapped = restructured.map((line) => mapping(feed, line));
    const validated: Line[] = mapped.map((line) => validator(feed, line));
    for (const line of validated) if (line.kind === "failed") failed++;
  }
  return failed;
}

function headerOf(bytes: Buffer): string[] {
  const cells = parseRecord(bytes.toString("utf8", 0, bytes.indexOf(0x0a)).trimEnd(), ",");
  if (isMalformed(cells)) throw new Error(cells.reason);
  return cells;
}

function cut(bytes: Buffer, chunkRecords: number): Piece[] {
  const offset = bytes.indexOf(0x0a) + 1;
  const all = recordsOf(bytes.subarray(offset), { delimiter: ",", offset, firstRecord: 1, firstLine: 2 });
  const pieces: Piece[] = [];
  for (let first = 0; first < all.length; first += chunkRecords) {
    const start = all[first]!.at[0];
    const end = all[first + chunkRecords]?.at[0] ?? bytes.length;
    pieces.push({
      bytes: bytes.subarray(start, end),
      offset: start,
      records: Math.min(chunkRecords, all.length - first),
    });
  }
  return pieces;
}

function seconds(work: () => unknown): number {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1000;
}
