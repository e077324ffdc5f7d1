import { lookalikesOf } from "#csv/lookalikes.ts";
import { namesIn, recogniseHeader, type HeaderRules } from "#csv/header.ts";
import { placeInSheet } from "#csv/sheet-place.ts";
import { FileRejected } from "#errors/catalogue.ts";
import { quote, quoteAll } from "#feeds/bad-cell.ts";

/** A row of a sheet that could have been the header. */
export interface HeaderCandidate {
  readonly row: number;
  readonly texts: readonly string[];
}

/** Says why none of a sheet's first rows is the header, of the one that comes closest. There is at least one. */
export function headerNotFound(
  sheet: string,
  candidates: readonly HeaderCandidate[],
  { required, ...rules }: HeaderRules,
): FileRejected {
  const read = candidates.map(({ row, texts }) => {
    const header = recogniseHeader(texts, { required, ...rules });
    const { columns } = header;
    const known = namesIn(header);
    const lacks = required.filter((name) => !known.has(name));
    const free = columns.filter((name) => !required.includes(name));
    const alike = lacks
      .map((name) => ({ name, names: lookalikesOf(name, free) }))
      .filter(({ names }) => names.length > 0);
    return { row, texts, lacks, alike, closeness: -lacks.length + alike.length / (required.length + 1) };
  });
  const closest = read.reduce((best, one) => (one.closeness > best.closeness ? one : best));
  const { lacks, alike } = closest;
  const hints = alike
    .slice(0, 5)
    .map(({ name, names }) => `${quoteAll(names)} ${names.length === 1 ? "looks" : "look"} like ${quote(name)}`);
  const [columns, todo] =
    lacks.length === 1
      ? ["column", "add the column, or correct its name"]
      : ["columns", "add the columns, or correct their names"];
  return new FileRejected(
    "MISSING_COLUMN",
    `The row ${placeInSheet(sheet, closest.row)} is ${quote(textOf(closest))} and lacks the required ${columns} ${quoteAll(lacks)}` +
      `${hints.length > 0 ? ` (${hints.join("; ")})` : ""}: ${todo}, or put the sheet with the table first.`,
  );
}

/** A row as a sentence shows it. */
export function textOf({ texts }: HeaderCandidate): string {
  return texts.filter((text) => text.trim() !== "").join(", ");
}
