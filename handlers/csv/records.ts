import { groupingOf, largestGroup, RowJudge, type Grouping } from "#csv/groups.ts";
import { RecordSplitter } from "#csv/splitter.ts";
import { rowOf } from "#csv/sheet-place.ts";
import type { Chunk, Dialect, SheetRef, TableRef } from "#imports/flow.ts";
import type { Position, RowPosition } from "#records/line.ts";

/** Where a run of whole records begins in its file: what a Chunk says of itself, and what is known of the table. */
export interface RunStart
  extends Dialect, Pick<TableRef, "group" | "starts" | "columns" | "identity" | "sheet">, Pick<Chunk, "behind"> {
  /** Offset in the file of the first of the bytes. */
  readonly offset: number;
  readonly firstRecord: number;
  readonly firstLine: number;
}

/** Positions of all records in the bytes of a chunk; offsets are those of the file, line breaks excluded. */
export function recordsOf(bytes: Uint8Array, start: RunStart): Position[] {
  const rows = physicalRows(bytes, start);
  const grouping = groupingOf(start);
  return grouping ? grouped(bytes, rows, start, grouping) : rows;
}

/** The rows of which records consist: those of groups one by one. */
export function rowsOfAll(positions: readonly Position[]): readonly RowPosition[] {
  return positions.some(({ rows }) => rows !== undefined)
    ? positions.flatMap((position): readonly RowPosition[] => position.rows ?? [position])
    : positions;
}

/** The records of a workbook's twin, with the rows of the sheet for lines. */
export function inSheet(
  sheet: SheetRef,
  positions: readonly Position[],
  { firstRecord, firstRow = firstRecord }: Pick<Chunk, "firstRecord" | "firstRow">,
): Position[] {
  let row = rowOf(sheet, firstRow);
  return positions.map((position) => {
    const { rows } = position;
    const first = row;
    row += rows?.length ?? 1;
    return { ...position, line: first, ...(rows && { rows: rows.map(({ at }, i) => ({ line: first + i, at })) }) };
  });
}

function physicalRows(bytes: Uint8Array, start: RunStart): Position[] {
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

function grouped(bytes: Uint8Array, rows: readonly Position[], start: RunStart, grouping: Grouping): Position[] {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const judge = new RowJudge(grouping, start.behind);
  const positions: Position[] = [];
  let open: RowPosition[] = [];
  let behind: number | undefined;
  /** Rows without anything in them, of which the next row says whose they are. */
  let pending: RowPosition[] = [];
  const add = (own: readonly RowPosition[]): void => {
    const record = start.firstRecord + positions.length;
    positions.push(recordOf(record, own, behind));
    behind = undefined;
  };
  const end = (): void => {
    if (open.length > 0) add(open);
    for (const row of pending) add([row]);
    [open, pending] = [[], []];
  };
  for (const { line, at } of rows) {
    const from = at[0] - start.offset;
    const row = file.subarray(from, from + Math.min(at[1], largestGroup));
    const kind = judge.next(row, line, at[1] <= largestGroup);
    if (kind === "blank" || kind === "comment") {
      pending.push({ line, at });
    } else if (kind === "start") {
      end();
      open = [{ line, at }];
      behind = judge.behind;
    } else {
      for (const one of pending) open.push(one);
      open.push({ line, at });
      pending = [];
    }
  }
  end();
  return positions;
}

function recordOf(record: number, rows: readonly RowPosition[], behind: number | undefined): Position {
  const first = rows[0]!;
  const doubt = behind !== undefined && { behind };
  if (rows.length === 1) return { record, ...first, ...doubt };
  const [offset, length] = rows.at(-1)!.at;
  return { record, line: first.line, at: [first.at[0], offset + length - first.at[0]], rows, ...doubt };
}
