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
    errors: [errors[0]!, ...errors.slice(1)],
  };
}
