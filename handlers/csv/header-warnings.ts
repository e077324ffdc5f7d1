import { looseName, type DeclaredColumn } from "#csv/columns.ts";
import type { FoundHeader } from "#csv/find-header.ts";
import { declaredBy, duplicatesIn, headerOf, namesIn, unnamedColumns, type HeaderRules } from "#csv/header.ts";
import { lettersOf } from "#csv/sheet-place.ts";
import type { CountedWarning } from "#warnings/catalogue.ts";
import { quote } from "#feeds/bad-cell.ts";
import { warningOf } from "#warnings/count.ts";

/**
 * What is to be told of an accepted header. A failed-records CSV lacks what its files have lacked, and has what they had too much:
 * that was told then.
 */
export function headerWarnings({ header, line, above, declared }: FoundHeader, rules: HeaderRules): CountedWarning[] {
  const { cells, recognised, failedRecords } = header;
  const own = headerOf(cells).columns;
  const known = namesIn(header);
  const itsOwn = !failedRecords && declared !== "used";
  const absent = itsOwn ? declaredBy(rules).filter(({ name }) => !known.has(name)) : [];
  const looseNames = absent.length > 0 ? own.map(looseName) : [];
  const duplicates = itsOwn ? duplicatesIn(header) : [];
  const unnamed = itsOwn ? unnamedColumns(header) : [];
  const nameOf = (place: number): string => (rules.sheet ? lettersOf(place) : String(place + 1));
  // What was written is shown first, for blank lines say nothing; and where nothing was written there is nothing to tell.
  const written = above.filter(({ value }) => /[^\s",;|]/.test(value));
  const passed = written.length === 0 ? [] : [...written, ...above.filter((line) => !written.includes(line))];
  return [
    ...told("LINES_ABOVE_HEADER", passed),
    ...told("HEADER_IN_FILE", declared === "unused" ? [{ line, value: own.join(", ") }] : []),
    ...told(
      "COLUMN_RECOGNISED",
      recognised.map(({ column, value }) => ({ line, column, value })),
    ),
    ...told(
      "COLUMN_ABSENT",
      absent.map((column) => ({ column: column.name, ...ambiguous(column, own, looseNames) })),
      absentSentence(absent.map(({ name }) => name)),
    ),
    ...told("COLUMN_IGNORED", [
      ...duplicates.map(([column, places]) => ({
        line,
        column,
        note: `stands in columns ${list(places.map(nameOf))}`,
      })),
      ...unnamed.map((place) => ({ line, note: `column ${nameOf(place)} has no name` })),
    ]),
  ];
}

/** Every one by its name: an example or two would not tell which of the feed's optional columns is gone. */
function absentSentence(names: readonly string[]): string {
  const [columns, them, they] =
    names.length === 1 ? ["the column", "it", "it was"] : ["the columns", "them", "they were"];
  return `The file lacks ${columns} ${names.map(quote).join(", ")}, so that what the feed fills from ${them} is empty in every product: send ${them}, unless ${they} left out on purpose.`;
}

/** Says of a column that is absent which names would fit it, where that is why: there are several. */
function ambiguous(
  { name, aliases = [] }: DeclaredColumn,
  own: readonly string[],
  looseNames: readonly string[],
): { note?: string } {
  const loose = new Set([name, ...aliases].map(looseName));
  const fitting = own.filter((each, index) => each !== "" && loose.has(looseNames[index]!));
  return fitting.length === 0 ? {} : { note: `could be ${fitting.slice(0, 5).map(quote).join(" or ")}` };
}

function told(...[code, examples, message]: Parameters<typeof warningOf>): CountedWarning[] {
  return examples.length === 0 ? [] : [warningOf(code, examples, message)];
}

function list(names: readonly string[]): string {
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
