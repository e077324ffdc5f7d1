import { headerOf } from "#csv/header.ts";
import { isMalformed, parseRecord } from "#csv/parse.ts";
import { unguard } from "#csv/spreadsheet-safe.ts";
import type { Original } from "#failures/dead-letter.ts";
import type { Dialect } from "#imports/flow.ts";
import type { Position } from "#records/line.ts";

/** Bytes of a record that is shown; a larger one is told by its place, for no spreadsheet could show it. */
export const largestShown = 1024 ** 2;

/**
 * What the bytes of a record say: its cells where they line up with the header's, else its raw text. `bytes` begin at `offset`
 * in the file. The cells of a failed-records CSV that came back are those it was made of, without the guard before them.
 */
export function originalOf(
  bytes: Buffer,
  offset: number,
  { at: [start, length] }: Pick<Position, "at">,
  header: readonly string[],
  dialect: Dialect,
): Original {
  if (length > largestShown) return { raw: `(${length} bytes from byte ${start} of the archived copy)` };
  const raw = bytes.toString("utf8", start - offset, start - offset + length);
  const cells = parseRecord(raw, dialect);
  if (isMalformed(cells) || cells.length !== header.length) return { raw };
  return { cells: headerOf(header).failedRecords ? cells.map(unguard) : cells };
}
