import type { Feed } from "#feeds/compile.ts";
import type { Line } from "#records/line.ts";
import { allWarnings, Notes } from "#records/notes.ts";
import { failLine } from "#stages/fail-line.ts";

/** Makes a product of a restructured record, or a failed line that names everything that could not be mapped. */
export function mapping(feed: Feed, line: Line): Line {
  if (line.kind !== "restructured") return line;
  const notes = new Notes();
  if (line.unreadable) notes.unreadable = [...line.unreadable];
  const { record, line: physical, at, failure } = line;
  const key = line.key!;
  const product = feed.toProduct(key, line, notes);
  const warnings = allWarnings(line.warnings, notes.warnings);
  if (notes.errors.length > 0) return failLine({ ...line, ...(warnings && { warnings }) }, key, notes.errors);
  const { imagesFrom } = notes;
  if (failure === undefined && warnings === undefined && imagesFrom === undefined)
    return { kind: "mapped", record, line: physical, at, key, product };
  const more = { ...(failure && { failure }), ...(warnings && { warnings }), ...(imagesFrom && { imagesFrom }) };
  return { kind: "mapped", record, line: physical, at, ...more, key, product };
}
