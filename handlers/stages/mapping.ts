import type { RecordError } from "#errors/catalogue.ts";
import type { Feed } from "#feeds/compile.ts";
import type { Line } from "#records/line.ts";
import { failLine } from "#stages/fail-line.ts";

/** Makes a product of a restructured record, or a failed line that names everything that could not be mapped. */
export function mapping(feed: Feed, line: Line): Line {
  if (line.kind !== "restructured") return line;
  const errors: RecordError[] = [];
  const { record, line: physical, at, failure, warnings } = line;
  const key = line.key!;
  const product = feed.toProduct(key, line.cells, line.extra, errors);
  if (errors.length > 0) return failLine(line, key, errors);
  if (failure === undefined && warnings === undefined)
    return { kind: "mapped", record, line: physical, at, key, product };
  const more = { ...(failure && { failure }), ...(warnings && { warnings }) };
  return { kind: "mapped", record, line: physical, at, ...more, key, product };
}
