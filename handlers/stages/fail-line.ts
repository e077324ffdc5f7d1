import type { RecordError } from "#errors/catalogue.ts";
import type { FailedLine, Position } from "#records/line.ts";

/** The failed line of a record at that position; its errors are at least one. */
export function failLine(at: Position, key: string | undefined, errors: readonly RecordError[]): FailedLine {
  return {
    kind: "failed",
    record: at.record,
    line: at.line,
    at: at.at,
    ...(key !== undefined && { key }),
    ...(at.failure !== undefined && { failure: at.failure }),
    ...(at.warnings !== undefined && { warnings: at.warnings }),
    errors: [errors[0]!, ...errors.slice(1, mostErrors)],
  };
}

// A record can break a rule in as many places as a cell has bytes; its dead letter must fit into 400 KB all the same.
const mostErrors = 20;
