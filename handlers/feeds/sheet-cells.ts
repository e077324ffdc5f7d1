import type { CellWriter, SheetReader } from "#csv/excel/sheet-table.ts";
import type { DateCell } from "#csv/excel/sheet-cell.ts";
import { namesIn, recogniseHeader } from "#csv/header.ts";
import { dateForm, type DateForm } from "#feeds/dates.ts";
import type { Feed } from "#feeds/compile.ts";
import type { CleansingStep, FeedFile } from "#feeds/feed.ts";
import { numbersOf } from "#feeds/number-columns.ts";
import { columnsOf } from "#feeds/field-sources.ts";

/**
 * How a feed reads the cells of a workbook: numbers, dates and truth values are written in the form that the feed declares for
 * text, so that everything behind reads back what the cell holds. Text, and the names of errors, are written as they are.
 */
export function sheetReaderOf({ file, headerRules }: Pick<Feed, "file" | "headerRules">): SheetReader {
  const signs = decimalSigns(file);
  const references = referenceColumns(file);
  const money = new Set(numbersOf(file.mapping).flatMap(({ isMoney, columns }) => (isMoney ? columns : [])));
  const writerFor = (name: string, declared: string): CellWriter => {
    const { cleanse = [] } = file.columns[declared]!;
    const sign = cleanse.includes("decimalComma") ? "," : (signs.get(name) ?? signs.get(declared));
    const known = (names: ReadonlySet<string>): boolean => names.has(name) || names.has(declared);
    return writerOf(cleanse, sign, known(references), known(money));
  };
  const writers = new Map(Object.keys(file.columns).map((name) => [name, writerFor(name, name)]));
  const writersOf: SheetReader["writersOf"] = (header) => {
    const recognised = recogniseHeader(header, headerRules);
    const known = namesIn(recognised);
    if (!headerRules.required.every((name) => known.has(name))) return undefined;
    // Of a column by pattern that the mapping reads by its own name, what it says of that one counts.
    return recognised.columns.map((name, place) => {
      const pattern = recognised.patterns.get(place);
      return pattern === undefined ? writers.get(name) : writerFor(name, pattern);
    });
  };
  const keyColumns = columnsOf(file.key);
  const keyIn = (header: readonly string[]): number => {
    const { columns } = recogniseHeader(header, headerRules);
    return columns.findIndex((name) => keyColumns.includes(name));
  };
  return { rules: headerRules, writersOf, keyIn, columns: file.dialect?.columns };
}

/** The decimal sign of each column whose text is read as a number. */
function decimalSigns({ columns, mapping }: FeedFile): ReadonlyMap<string, "." | ","> {
  const signs = new Map<string, "." | ",">();
  for (const { columns: read, sign } of numbersOf(mapping)) for (const name of read) signs.set(name, sign);
  for (const [name, { cleanse }] of Object.entries(columns))
    if (cleanse?.includes("decimalComma")) signs.set(name, ",");
  return signs;
}

/** Columns that hold a key: the product's own, a variant's, or another product's. */
function referenceColumns({ key, mapping: { parentSku, variants } }: FeedFile): ReadonlySet<string> {
  const ofVariants = variants !== undefined && "each" in variants ? undefined : variants?.["sku"];
  return new Set([key, parentSku, ofVariants].flatMap(columnsOf));
}

function writerOf(
  steps: readonly CleansingStep[],
  sign: "." | "," | undefined,
  reference: boolean,
  money: boolean,
): CellWriter {
  const forms = steps
    .flatMap((step) => (typeof step === "object" && "date" in step ? step.date : []))
    .flatMap((form) => dateForm(form) ?? []);
  const words = steps.find((step) => typeof step === "object" && "boolean" in step)?.boolean;
  return (cell) => {
    switch (cell.type) {
      case "number":
        if (reference) return isRounded(cell.number) ? shortened(cell.number) : (cell.shown ?? cell.text);
        // The zeros that a format puts before a number are for identifiers; an amount would be refused with them.
        if (sign === undefined) return cell.text;
        // An amount of another currency than the feed's is to be told as one.
        return cell.number.replace(".", sign) + (money && cell.currency !== undefined ? ` ${cell.currency}` : "");
      case "date":
        return forms.length > 0 ? dateText(cell, forms) : cell.text;
      case "boolean":
        return (cell.text === "TRUE" ? words?.yes[0] : words?.no[0]) ?? cell.text;
      default:
        return cell.text;
    }
  };
}

/** Spreadsheets keep 15 digits of a number and put zeros in place of the others, which makes another key of it. */
function isRounded(number: string): boolean {
  return number.replace(/\D/g, "").length > 15;
}

/** As the spreadsheet shows such a number; no key is taken from this form. */
function shortened(number: string): string {
  return Number(number).toExponential(14).toUpperCase();
}

/**
 * The date in the first form that says all the sheet shows of it, and no time that it does not show, if there is one. Where none
 * does, in ISO 8601; a day that is in no calendar as the sheet shows it, to be told so.
 */
function dateText(cell: DateCell, forms: readonly DateForm[]): string {
  const [y, m, d] = cell.date.split("-");
  const [h, i, s] = cell.time.split(":");
  const written = forms.map((form) => {
    const text = form.write({ y, m, d, h, i, s, f: "000" }, true);
    return { text, iso: form.read(text), problem: form.problem(text) };
  });
  const midnight = cell.time === "00:00:00";
  const found =
    (midnight && !cell.showsTime ? written.find(({ iso }) => iso === cell.date) : undefined) ??
    written.find(({ iso }) => (midnight && iso === cell.date) || iso?.startsWith(`${cell.date}T${cell.time}`)) ??
    written.find(({ problem }) => problem !== undefined);
  return found?.text ?? cell.text;
}
