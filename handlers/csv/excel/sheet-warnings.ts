import type { SheetRow } from "#csv/excel/sheet.ts";
import type { SheetTable } from "#csv/excel/sheet-table.ts";
import type { Workbook } from "#csv/excel/workbook.ts";
import { textOf } from "#csv/sheet-header.ts";
import { placeInSheet } from "#csv/sheet-place.ts";
import type { CountedWarning, WarningExample } from "#warnings/catalogue.ts";
import { warningOf } from "#warnings/count.ts";

/** What the sheet as a whole is to be told of. */
export function sheetWarnings(
  workbook: Workbook,
  table: SheetTable,
  hidden: HiddenRows,
  dates: DateKeys,
): CountedWarning[] {
  return [
    ...rowsAbove(workbook, table),
    ...hiddenColumns(workbook, table),
    ...hidden.warnings(),
    ...dates.warnings(),
    ...sheetsIgnored(workbook),
  ];
}

/** Counts the rows of the table that the sheet does not show. */
export class HiddenRows {
  readonly #sheet: string;
  readonly #headerRow: number;
  readonly #examples: WarningExample[] = [];
  #count = 0;

  constructor(sheet: string, headerRow: number) {
    this.#sheet = sheet;
    this.#headerRow = headerRow;
  }

  count({ number, hidden }: SheetRow): void {
    if (!hidden || number <= this.#headerRow) return;
    this.#count += 1;
    if (this.#examples.length >= 3) return;
    this.#examples.push({
      record: number - this.#headerRow,
      line: number,
      cell: placeInSheet(this.#sheet, number),
    });
  }

  warnings(): CountedWarning[] {
    return this.#count === 0 ? [] : [{ code: "HIDDEN_ROWS", count: this.#count, examples: this.#examples }];
  }
}

/** Counts the keys that are dates. */
export class DateKeys {
  readonly #sheet: string;
  readonly #table: Pick<SheetTable, "headerRow" | "header" | "key">;
  readonly #examples: WarningExample[] = [];
  #count = 0;

  constructor(sheet: string, table: Pick<SheetTable, "headerRow" | "header" | "key">) {
    this.#sheet = sheet;
    this.#table = table;
  }

  count({ number, cells }: SheetRow): void {
    const { headerRow, header, key } = this.#table;
    const cell = cells[key];
    if (cell?.type !== "date" || number <= headerRow) return;
    this.#count += 1;
    if (this.#examples.length >= 3) return;
    this.#examples.push({
      ...{ record: number - headerRow, line: number, cell: placeInSheet(this.#sheet, number, key) },
      ...{ column: header[key]!.trim(), value: cell.text },
    });
  }

  warnings(): CountedWarning[] {
    return this.#count === 0 ? [] : [{ code: "DATE_AS_KEY", count: this.#count, examples: this.#examples }];
  }
}

/** A sheet has rows and no lines. */
const passedOver =
  "Rows above the header, which is the first row with all required columns, were passed over: nothing to do, if they are a title or a note.";

function rowsAbove({ name }: Workbook, { above }: SheetTable): CountedWarning[] {
  const examples = above.map((candidate) => ({
    line: candidate.row,
    cell: placeInSheet(name, candidate.row),
    value: textOf(candidate),
  }));
  return examples.length === 0 ? [] : [warningOf("LINES_ABOVE_HEADER", examples, passedOver)];
}

function hiddenColumns({ name }: Workbook, { headerRow, header, hidden }: SheetTable): CountedWarning[] {
  const examples = header.flatMap((text, column) => {
    const shown = text.trim() === "" || !hidden.some(({ first, last }) => first <= column && column <= last);
    return shown
      ? []
      : [{ line: headerRow, cell: placeInSheet(name, Math.max(headerRow, 1), column), column: text.trim() }];
  });
  return examples.length === 0 ? [] : [warningOf("HIDDEN_COLUMNS", examples)];
}

function sheetsIgnored({ others }: Workbook): CountedWarning[] {
  return others.length === 0
    ? []
    : [
        warningOf(
          "SHEETS_IGNORED",
          others.map((name) => ({ value: name })),
        ),
      ];
}
