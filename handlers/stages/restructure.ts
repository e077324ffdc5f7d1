import { leadingCells } from "#csv/leading-cells.ts";
import { isComment, isMalformed, type ParsedRecord } from "#csv/parse.ts";
import { unguard } from "#csv/spreadsheet-safe.ts";
import type { RecordError } from "#errors/catalogue.ts";
import { NotConserved } from "#errors/infrastructure.ts";
import { identityOf } from "#failures/identity.ts";
import { namesNone } from "#failures/returned-row.ts";
import type { Feed } from "#feeds/compile.ts";
import type { Dialect, SheetRef } from "#imports/flow.ts";
import type { Cell, Line, Position } from "#records/line.ts";
import { isBlankRow } from "#records/is-blank-row.ts";
import { allWarnings, Notes } from "#records/notes.ts";
import { fileNameOf } from "#imports/file-name.ts";
import { failLine } from "#stages/fail-line.ts";
import { isLeftOut, layOut, type FailedRecordsLayout, type Layout } from "#stages/layout.ts";
import { keyReader, type KeyReader } from "#stages/key-reader.ts";
import { readCell, readColumn, readKey, readPattern } from "#stages/read-cell.ts";
import { malformed, oversized, ragged, stillRaw, strayCell } from "#stages/row-faults.ts";

export interface RestructureOptions {
  /** A record of more bytes fails. */
  readonly maxRecordBytes: number;
  /** Where the file is a workbook's twin. */
  readonly sheet?: SheetRef | undefined;
  /** Whether the file has no header, and the feed names its columns. */
  readonly headless?: boolean;
  /** The file's key or name, for keys that are made of it. */
  readonly file?: string;
  /** How the file writes its cells; as the feed says where it is not given. */
  readonly dialect?: Dialect;
}

/**
 * Aligns the cells of each record with the header by name, puts them into the order of the feed's columns, and cleanses them:
 * one line for each row. `rows` are those of `parseRecords`, one for each position. Data errors become failed lines that carry
 * the key wherever it is known.
 */
export function restructure(
  feed: Feed,
  header: readonly string[],
  rows: readonly ParsedRecord[],
  positions: readonly Position[],
  options: RestructureOptions,
): Line[] {
  if (rows.length !== positions.length) {
    throw new NotConserved(`Restructure was given ${rows.length} records for ${positions.length} positions.`);
  }
  const layout = layOut(feed, header, options.sheet, options.headless);
  const keys = keyReader(layout, fileNameOf(options.file ?? ""));
  const restructureRow = rowReader(feed.name, layout, keys, options.maxRecordBytes);
  const dialect = options.dialect ?? { ...feed.dialect, delimiter: feed.dialect.delimiter ?? "," };
  return rows.map((row, index) => {
    const line = restructureRow(row, positions[index]!);
    if (line.kind !== "failed" || !isMalformed(row) || row.raw.length > options.maxRecordBytes) return line;
    const leading = leadingCells(row.raw, dialect);
    if (!layout.failedRecords && isLeftOut(layout, leading)) return { kind: "leftOut", ...positions[index]! };
    return failLine(line, keys.inFront(leading, line), line.errors);
  });
}

type ReadRow = (row: ParsedRecord, position: Position) => Line;

function rowReader(feed: string, layout: Layout, keys: KeyReader, maxRecordBytes: number): ReadRow {
  const { failedRecords } = layout;
  if (failedRecords) return returnedRowReader(feed, layout, keys, failedRecords, maxRecordBytes);
  return (row, position) => {
    const bytes = position.at[1];
    return bytes > maxRecordBytes && !holdsNothing(row)
      ? oversized(position, keys.of(row, position), bytes, maxRecordBytes, layout.sheet)
      : readRow(layout, keys, row, position);
  };
}

