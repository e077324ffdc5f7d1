import { delimiterName } from "#csv/dialect.ts";
import { quote, quoteAll } from "#feeds/bad-cell.ts";
import { visible } from "#feeds/visible.ts";
import type { Delimiter } from "#imports/flow.ts";
import { exampleText } from "#warnings/example-text.ts";
import { addWarnings } from "#warnings/count.ts";
import { shorten, table } from "../cli/table.ts";
import type { Trial, TriedField, TriedRecord } from "./try.ts";

// A longer cell would make a table of one cell; --json has it whole.
const longestCell = 50;

/** What a feed makes of a file, for people. */
export function trialText(trial: Trial): string {
  const { file, feed, rejection, warnings, shown, records, delimiter, unread, absent, notAsked } = trial;
  if (rejection) {
    const line = rejection.line === undefined ? "" : ` (line ${rejection.line})`;
    return `${visible(file)} would be rejected by feed ${feed} as ${rejection.code}${line}: ${rejection.message}`;
  }
  const failed = shown.filter(({ outcome }) => outcome === "failed").length;
  const counted = failed === 0 ? "" : `, of which ${failed} would fail`;
  const parts = [
    `${visible(file)} by feed ${feed}: ${records!.toLocaleString("en")} records, split by ${delimiterName(delimiter as Delimiter)}; the first ${shown.length}${counted}`,
  ];
  if (warnings.length > 0)
    parts.push(
      warnings
        .map(({ code, message, examples }) =>
          [
            `${code}: ${message}`,
            // Its sentence names all of them.
            ...(code === "COLUMN_ABSENT" ? [] : examples).map((example) => `  e.g. ${exampleText(example)}`),
          ].join("\n"),
        )
        .join("\n"),
    );
  parts.push(...shown.map(recordText));
  if (unread.length > 0) parts.push(`No mapping reads ${columns(unread)} of the file: ${all(unread)}.`);
  if (absent.length > 0 && !warnings.some(({ code }) => code === "COLUMN_ABSENT"))
    parts.push(`The file lacks ${columns(absent)} that the feed declares: ${all(absent)}.`);
  if (notAsked.length > 0)
    parts.push(`The feed's service was not asked, so ${columns(notAsked)} ${all(notAsked)} were empty here.`);
  return parts.join("\n\n");
}

function recordText({ record, line, key, outcome, fields, errors, warnings }: TriedRecord): string {
  const head = `Record ${record}, line ${line}${key === undefined ? "" : `, key ${visible(key)}`}: ${outcome === "failed" ? "would fail" : "a product"}`;
  const told = [
    ...errors.map(({ code, message }) => `${code}: ${message}`),
    ...warnings.map(({ code, ...seen }) => {
      const { message } = addWarnings([{ code, count: 1, examples: [] }])[0]!;
      return `${code}: ${message} (${exampleText(seen)})`;
    }),
  ];
  const rows = fields.flatMap(rowsOf);
  return [head, ...told, ...(rows.length > 0 ? [table(["column", "cell", "field", "value"], rows)] : [])].join("\n");
}

function rowsOf({ field, from, value = "" }: TriedField): string[][] {
  const [first = { column: "", cell: "" }, ...others] = from;
  return [
    [first.column, short(first.cell), field, short(value)],
    ...others.map(({ column, cell }) => [column, short(cell), "", ""]),
  ];
}

function short(text: string): string {
  return shorten(text.replaceAll(/\s+/g, " ").trim(), longestCell);
}

function columns(names: readonly string[]): string {
  return names.length === 1 ? "the column" : "the columns";
}

function all(names: readonly string[]): string {
  return names.length > 10 ? names.map(quote).join(", ") : quoteAll(names);
}
