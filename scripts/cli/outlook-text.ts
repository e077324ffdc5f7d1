import { outcomes } from "#records/line.ts";
import type { Outlook } from "#outlook/outlook.ts";
import { shorten, table } from "./table.ts";

const mostShown = 10;

/** What an import would do of which nothing is stored yet, for people. */
export function outlookText(outlook: Outlook): string[] {
  const { guards, changedFields, priceChanges, newCategories, vanishedCategories } = outlook;
  const parts = guards.map(({ message, examples }) => {
    const keys = examples.map(({ key, line }) => (key === undefined ? `line ${line}` : shorten(key, 40)));
    return `Held: ${message}${keys.length > 0 ? `\nFor example ${keys.join(", ")}` : ""}`;
  });
  const counted = outcomes.map((outcome): [string, number] => [outcome, outlook.outcomes[outcome]]);
  parts.push(
    table(
      ["would be", "records"],
      counted.filter(([, count]) => count > 0),
    ),
  );
  const fields = Object.entries(changedFields);
  if (fields.length > 0) parts.push(firstOf(["field that changes", "products"], fields));
  const prices = priceChanges.map(({ key, of, before, after, currency }) => [
    shorten(of ?? key, 24),
    `${before} ${currency}`,
    `${after} ${currency}`,
  ]);
  if (prices.length > 0) parts.push(firstOf(["largest price changes", "before", "after"], prices));
  if (newCategories.length > 0)
    parts.push(
      firstOf(
        ["new categories"],
        newCategories.map((path) => [path]),
      ),
    );
  if (vanishedCategories.length > 0)
    parts.push(
      firstOf(
        ["vanished categories"],
        vanishedCategories.map((path) => [path]),
      ),
    );
  return parts;
}

function firstOf(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const more = rows.length > mostShown ? `\nand ${rows.length - mostShown} more, in the report` : "";
  return `${table(header, rows.slice(0, mostShown))}${more}`;
}
