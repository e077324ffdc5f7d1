import type { CellWriter, WritersOf } from "#csv/excel/excel-to-csv.ts";
import type { DateCell } from "#csv/excel/sheet-cell.ts";
import { recogniseHeader } from "#csv/header.ts";
import type { Feed } from "#feeds/compile.ts";
import type { CleansingStep, FeedFile } from "#feeds/feed.ts";

/**
 * How a feed reads the cells of a workbook: numbers, dates and truth values are written in the form that the feed declares for
 * text, so that everything behind reads back what the cell holds. Text, and the names of errors, are written as they are.
 */
export function sheetCellsOf({ file, headerRules }: Pick<Feed, "file" | "headerRules">): WritersOf {
  const commas = commaColumns(file);
  const references = referenceColumns(file);
  const writers = new Map(
    Object.entries(file.columns).map(([name, { cleanse = [] }]) => [
      name,
      writerOf(cleanse, commas.has(name), references.has(name)),
    ]),
  );
  return (header) => {
    const { columns } = recogniseHeader(header, headerRules);
    if (!headerRules.required.every((name) => columns.includes(name))) return undefined;
    return columns.map((name) => writers.get(name));
  };
}

/** Columns whose text is read with a decimal comma. */
function commaColumns({ columns, mapping }: FeedFile): ReadonlySet<string> {
  const measures = [mapping.price, mapping.specialPrice, mapping.weight];
  return new Set([
    ...measures.flatMap((source) => (source?.decimal === "," ? [source.from] : [])),
    ...Object.keys(columns).filter((name) => columns[name]!.cleanse?.includes("decimalComma")),
  ]);
}

/** Columns that hold a key: the product's own, or another product's. */
function referenceColumns({ key, mapping: { parentSku } }: FeedFile): ReadonlySet<string> {
  const parent = typeof parentSku === "string" ? parentSku : parentSku?.from;
  return new Set(parent === undefined ? [key] : [key, parent]);
}

function writerOf(steps: readonly CleansingStep[], comma: boolean, reference: boolean): CellWriter {
  const forms = steps.flatMap((step) => (typeof step === "object" && "date" in step ? step.date : []));
  const words = steps.find((step) => typeof step === "object" && "boolean" in step)?.boolean;
  return (cell) => {
    switch (cell.type) {
      case "number":
        if (reference) return isRounded(cell.number) ? shortened(cell.number) : cell.text;
        // The zeros that a format puts before a number are for identifiers; an amount would be refused with them.
        return comma ? cell.number.replace(".", ",") : cell.text;
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

/** The date in the first form that loses nothing of it; in ISO 8601 where none can. */
function dateText(cell: DateCell, forms: readonly string[]): string {
  const form = formFor(cell, forms);
  if (form === undefined) return cell.text;
  const [year = "", month = "", day = ""] = cell.date.split("-");
  const [hour = "", minute = "", second = ""] = cell.time.split(":");
  const parts: Readonly<Record<string, string>> = {
    YYYY: year,
    MM: month,
    M: String(Number(month)),
    DD: day,
    D: String(Number(day)),
    HH: hour,
    mm: minute,
    ss: second,
  };
  return form.replace(/YYYY|MM|M|DD|D|HH|mm|ss/g, (token) => parts[token]!);
}

function formFor({ time, showsTime }: DateCell, forms: readonly string[]): string | undefined {
  if (time === "00:00:00") return (showsTime ? undefined : forms.find((form) => !form.includes("HH"))) ?? forms[0];
  return forms.find((form) => form.includes("HH") && (form.includes("ss") || time.endsWith(":00")));
}
