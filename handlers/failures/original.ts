import { isMalformed, parseRecord } from "#csv/parse.ts";
import type { Original } from "#failures/dead-letter.ts";
import type { Position } from "#records/line.ts";

/**
 * What the bytes of a record say: its cells where they line up with the header's `columns`, else its raw text.
 * `bytes` begin at `offset` in the file.
 */
export function originalOf(
  bytes: Buffer,
  offset: number,
  { at: [start, length] }: Pick<Position, "at">,
  columns: number,
  delimiter: string,
): Original {
  const raw = bytes.toString("utf8", start - offset, start - offset + length);
  const cells = parseRecord(raw, delimiter);
  return isMalformed(cells) || cells.length !== columns ? { raw } : { cells };
}
