import { leadingCells } from "#csv/leading-cells.ts";
import { isComment, isMalformed, type Comment, type ParsedRecord } from "#csv/parse.ts";
import { rowsOfAll } from "#csv/records.ts";
import { unguard } from "#csv/spreadsheet-safe.ts";
import type { RecordError } from "#errors/catalogue.ts";
import { NotConserved } from "#errors/infrastructure.ts";
import { firstIdentity, identityOf } from "#failures/identity.ts";
import { namesNone } from "#failures/returned-row.ts";
import type { Feed } from "#feeds/compile.ts";
import { shownText } from "#feeds/spreadsheet-text.ts";
import type { Dialect, SheetRef } from "#imports/flow.ts";
import type { Cell, Line, Position } from "#records/line.ts";
import { isBlankRow } from "#records/is-blank-row.ts";
import { allWarnings, Notes } from "#records/notes.ts";
import { fileNameOf } from "#imports/file-name.ts";
import { failLine } from "#stages/fail-line.ts";
import { isLeftOut, layOut, type FailedRecordsLayout, type Layout } from "#stages/layout.ts";
import { keyReader, type KeyReader } from "#stages/key-reader.ts";
import { readCell, readColumn, readKey, readOtherKey, readPattern } from "#stages/read-cell.ts";
import { restructureGroups, type KeyIn, type ReadRow, type ReadWhole } from "#stages/restructure-group.ts";
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
 * one line for each record. `rows` are those of `parseRecords`, one for each row of the positions. Data errors become failed lines that carry
 * the key wherever it is known.
 */
export function restructure(
  feed: Feed,
  header: readonly string[],
  rows: readonly ParsedRecord[],
  positions: readonly Position[],
  options: RestructureOptions,
): Line[] {
  const places = rowsOfAll(positions).length;
  if (rows.length !== places)
    throw new NotConserved(`Restructure was given ${rows.length} rows for ${places} positions.`);
  const layout = layOut(feed, header, options.sheet, options.headless);
  const keys = keyReader(layout, fileNameOf(options.file ?? ""));
  const restructureRow = rowReader(feed.name, layout, keys, options.maxRecordBytes);
  const dialect = options.dialect ?? { ...feed.dialect, delimiter: feed.dialect.delimiter ?? "," };
  const read: ReadRow = (row, position, keyIn) => {
    const line = restructureRow(row, position, keyIn);
    if (line.kind !== "failed" || !isMalformed(row) || row.raw.length > options.maxRecordBytes) return line;
    const leading = leadingCells(row.raw, dialect);
    if (!layout.failedRecords && isLeftOut(layout, leading)) return { kind: "leftOut", ...position };
    return failLine(line, keys.inFront(leading, line), line.errors);
  };
  if (feed.group === undefined) return rows.map((row, index) => read(row, positions[index]!));
  return restructureGroups(rows, positions, read, wholeReader(layout, keys, options.maxRecordBytes));
}

/** Looks at a record of several rows as a whole: at its size, and at the failure that it reprocesses. */
function wholeReader(layout: Layout, keys: KeyReader, maxRecordBytes: number): ReadWhole {
  const { failedRecords, width, sheet } = layout;
  return (rows, at, places) => {
    const id = failedRecords && firstIdentity(rows.filter(isNoComment), failedRecords.failure, width);
    const position = id === undefined ? at : { ...at, failure: { id } };
    const cells = (row: ParsedRecord): ParsedRecord => (failedRecords && Array.isArray(row) ? row.map(unguard) : row);
    const sizes = rows.map((row, index) => rowBytes(layout, cells(row), places[index]!.at[1]));
    const bytes = failedRecords ? Math.min(at.at[1], sum(sizes)) : at.at[1];
    if (bytes <= maxRecordBytes || rows.every((row) => holdsNothing(cells(row)))) return position;
    const key = rows.map((row) => keys.of(cells(row), position)).find((one) => one !== undefined);
    return oversized(position, key, bytes, maxRecordBytes, sheet, true);
  };
}

/** Bytes of a row; what the bookkeeping adds does not make a record oversized that was not. */
function rowBytes({ failedRecords, width }: Layout, row: ParsedRecord, length: number): number {
  if (!failedRecords || !Array.isArray(row) || row.length !== width) return length;
  const original = failedRecords.originals.map((source) => row[source]!);
  return Math.min(length, Buffer.byteLength(original.join(",")));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}

function isNoComment(row: ParsedRecord): row is Exclude<ParsedRecord, Comment> {
  return !isComment(row);
}

function rowReader(feed: string, layout: Layout, keys: KeyReader, maxRecordBytes: number): ReadRow {
  const { failedRecords } = layout;
  if (failedRecords) return returnedRowReader(feed, layout, keys, failedRecords, maxRecordBytes);
  return (row, position, keyIn) => {
    const bytes = position.at[1];
    return bytes > maxRecordBytes && !holdsNothing(row)
      ? oversized(position, keys.of(row, position), bytes, maxRecordBytes, layout.sheet)
      : readRow(layout, keys, row, position, keyIn);
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
  const read: ReadRow = (row, at, keyIn) => {
    if (!Array.isArray(row)) return readRow(layout, keys, row, at, keyIn);
    const cells = row.map(unguard);
    const original = originals.map((source) => cells[source] ?? "");
    const lined = cells.length === layout.width;
    const bytes = rowBytes(layout, cells, at.at[1]);
    if (bytes > maxRecordBytes && !holdsNothing(cells))
      return oversized(at, keys.of(cells, at), bytes, maxRecordBytes, layout.sheet);
    const text = cells[raw] ?? "";
    if (lined && isBlankRow(original) && at.failure) return hasCells(text) ? stillRaw(at, text) : blank(at);
    return readRow(layout, keys, cells, at, keyIn);
  };
  return (row, position, keyIn) => {
    // A row of several has the identity of their record.
    const id = position.failure?.id ?? (isComment(row) ? undefined : identityOf(row, failure, layout.width));
    const line = read(row, id === undefined ? position : { ...position, failure: { id } }, keyIn);
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

function readRow(layout: Layout, keys: KeyReader, row: ParsedRecord, position: Position, keyIn: KeyIn = "this"): Line {
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
  let key = layout.madeKey ? undefined : readKeyIn(layout, row[layout.keySource] ?? "", keyIn, notes);
  const cells: Cell[] = [];
  for (let i = 0; i < sources.length; i++) {
    const source = sources[i]!;
    if (i === keyIndex) cells.push(key ?? null);
    else cells.push(source < 0 ? null : readColumn(layout, i, row[source]!, notes));
  }
  for (const pattern of layout.patterns) cells[pattern.index] = readPattern(pattern, row, notes);
  if (layout.madeKey) key = makeKeyIn(keys, cells, position, keyIn, notes);
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

/** The key of a row; where a row above has that of the record, it is a cell like any other. */
function readKeyIn(layout: Layout, text: string, keyIn: KeyIn, notes: Notes): string | undefined {
  if (keyIn !== "this" && isEmpty(shownText(text))) return undefined;
  return keyIn === "above" ? readOtherKey(layout, text, notes) : readKey(layout, text, notes);
}

/** The key of a row, where it is made of cells. */
function makeKeyIn(keys: KeyReader, cells: Cell[], at: Position, keyIn: KeyIn, notes: Notes): string | undefined {
  if (keyIn === "this") return keys.make(cells, at, notes);
  if (keyIn === "above") return undefined;
  const own = new Notes();
  const key = keys.make(cells, at, own);
  if (key !== undefined) for (const warning of own.warnings ?? []) notes.warn(warning);
  return key;
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