/** Reads the rows of a failed-records CSV that came back: each is a failure on its way back in, or is refused. */
function returnedRowReader(
  feed: string,
  layout: Layout,
  keys: KeyReader,
  { failure, raw, originals }: FailedRecordsLayout,
  maxRecordBytes: number,
): ReadRow {
  const read: ReadRow = (row, at) => {
    if (!Array.isArray(row)) return readRow(layout, keys, row, at);
    const cells = row.map(unguard);
    const original = originals.map((source) => cells[source] ?? "");
    const lined = cells.length === layout.width;
    // What the bookkeeping adds does not make a record oversized that was not.
    const bytes = lined ? Math.min(at.at[1], Buffer.byteLength(original.join(","))) : at.at[1];
    if (bytes > maxRecordBytes && !holdsNothing(cells))
      return oversized(at, keys.of(cells, at), bytes, maxRecordBytes, layout.sheet);
    const text = cells[raw] ?? "";
    if (lined && isBlankRow(original) && at.failure) return hasCells(text) ? stillRaw(at, text) : blank(at);
    return readRow(layout, keys, cells, at);
  };
  return (row, position) => {
    const id = isComment(row) ? undefined : identityOf(row, failure, layout.width);
    const line = read(row, id === undefined ? position : { ...position, failure: { id } });
    if (line.kind !== "failed" || id !== undefined) return line;
    return failLine(line, line.key, [namesNone(feed), ...line.errors]);
  };
}

/** Whether the text of a record that did not line up has anything in it. */
function hasCells(raw: string): boolean {
  return /[^\s,;|"]/.test(raw);
}

/** Whether nothing is lost in a record of more bytes than it may have. One that was too large to be read looks like an empty line. */
function holdsNothing(row: ParsedRecord): boolean {
  if (!Array.isArray(row)) return isComment(row);
  return isBlankRow(row) && !(row.length === 1 && row[0] === "");
}

function readRow(layout: Layout, keys: KeyReader, row: ParsedRecord, position: Position): Line {
  if (!Array.isArray(row)) {
    return isComment(row) ? { kind: "leftOut", ...position } : failLine(position, undefined, [malformed(row)]);
  }
  if (isEmpty(row[layout.keySource]) && isBlankRow(row)) return blank(position);
  if (layout.leaveOut.length > 0 && isLeftOut(layout, row)) return { kind: "leftOut", ...position };
  if (row.length !== layout.width) {
    return failLine(position, keys.of(row, position), [raggedRow(layout, row, position)]);
  }

  const { sources, keyIndex } = layout;
  const notes = new Notes();
  let key = layout.madeKey ? undefined : readKey(layout, row[layout.keySource] ?? "", notes);
  const cells: Cell[] = [];
  for (let i = 0; i < sources.length; i++) {
    const source = sources[i]!;
    if (i === keyIndex) cells.push(key ?? null);
    else cells.push(source < 0 ? null : readColumn(layout, i, row[source]!, notes));
  }
  for (const pattern of layout.patterns) cells[pattern.index] = readPattern(pattern, row, notes);
  if (layout.madeKey) key = keys.make(cells, position, notes);
  const extra = layout.extras.length > 0 ? extraOf(layout, row, notes) : undefined;
  const warnings = allWarnings(position.warnings, notes.warnings);
  if (notes.errors.length > 0) return failLine({ ...position, ...(warnings && { warnings }) }, key, notes.errors);

  const { record, line, at, failure } = position;
  const { unreadable } = notes;
  if (failure === undefined && extra === undefined && warnings === undefined && unreadable === undefined)
    return { kind: "restructured", record, line, at, key: key!, cells };
  return {
    kind: "restructured",
    record,
    line,
    at,
    ...(failure !== undefined && { failure }),
    ...(warnings && { warnings }),
    key: key!,
    cells,
    ...(extra && { extra }),
    ...(unreadable && { unreadable }),
  };
}

function raggedRow({ width, sheet, headless }: Layout, row: readonly string[], { line }: Position): RecordError {
  return sheet && row.length > width
    ? strayCell(row, width, line, sheet, headless)
    : ragged(row.length, width, headless);
}

function blank({ record, line, at, failure }: Position): Line {
  return { kind: "blank", record, line, at, ...(failure && { failure }) };
}

function isEmpty(cell: string | undefined): boolean {
  return cell === undefined || cell === "" || cell.trim() === "";
}

function extraOf({ extras }: Layout, row: readonly string[], notes: Notes): Record<string, string> | undefined {
  let extra: Record<string, string> | undefined;
  for (const { name, source } of extras) {
    const cell = readCell(name, row[source]!, undefined, notes);
    if (cell !== null) (extra ??= {})[name] = cell as string;
  }
  return extra;
}
