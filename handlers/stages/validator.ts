import type { RecordError } from "#errors/catalogue.ts";
import type { Feed } from "#feeds/compile.ts";
import type { Line } from "#records/line.ts";
import { failLine } from "#stages/fail-line.ts";

/** Holds a product to the product schema and to the rules of its feed; one that breaks several is told all. */
export function validator(feed: Feed, line: Line): Line {
  if (line.kind !== "mapped") return line;
  const errors: RecordError[] = [];
  for (const rule of feed.rules) rule(line.product, errors);
  return errors.length > 0 ? failLine(line, line.key, errors) : line;
}
