/**
 * The one catalogue of warnings: what fails nothing and a person should know all the same (promise 10). Codes are interface, as
 * those of errors are. A warning's sentence is its meaning, then what to do.
 */
interface Entry {
  readonly meaning: string;
  readonly todo: string;
}

export const warnings = {
  LINES_ABOVE_HEADER: {
    meaning: "Lines above the header, which is the first one with all required columns, were passed over",
    todo: "Do nothing, if they are a title or a note; have them left out, if they are not meant for the import.",
  },
  HEADER_IN_FILE: {
    meaning: "The file has a header, though the feed says that its files have none; the columns were taken from it",
    todo: "Have the feed's dialect.columns removed, if files have a header now.",
  },
  COLUMN_RECOGNISED: {
    meaning: "A name in the header was taken for a column of the feed that it does not match exactly",
    todo: "Write the name as the feed does, or add it to the column's aliases.",
  },
  COLUMN_ABSENT: {
    meaning: "A column that the feed declares is not in the file, so that what it fills is empty in every product",
    todo: "Send the column, unless it was left out on purpose.",
  },
  COLUMN_IGNORED: {
    meaning: "A column without a name, or columns that share a name which the feed does not declare, were ignored",
    todo: "Do nothing, if nobody needs them; else give each a name of its own.",
  },
  KEY_CLEANED: {
    meaning: "A key has characters that do not show, or blanks around it, and was taken without them",
    todo: "Remove them where the file is made.",
  },
  DATE_AS_KEY: {
    meaning:
      "A key is a date in the workbook, which a spreadsheet makes of a text like 3-4, and was taken as 2024-03-04",
    todo: "Format the column as text and type the key again, unless it is meant to be a date.",
  },
  NUMBER_GROUPED: {
    meaning: "A number could be read two ways, and its sign was taken for that of thousands, as the feed says",
    todo: "Write thousands without a sign, if it was right; correct the number or the feed's decimal sign, if not.",
  },
  VALUE_OMITTED: {
    meaning: "A value cannot be read, and its field was left out, as the feed says",
    todo: "Correct the value where the file is made.",
  },
  LOOKUP_MISSED: {
    meaning: "A reference table does not have a value, and what the feed says for that case was taken",
    todo: "Correct the value, or add a row to the reference table.",
  },
  KEY_REPEATED: {
    meaning: "A record has the key of a later one in the file, which was taken instead",
    todo: "Send each key once.",
  },
  VARIANT_KEY_REPEATED: {
    meaning: "Variants of a product share a key and differ in their options, and were all taken",
    todo: "Give each variant a key of its own, for other systems may know them by it.",
  },
  HIDDEN_COLUMNS: {
    meaning: "Columns that the sheet does not show were imported like any other",
    todo: "Delete columns that are not meant to be sent.",
  },
  HIDDEN_ROWS: {
    meaning: "Rows that the sheet does not show, because they are hidden or filtered out, were imported like any other",
    todo: "Delete rows that are not meant to be sent.",
  },
  SHEETS_IGNORED: {
    meaning: "The workbook has other sheets with something in them, and only the first visible sheet is imported",
    todo: "Send each of them as a workbook of its own, if it holds products.",
  },
} as const satisfies Record<string, Entry>;
export type WarningCode = keyof typeof warnings;

/** Something told of one record, or of one cell of it. */
export interface RecordWarning {
  readonly code: WarningCode;
  /** Name of the column as the feed declares it. */
  readonly column?: string;
  /** What stands in the file. */
  readonly value?: string;
  /** What was made of it. */
  readonly became?: string;
  /** What there is to say beside, in a few words. */
  readonly note?: string;
  /** Where the record is a group: the line (the row of a workbook) of its row in which it was seen. */
  readonly line?: number;
}

/** Where a warning was seen: of a record, of a column of the file, of a line above its header. */
export interface WarningExample extends Omit<RecordWarning, "code"> {
  readonly record?: number;
  /** In a workbook it is the row. */
  readonly line?: number;
  /** In a workbook: `Prices!C6`, or `Prices!6:6`. */
  readonly cell?: string;
  readonly key?: string;
}

/** How often something was seen, with the first places. */
export interface CountedWarning {
  readonly code: WarningCode;
  readonly count: number;
  /** The first three. */
  readonly examples: readonly WarningExample[];
  /** One plain sentence with what to do, where it can say more than the catalogue's. */
  readonly message?: string;
}

/** A warning as a report tells it. */
export interface Warning extends CountedWarning {
  readonly message: string;
}
