import { placeInSheet, rowOf } from "#csv/sheet-place.ts";
import { quote, shorten } from "#feeds/bad-cell.ts";
import type { Feed } from "#feeds/compile.ts";
import type { SheetRef } from "#imports/flow.ts";
import type { Line, MappedLine, RestructuredLine } from "#records/line.ts";
import type { Repetition } from "#repeated-keys/repeated-keys.ts";
import type { ScatteredGroup } from "#repeated-keys/scattered-groups.ts";
import { failLine } from "#stages/fail-line.ts";

/**
 * Gives the records of a chunk whose keys or groups others have their outcome, before any is stored. Those of a group that is scattered
 * all fail: each would replace the whole by a part of it. Of a key all but the last are superseded by it, or all fail where their feed
 * says so; those that failed for another reason stay as they are.
 */
export function applyRepetitions(
  feed: Pick<Feed, "key" | "duplicates">,
  importId: string,
  lines: readonly Line[],
  found: readonly (Repetition | ScatteredGroup)[],
  sheet?: SheetRef,
): readonly Line[] {
  if (found.length === 0) return lines;
  const scattered = new Map(found.flatMap((one) => ("lines" in one ? [[one.record, one]] : [])));
  const known = new Map(found.flatMap((one) => ("lines" in one ? [] : [[one.record, one]])));
  return lines.map((line) => {
    const group = scattered.get(line.record);
    if (group) return failedByGroup(line, group, sheet);
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
  const { product: _notStored, compared: _noMore, warnings = [], ...position } = line;
  const by = sheet ? placeInSheet(sheet.name, rowOf(sheet, last)) : `record ${last}`;
  const told = { code: "KEY_REPEATED", ...(column !== "" && { column }), note: `superseded by ${by}` } as const;
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
  const has = column === "" ? "The key is" : `Column ${quote(column)} has`;
  const message = `${has} ${quote(key)}, which ${records} of the ${whole} ${count > 2 ? "have" : "has"} too: send each key once.`;
  return failLine(line, key, [
    { code: "DUPLICATE_KEY", message, ...(column !== "" && { column }), value: shorten(key) },
  ]);
}

/**
 * That is said first, whatever else is wrong: mended alone, or run again because time could heal it, the record would be stored as a
 * part of its group. A row that came back and was refused is none that could be stored.
 */
function failedByGroup(line: Line, { lines, count }: ScatteredGroup, sheet: SheetRef | undefined): Line {
  if (line.kind !== "mapped" && line.kind !== "restructured" && line.kind !== "failed") return line;
  const before = line.kind === "failed" ? line.errors : [];
  if (before.some(({ code }, at) => at === 0 && (code === "SCATTERED_GROUP" || code.startsWith("FAILURE_"))))
    return line;
  const more = count - 1 - lines.length;
  const named = more > 0 ? [...lines, `${more} more`] : lines;
  const [what, whole] = sheet ? ["row", "sheet"] : ["line", "file"];
  const places = `${count > 2 ? `${what}s` : what} ${list(named)} of the ${whole}`;
  const message = `Other rows of its group begin at ${places}: put all rows of a group below each other, and send the file again.`;
  return failLine(line, line.key, [{ code: "SCATTERED_GROUP", message }, ...before]);
}

function list(words: readonly (string | number)[]): string {
  return words.length > 1 ? `${words.slice(0, -1).join(", ")} and ${words.at(-1)!}` : String(words[0]);
}
