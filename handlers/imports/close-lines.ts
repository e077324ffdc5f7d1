import { codeOfError } from "#errors/infrastructure.ts";
import { recordErrors, type RecordError } from "#errors/catalogue.ts";
import type { FailuresByCode } from "#imports/import-entry.ts";
import type { StateError } from "#imports/flow.ts";
import { failLine } from "#stages/fail-line.ts";
import {
  noOutcomes,
  type BlankLine,
  type LeftOutLine,
  type FailedLine,
  type Line,
  type Outcomes,
  type StoredLine,
} from "#records/line.ts";

/** A line that has its outcome. */
export type ClosedLine = StoredLine | BlankLine | LeftOutLine | FailedLine;

/** Gives every line its outcome: what is still live fails with the error that stopped the chunk. */
export function closeLines(lines: readonly Line[], error: StateError | undefined): ClosedLine[] {
  const stopped = recordErrorOf(error);
  return lines.map((line) => {
    if (line.kind !== "restructured" && line.kind !== "mapped") return line;
    return failLine(line, line.key, [stopped]);
  });
}

/** The error of records whose chunk was stopped; without a word of what stopped it, the chunk crashed. */
function recordErrorOf(error: StateError | undefined): RecordError {
  const code = codeOfError(error?.Error ?? "");
  const { meaning, todo } = recordErrors[code];
  return { code, message: `${meaning}. ${todo}` };
}

/** Counts closed lines by outcome, and failed ones by the code of their first error. */
export function countLines(lines: readonly ClosedLine[]): { outcomes: Outcomes; failuresByCode: FailuresByCode } {
  const counted = noOutcomes();
  const failuresByCode: Partial<Record<keyof typeof recordErrors, number>> = {};
  for (const line of lines) {
    counted[line.kind === "stored" ? line.outcome : line.kind] += 1;
    if (line.kind === "failed") {
      const { code } = line.errors[0];
      failuresByCode[code] = (failuresByCode[code] ?? 0) + 1;
    }
  }
  return { outcomes: counted, failuresByCode };
}
