import { isComment, type ParsedRecord } from "#csv/parse.ts";
import type { RecordError } from "#errors/catalogue.ts";
import type { Line, Position, RestructuredLine, RestructuredRow, RowPosition } from "#records/line.ts";
import { allWarnings } from "#records/notes.ts";
import type { RecordWarning } from "#warnings/catalogue.ts";
import { failLine } from "#stages/fail-line.ts";
import { incompleteGroup } from "#stages/row-faults.ts";

/** Whether the key must stand in a row, may, or stands in a row above already. */
export type KeyIn = "this" | "maybe" | "above";

/** Reads one row, as the record that stands there. */
export type ReadRow = (row: ParsedRecord, at: Position, keyIn?: KeyIn) => Line;

/** What is asked of a record of several rows before they are read one by one: a line, where that says what becomes of it. */
export type ReadWhole = (
  rows: readonly ParsedRecord[],
  at: Position,
  places: readonly RowPosition[],
) => Line | Position;

/**
 * One line for each record where these are groups: that of its first row, with the other rows in it. A record fails as a whole by any
 * of its rows, and so does one whose first row may be one of the record above that cannot be read.
 */
export function restructureGroups(
  rows: readonly ParsedRecord[],
  positions: readonly Position[],
  readRow: ReadRow,
  readWhole: ReadWhole,
): Line[] {
  let next = 0;
  let isAboveFailed = true;
  return positions.map(({ rows: places, behind, ...at }) => {
    const own = rows.slice(next, (next += places?.length ?? 1));
    const read = places ? readGroup(own, at, places, readRow, readWhole) : readRow(own[0]!, at);
    // Where the record above is stored, or left out, nothing in it was one of this record.
    const line = behind !== undefined && isAboveFailed ? inDoubt(read, behind) : read;
    if (line.kind !== "blank" && !own.every(isComment)) isAboveFailed = line.kind === "failed";
    return line;
  });
}

function inDoubt(line: Line, behind: number): Line {
  if (line.kind !== "restructured" && line.kind !== "failed") return line;
  return failLine(line, line.key, [incompleteGroup(behind), ...(line.kind === "failed" ? line.errors : [])]);
}

function readGroup(
  rows: readonly ParsedRecord[],
  position: Position,
  places: readonly RowPosition[],
  readRow: ReadRow,
  readWhole: ReadWhole,
): Line {
  const whole = readWhole(rows, position, places);
  if ("kind" in whole) return whole;
  const { record } = position;
  const { failure } = whole;
  const at = (index: number): Position => ({ record, ...places[index]!, ...(failure && { failure }) });
  let key: string | undefined;
  const lines = rows.map((row, index) => {
    const line = readRow(row, at(index), key === undefined ? "maybe" : "above");
    if (line.kind === "restructured" || line.kind === "failed") key ??= line.key;
    return line;
  });
  const first = lines.findIndex(({ kind }) => kind === "restructured");
  if (key === undefined && first >= 0 && !lines.some(({ kind }) => kind === "failed")) {
    lines[first] = readRow(rows[first]!, at(first), "this");
  }
  return joined(whole, key, lines);
}

/** The rows of a record as one line. Those that are blank or left out say nothing, unless all of them are. */
function joined({ record, line, at, failure }: Position, key: string | undefined, rows: readonly Line[]): Line {
  let warnings: readonly RecordWarning[] | undefined;
  const errors: RecordError[] = [];
  const kept: RestructuredLine[] = [];
  for (const row of rows) {
    warnings = allWarnings(
      warnings,
      row.warnings?.map((warning) => ({ ...warning, line: row.line })),
    );
    if (row.kind === "restructured") kept.push(row);
    if (row.kind === "failed") errors.push(...row.errors.map((error) => ({ ...error, line: row.line })));
  }
  const position = { record, line, at, ...(failure && { failure }) };
  const told = { ...position, ...(warnings && { warnings }) };
  if (errors.length > 0) return failLine(told, key, errors);
  const [first, ...others] = kept;
  if (first === undefined)
    return { kind: rows.some(({ kind }) => kind === "leftOut") ? "leftOut" : "blank", ...position };
  const { cells, extra, unreadable } = first;
  return {
    kind: "restructured",
    ...told,
    ...(key !== undefined && { key }),
    cells,
    ...(extra && { extra }),
    ...(unreadable && { unreadable }),
    ...(others.length > 0 && { more: others.map(furtherRow) }),
  };
}

function furtherRow({ line, cells, extra, unreadable }: RestructuredLine): RestructuredRow {
  return { line, cells, ...(extra && { extra }), ...(unreadable && { unreadable }) };
}
