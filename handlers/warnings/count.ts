import { placesIn, type PlaceOf } from "#csv/sheet-place.ts";
import { shorten } from "#feeds/bad-cell.ts";
import type { SheetRef } from "#imports/flow.ts";
import type { Line } from "#records/line.ts";
import {
  warnings,
  type CountedWarning,
  type RecordWarning,
  type Warning,
  type WarningCode,
  type WarningExample,
} from "#warnings/catalogue.ts";

const mostExamples = 3;
// An example is there to find the place by; three of every code must fit beside a chunk's entry in the ledger.
const longestShown = 200;

/** What the lines of a chunk are to be told of, counted by code; with places in the sheet, where it is a workbook's. */
export function countWarnings(lines: readonly Line[], placeOf?: PlaceOf): CountedWarning[] {
  const counts = new WarningCounts();
  for (const line of lines) {
    for (const { code, ...seen } of line.warnings ?? []) {
      const key = "key" in line ? line.key : undefined;
      const row = seen.line ?? line.line;
      const cell = placeOf && { cell: placeOf(row, seen.column) };
      const place = { record: line.record, line: row, ...cell };
      counts.add(code, 1, [{ ...place, ...(key !== undefined && { key }), ...seen }]);
    }
  }
  return counts.all();
}

/** Warnings of a workbook's twin as the sheet has their places: its lines are those of the twin, of which the header is the first. */
export function placedWarnings(
  warnings: readonly CountedWarning[],
  sheet: SheetRef,
  columns: readonly string[],
): CountedWarning[] {
  const placeOf = placesIn(sheet, columns);
  const placed = (example: WarningExample): WarningExample => {
    if (example.line === undefined) return example;
    const line = sheet.headerRow + example.line - 1;
    return { ...example, line, cell: placeOf(line, example.column) };
  };
  return warnings.map((counted) => ({ ...counted, examples: counted.examples.map(placed) }));
}

/** One warning, counted once a place; with a sentence of its own, where it can say more than the catalogue's. */
export function warningOf(code: WarningCode, examples: readonly WarningExample[], message?: string): CountedWarning {
  const counts = new WarningCounts();
  counts.add(code, examples.length, examples);
  return { ...counts.all()[0]!, ...(message !== undefined && { message }) };
}

/** Several counts as one, in the order of the catalogue, with the sentence of each; what was counted nowhere is left out. */
export function addWarnings(all: readonly CountedWarning[]): Warning[] {
  const counts = new WarningCounts();
  for (const { code, count, examples } of all) counts.add(code, count, examples);
  const counted = counts.all().filter(({ count }) => count > 0);
  return counted.map((one) => {
    const own = all.find(({ code, message }) => code === one.code && message !== undefined)?.message;
    return { ...one, message: own ?? sentenceOf(one.code) };
  });
}

function sentenceOf(code: WarningCode): string {
  // Another version of the catalogue may have counted it.
  const { meaning, todo } = Object.hasOwn(warnings, code) ? warnings[code] : unknown;
  return `${meaning}: ${todo.charAt(0).toLowerCase()}${todo.slice(1)}`;
}

const unknown = { meaning: "A warning of another version", todo: "See the release that counted it." };

/** Adds a warning to a record's, which are few: a record with thousands says no more than one with twenty. */
export function warn(into: RecordWarning[], warning: RecordWarning): void {
  if (into.length < mostOfRecord) into.push(warning);
}

const mostOfRecord = 20;

class WarningCounts {
  readonly #counts = new Map<WarningCode, { count: number; examples: WarningExample[] }>();

  add(code: WarningCode, count: number, examples: readonly WarningExample[]): void {
    const known = this.#counts.get(code) ?? { count: 0, examples: [] };
    this.#counts.set(code, known);
    known.count += count;
    for (const example of examples.slice(0, mostExamples - known.examples.length)) known.examples.push(shown(example));
  }

  all(): CountedWarning[] {
    const order = Object.keys(warnings);
    return [...this.#counts]
      .map(([code, counted]) => ({ code, ...counted }))
      .sort((a, b) => order.indexOf(a.code) - order.indexOf(b.code));
  }
}

function shown(example: WarningExample): WarningExample {
  return Object.fromEntries(
    Object.entries(example).map(([name, value]: [string, unknown]) => [
      name,
      typeof value === "string" ? shorten(value, longestShown) : value,
    ]),
  );
}
