import { placeInSheet, rowOf } from "#csv/sheet-place.ts";
import { quote, shorten } from "#feeds/bad-cell.ts";
import type { Feed } from "#feeds/compile.ts";
import type { SheetRef } from "#imports/flow.ts";
import type { Line, MappedLine, RestructuredLine } from "#records/line.ts";
import type { Repetition } from "#repeated-keys/repeated-keys.ts";
import { failLine } from "#stages/fail-line.ts";

/**
 * Gives the records of a chunk whose keys others have their outcome, before any is stored: all but the last of each key are
 * superseded by it, or all fail where their feed says so. Those that failed for another reason stay as they are.
 */
export function applyRepetitions(
  feed: Pick<Feed, "key" | "duplicates">,
  importId: string,
  lines: readonly Line[],
  repetitions: readonly Repetition[],
  sheet?: SheetRef,
): readonly Line[] {
  if (repetitions.length === 0) return lines;
  const known = new Map(repetitions.map((repetition) => [repetition.record, repetition]));
  return lines.map((line) => {
    const repetition = known.get(line.record);
    if (!repetition) return line;
    // What was stopped fails by its key too: run again alone, it would be stored.
    if (feed.duplicates === "fail" && (line.kind === "mapped" || line.kind === "restructured"))
      return failed(feed.key, line, repetition, sheet);
    if (line.kind !== "mapped") return line;
    return repetition.last === line.record ? line : superseded(feed.key, importId, line, repetition, sheet);
  });
}

function superseded(
  column: string,
  importId: string,
  line: MappedLine,
  { last }: Repetition,
  sheet: SheetRef | undefined,
): Line {
  const { product: _notStored, warnings = [], ...position } = line;
  const by = sheet ? placeInSheet(sheet.name, rowOf(sheet, last)) : `record ${last}`;
  const told = { code: "KEY_REPEATED", column, note: `superseded by ${by}` } as const;
  return {
    ...position,
    kind: "stored",
    outcome: "superseded",
    supersededBy: importId,
    supersededByRecord: last,
    warnings: [...warnings, told],
  };
}

function failed(
  column: string,
  line: MappedLine | RestructuredLine,
  { others, count }: Repetition,
  sheet: SheetRef | undefined,
): Line {
  const { key = "" } = line;
  const more = count - 1 - others.length;
  const numbers = sheet ? others.map((record) => rowOf(sheet, record)) : others;
  const named = more > 0 ? [...numbers, `${more} more`] : numbers;
  const [what, whole] = sheet ? ["row", "sheet"] : ["record", "file"];
  const records = `${count > 2 ? `${what}s` : what} ${list(named)}`;
  const message = `Column ${quote(column)} has ${quote(key)}, which ${records} of the ${whole} ${count > 2 ? "have" : "has"} too: send each key once.`;
  return failLine(line, key, [{ code: "DUPLICATE_KEY", message, column, value: shorten(key) }]);
}

function list(words: readonly (string | number)[]): string {
  return words.length > 1 ? `${words.slice(0, -1).join(", ")} and ${words.at(-1)!}` : String(words[0]);
}
