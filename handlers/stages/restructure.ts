import { isMalformed, type Malformed } from "#csv/parse.ts";
import { unguard } from "#csv/spreadsheet-safe.ts";
import type { RecordError } from "#errors/catalogue.ts";
import { NotConserved } from "#errors/infrastructure.ts";
import type { Feed } from "#feeds/compile.ts";
import type { Cell, Line, Position } from "#records/line.ts";
import { isBlankRow } from "#records/is-blank-row.ts";
import { failLine } from "#stages/fail-line.ts";
import { isLeftOut, layOut, type Layout } from "#stages/layout.ts";
import { malformed, missingKey, oversized, ragged, stillRaw } from "#stages/row-faults.ts";

export interface RestructureOptions {
  /** A record of more bytes fails. */
  readonly maxRecordBytes: number;
}

/**
 * Aligns the cells of each record with the header by name, puts them into the order of the feed's columns, and cleanses them:
 * one line for each row. `rows` are those of `parseRecords`, one for each position. Data errors become failed lines that carry
 * the key wherever it is known.
 */
export function restructure(
  feed: Feed,
  header: readonly string[],
  rows: readonly (string[] | Malformed)[],
  positions: readonly Position[],
  options: RestructureOptions,
): Line[] {
  if (rows.length !== positions.length) {
    throw new NotConserved(`Restructure was given ${rows.length} records for ${positions.length} positions.`);
  }
  const restructureRow = rowReader(layOut(feed, header), options.maxRecordBytes);
  return rows.map((row, index) => restructureRow(row, positions[index]!));
}

type ReadRow = (row: string[] | Malformed, position: Position) => Line;

function rowReader(layout: Layout, maxRecordBytes: number): ReadRow {
  const { failedRecords } = layout;
  if (!failedRecords) {
    return (row, position) => {
      const bytes = position.at[1];
      return bytes > maxRecordBytes
        ? oversized(position, keyOf(layout, row), bytes, maxRecordBytes)
        : readRow(layout, row, position);
    };
  }
  return (row, position) => {
    if (isMalformed(row)) return readRow(layout, row, position);
    const cells = row.map(unguard);
    const originals = failedRecords.originals.map((source) => cells[source] ?? "");
    const failure = cells[failedRecords.failure];
    const at: Position = failure ? { ...position, failure: { id: failure } } : position;
    // What the bookkeeping adds does not make a record oversized that was not.
    const bytes = Math.min(position.at[1], Buffer.byteLength(originals.join(",")));
    if (bytes > maxRecordBytes) return oversized(at, keyOf(layout, cells), bytes, maxRecordBytes);
    const raw = cells[failedRecords.raw];
    const isRaw = raw && cells.length === layout.width && isBlankRow(originals);
    return isRaw ? stillRaw(at, raw) : readRow(layout, cells, at);
  };
}

function readRow(layout: Layout, row: string[] | Malformed, position: Position): Line {
  if (isMalformed(row)) return failLine(position, undefined, [malformed(row)]);
  if (isEmpty(row[layout.keySource]) && isBlankRow(row)) {
    const { record, line, at } = position;
    return { kind: "blank", record, line, at };
  }
  if (layout.leaveOut.length > 0 && isLeftOut(layout, row)) return { kind: "leftOut", ...position };
  if (row.length !== layout.width) {
    return failLine(position, keyOf(layout, row), [ragged(row.length, layout.width)]);
  }

  const { sources, cleansings } = layout;
  const cells: Cell[] = [];
  const errors: RecordError[] = [];
  for (let i = 0; i < sources.length; i++) {
    const source = sources[i]!;
    const text = source < 0 ? "" : row[source]!;
    const cleanse = cleansings[i];
    cells.push(cleanse === undefined ? (text === "" ? null : text) : source < 0 ? null : cleanse(text, errors));
  }
  const key = asKey(cells[layout.keyIndex]);
  if (key === undefined) errors.unshift(missingKey(layout.keyColumn));
  if (errors.length > 0) return failLine(position, key, errors);

  const { record, line, at, failure } = position;
  const extra = layout.extras.length > 0 ? extraOf(layout, row) : undefined;
  if (failure === undefined && extra === undefined) return { kind: "restructured", record, line, at, key: key!, cells };
  return {
    kind: "restructured",
    record,
    line,
    at,
    ...(failure !== undefined && { failure }),
    key: key!,
    cells,
    ...(extra && { extra }),
  };
}

/**
 * The key of a record that fails as a whole. Where the number of cells is wrong, only a key in the first one is sure: nobody
 * knows which cell is too many or missing.
 */
function keyOf({ keySource, keyIndex, width, cleansings }: Layout, row: string[] | Malformed): string | undefined {
  if (isMalformed(row) || (row.length !== width && keySource !== 0)) return undefined;
  const text = row[keySource] ?? "";
  const cleanse = cleansings[keyIndex];
  return asKey(cleanse ? cleanse(text, []) : text);
}

function asKey(cell: Cell | undefined): string | undefined {
  return typeof cell === "string" && cell.trim() !== "" ? cell : undefined;
}

function isEmpty(cell: string | undefined): boolean {
  return cell === undefined || cell === "" || cell.trim() === "";
}

function extraOf({ extras }: Layout, row: readonly string[]): Record<string, string> | undefined {
  let extra: Record<string, string> | undefined;
  for (const { name, source } of extras) if (row[source] !== "") (extra ??= {})[name] = row[source]!;
  return extra;
}
