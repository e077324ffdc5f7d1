import { isPadding } from "#csv/splitter.ts";
import type { Dialect } from "#imports/flow.ts";

const lineFeed = 10;
const carriageReturn = 13;
const quote = 34;
const backslash = 92;

/**
 * The bytes of whole records without the blanks and tabs that stand between a delimiter (or the end of a record) and the quotes
 * of a cell, in front and behind: csv-parse refuses them. Undefined where there are none.
 */
export function withoutPadding(
  bytes: Uint8Array,
  { delimiter: character, escape, ...dialect }: Dialect,
): Buffer | undefined {
  if (dialect.quote === "none") return undefined;
  const delimiter = character.charCodeAt(0);
  const kept = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  /** Where the padding begins that is under way, if any is. */
  let padding = 0;
  let state: "fieldStart" | "text" | "quoted" | "closed" = "fieldStart";
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    const ends = byte === delimiter || byte === lineFeed || byte === carriageReturn;
    if (state === "quoted") {
      kept[length++] = byte;
      const paired = escape === undefined ? byte === quote && bytes[at + 1] === quote : byte === backslash;
      if (paired && at + 1 < bytes.length) kept[length++] = bytes[++at]!;
      else if (byte === quote) [state, padding] = ["closed", length];
      continue;
    }
    if (state === "closed" && ends) length = padding;
    if (state === "fieldStart" && byte === quote) [state, length] = ["quoted", padding];
    else if (!ends && !(state !== "text" && isPadding(byte, delimiter))) state = "text";
    kept[length++] = byte;
    if (ends) [state, padding] = ["fieldStart", length];
  }
  if (state === "closed") length = padding;
  return length === bytes.length ? undefined : kept.subarray(0, length);
}
