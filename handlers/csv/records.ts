import { RecordSplitter } from "#csv/splitter.ts";
import type { Dialect } from "#imports/flow.ts";
import type { Position } from "#records/line.ts";

/** Where a run of whole records begins in its file: what a Chunk says of itself, and the dialect. */
export interface RunStart extends Dialect {
  /** Offset in the file of the first of the bytes. */
  readonly offset: number;
  readonly firstRecord: number;
  readonly firstLine: number;
}

/** Positions of all records in the bytes of a chunk; offsets are those of the file, line breaks excluded. */
export function recordsOf(bytes: Uint8Array, start: RunStart): Position[] {
  const splitter = new RecordSplitter({ ...start, line: start.firstLine });
  const positions: Position[] = [];
  let record = start.firstRecord;
  let line = start.firstLine;
  let offset = start.offset;
  const take = (ended: number): void => {
    for (let i = 0; i < ended; i++) {
      const next = splitter.nexts[i]!;
      positions.push({ record, line, at: [offset, next - splitter.breaks[i]! - offset] });
      record++;
      line = splitter.lines[i]!;
      offset = next;
    }
  };
  take(splitter.scan(bytes));
  take(splitter.end());
  return positions;
}
