import type { Feed } from "#feeds/compile.ts";
import type { Line, MappedLine } from "#records/line.ts";
import { allWarnings, Notes } from "#records/notes.ts";
import { failLine } from "#stages/fail-line.ts";

/** Holds a product to the product schema and to the rules of its feed; one that breaks several is told all. */
export function validator(feed: Feed, line: Line): Line {
  if (line.kind !== "mapped") return line;
  const notes = new Notes();
  notes.imagesFrom = line.imagesFrom;
  for (const rule of feed.rules) rule(line.product, notes);
  const warnings = allWarnings(line.warnings, notes.warnings);
  const told = warnings === line.warnings ? checked(line) : { ...checked(line), warnings: warnings! };
  return notes.errors.length > 0 ? failLine(told, line.key, notes.errors) : told;
}

/** The line without what only this stage asks for. */
function checked(line: MappedLine): MappedLine {
  if (line.imagesFrom === undefined) return line;
  const { imagesFrom: _told, ...rest } = line;
  return rest;
}
