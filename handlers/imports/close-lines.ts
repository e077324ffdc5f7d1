import { codeOfError } from "#errors/infrastructure.ts";
import { recordErrors, type RecordError } from "#errors/catalogue.ts";
import { namesNone } from "#failures/returned-row.ts";
import { mostChanged, type ChangedFields } from "#imports/changed-fields.ts";
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
    if (isClosed(line)) return line;
    return failLine(line, "key" in line ? line.key : undefined, [stopped]);
  });
}

/** What comes back blank or is left out is live until its failure is taken: only then is there something that it can end. */
function isClosed(line: Line): line is ClosedLine {
  if (line.kind === "restructured" || line.kind === "mapped" || line.kind === "restoring") return false;
  const unread = line.kind === "blank" || line.kind === "leftOut";
  return !(unread && line.failure && line.failure.sourceVersion === undefined);
}

/**
 * The closed lines of a failed-records CSV that came back, with that said first of a failed row which names no failure of its feed:
 * whatever else is wrong with it, it must never run, for it has no age. `isKnown` tells whether an identity names one.
 */
export function refuseUnknown(
  lines: readonly ClosedLine[],
  feed: string,
  isKnown: (id: string) => boolean,
): ClosedLine[] {
  return lines.map((line) => {
    if (line.kind !== "failed" || isRefused(line)) return line;
    if (line.failure && isKnown(line.failure.id)) return line;
    const data = line.errors.filter(({ code }) => !recordErrors[code].heals);
    return failLine(line, line.key, [namesNone(feed), ...data]);
  });
}

function isRefused({ errors }: FailedLine): boolean {
  return errors[0].code.startsWith("FAILURE_");
}

/** The error of records whose chunk was stopped; without a word of what stopped it, the chunk crashed. */
function recordErrorOf(error: StateError | undefined): RecordError {
  const code = codeOfError(error?.Error ?? "");
  const { meaning, todo } = recordErrors[code];
  return { code, message: `${meaning}. ${todo}` };
}

/** What the closed lines of a chunk come to. */
export interface CountedLines {
  readonly outcomes: Outcomes;
  /** By the code of the first error. */
  readonly failuresByCode: FailuresByCode;
  readonly changedFields: ChangedFields;
}

/** Counts closed lines by outcome, failed ones by the code of their first error, updated ones by the fields that changed. */
export function countLines(lines: readonly ClosedLine[]): CountedLines {
  const counted = noOutcomes();
  const failuresByCode: Partial<Record<keyof typeof recordErrors, number>> = {};
  const changed = new Map<string, number>();
  for (const line of lines) {
    counted[line.kind === "stored" ? line.outcome : line.kind] += 1;
    if (line.kind === "failed") {
      const { code } = line.errors[0];
      failuresByCode[code] = (failuresByCode[code] ?? 0) + 1;
    } else if (line.kind === "stored")
      for (const field of line.changed ?? []) changed.set(field, (changed.get(field) ?? 0) + 1);
  }
  return { outcomes: counted, failuresByCode, changedFields: mostChanged(changed) };
}
