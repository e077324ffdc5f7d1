import type { ParsedRecord } from "#csv/parse.ts";
import { unguard } from "#csv/spreadsheet-safe.ts";
import type { Cell, Position } from "#records/line.ts";
import { Notes } from "#records/notes.ts";
import type { Layout } from "#stages/layout.ts";
import { makeKey, readColumn, readKey, readPattern } from "#stages/read-cell.ts";

/** Reads the keys of a file's records. */
export interface KeyReader {
  /** A key that is made of cells, where the feed says so. */
  readonly make: (cells: readonly Cell[], at: Position, notes: Notes) => string | undefined;
  /**
   * The key of a record that fails as a whole. Where the number of cells is wrong, only a key in the first one is sure: nobody
   * knows which cell is too many or missing. In a sheet every cell stands in its column.
   */
  readonly of: (row: ParsedRecord, at: Position) => string | undefined;
  /** The key of a malformed record, where it stands before the cell that breaks the rules. */
  readonly inFront: (leading: readonly string[], at: Position) => string | undefined;
}

export function keyReader(layout: Layout, file: string): KeyReader {
  const { madeKey, keySource, width, sheet, failedRecords } = layout;
  const make: KeyReader["make"] = (cells, { record }, notes) => {
    // What comes back has the number and the file that it failed with; these ClaimFailures knows.
    if (madeKey!.key.ofFile && failedRecords) return undefined;
    return makeKey(layout, madeKey!.key, cells, { record: String(record), file }, notes);
  };
  const ofRow = (row: readonly string[], at: Position): string | undefined =>
    madeKey ? make(keyCells(layout, row), at, new Notes()) : readKey(layout, row[keySource] ?? "", new Notes());
  const sources = madeKey ? madeKey.sources : [keySource];
  return {
    make,
    of: (row, at) => {
      if (!Array.isArray(row)) return undefined;
      const sure = row.length === width || sheet !== undefined || sources.every((source) => source === 0);
      return sure ? ofRow(row, at) : undefined;
    },
    inFront: (leading, at) => {
      if (sources.some((source) => leading[source] === undefined)) return undefined;
      return ofRow(failedRecords ? leading.map(unguard) : leading, at);
    },
  };
}

/** The cells that a key is made of, each in its place. */
function keyCells(layout: Layout, row: readonly string[]): Cell[] {
  const { madeKey, sources, patterns } = layout;
  const notes = new Notes();
  const cells: Cell[] = [];
  for (const { index } of madeKey!.key.columns) {
    const source = sources[index]!;
    const pattern = source < 0 ? patterns.find((one) => one.index === index) : undefined;
    cells[index] = pattern
      ? readPattern(withinRow(pattern, row), row, notes)
      : row[source] === undefined
        ? null
        : readColumn(layout, index, row[source], notes);
  }
  return cells;
}

function withinRow(pattern: Layout["patterns"][number], row: readonly string[]): Layout["patterns"][number] {
  return { ...pattern, columns: pattern.columns.filter(({ source }) => row[source] !== undefined) };
}
