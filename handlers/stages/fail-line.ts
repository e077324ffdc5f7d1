import type { RecordError } from "#errors/catalogue.ts";
import type { FailedLine, Position } from "#records/line.ts";

/** The failed line of a record at that position; its errors are at least one, and each is told once. */
export function failLine(at: Position, key: string | undefined, errors: readonly RecordError[]): FailedLine {
  const [first, ...others] = once(errors);
  return {
    kind: "failed",
    record: at.record,
    line: at.line,
    at: at.at,
    ...(key !== undefined && { key }),
    ...(at.failure !== undefined && { failure: at.failure }),
    ...(at.warnings !== undefined && { warnings: at.warnings }),
    errors: [first!, ...others.slice(0, mostErrors - 1)],
  };
}

// A record can break a rule in as many places as a cell has bytes; its dead letter must fit into 400 KB all the same.
const mostErrors = 20;

/** Without those that say of a cell what was said of it: one cell may be the price of a product and that of its variant. */
function once(errors: readonly RecordError[]): readonly RecordError[] {
  if (errors.length === 1) return errors;
  const told = new Set<string>();
  return errors.filter(({ code, column, line, value, message }) => {
    const of = JSON.stringify([code, line, column, value, column === undefined || value === undefined ? message : ""]);
    return told.size < told.add(of).size;
  });
}
