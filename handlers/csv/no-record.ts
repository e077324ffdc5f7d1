import { isMalformed, parseRecord } from "#csv/parse.ts";
import type { Dialect } from "#imports/flow.ts";
import { isBlankRow } from "#records/is-blank-row.ts";

/** What bytes are that stand where a record could and hold none: `blank`, or `leftOut` where they are a comment of the dialect. */
export function noRecord(bytes: Buffer, dialect: Dialect): "blank" | "leftOut" | undefined {
  if (dialect.comment !== undefined && bytes[0] === dialect.comment.charCodeAt(0)) return "leftOut";
  return isBlankRecord(bytes, dialect) ? "blank" : undefined;
}

/** Whether the bytes of one record make a blank row. Looks no further than the first byte that a blank row cannot have. */
export function isBlankRecord(bytes: Buffer, dialect: Dialect): boolean {
  const delimiter = dialect.delimiter.charCodeAt(0);
  for (const byte of bytes) {
    const mayBeBlank = byte <= space || byte === delimiter || byte === quote || byte >= firstBeyondAscii;
    if (!mayBeBlank) return false;
  }
  const cells = parseRecord(bytes.toString("utf8"), dialect);
  return !isMalformed(cells) && isBlankRow(cells);
}

const space = 0x20;
const quote = 0x22;
const firstBeyondAscii = 0x80;
