/**
 * The one catalogue of error codes. Codes are interface: they stand in dead letters, events and reports, so one is never
 * renamed or given a second meaning. `heals` says whether time alone may cure it; only those are reprocessed by default.
 */
interface Entry {
  readonly meaning: string;
  readonly todo: string;
  readonly heals: boolean;
}

const data = (meaning: string, todo: string): Entry => ({ meaning, todo, heals: false });
const passing = (meaning: string, todo: string): Entry => ({ meaning, todo, heals: true });

/** What can be wrong with one record. */
export const recordErrors = {
  MALFORMED_RECORD: data(
    "The quotes of the record do not follow CSV rules",
    "Correct the quotes and send the record again.",
  ),
  RAGGED_RECORD: data(
    "The record has more or fewer cells than the header",
    "Add or remove delimiters, or quote cells that hold one.",
  ),
  OVERSIZED_RECORD: data("The record is larger than the limit", "Shorten its cells."),
  SCATTERED_GROUP: data(
    "The rows of the record do not stand together: others of its group stand elsewhere in the file",
    "Put all rows of the group below each other, and send the file again.",
  ),
  INCOMPLETE_GROUP: data(
    "A row above the record cannot be read, and may be the first of its rows",
    "Correct that row, and send the rows of both records again.",
  ),
  MISSING_KEY: data("The key column is empty", "Fill in the product's key."),
  DUPLICATE_KEY: data(
    "Several records of the file have this key, and the feed refuses that",
    "Send each key once: correct the wrong one, or remove what is too much.",
  ),
  BAD_KEY: data(
    "A spreadsheet changed the key, or the feed's pattern refuses it",
    "Correct the key, and format its column as text.",
  ),
  SPREADSHEET_ERROR: data(
    "The cell holds an error of a spreadsheet, like #N/A",
    "Correct the formula, or the width of its column, and export it again.",
  ),
  BAD_BOOLEAN: data(
    "The cell is not one of the feed's words for yes and no",
    "Use one of the words that the message names.",
  ),
  BAD_DATE: data(
    "The cell is not a date of the form the feed declares",
    "Write the date in the form that the message names.",
  ),
  BAD_NUMBER: data("The cell is not a decimal number", "Write digits with one decimal sign and no units."),
  BAD_MONEY: data(
    "The cell is not an amount of money, or its currency is unknown",
    "Write an amount with a known currency.",
  ),
  BAD_MEASURE: data(
    "The cell is not a measure with a known unit",
    "Write a number with one of the units that the message names.",
  ),
  INVALID_PRODUCT: data("The mapped product breaks the product schema", "Correct the cell that the message names."),
  REFERENCE_NOT_FOUND: data(
    "The reference service does not know the value",
    "Correct the value, or have it added to the reference data.",
  ),
  LOOKUP_MISS: data(
    "The reference table does not have the value",
    "Correct the value, or add a row to the reference table that the message names.",
  ),
  PROHIBITED_PRODUCT: data(
    "The product is on the feed's list of prohibited products",
    "Remove the product from the file, or have the rule changed.",
  ),
  PRICE_OUT_OF_RANGE: data(
    "The price is outside the limits for its currency or category",
    "Correct the price, or have the limit changed.",
  ),
  OUT_OF_RANGE: data(
    "The number is outside the limits that the feed sets",
    "Correct the number, or have the limit changed.",
  ),
  MISSING_ATTRIBUTE: data("An attribute that the feed requires is absent", "Fill in the column."),
  BAD_BARCODE: data("The barcode's length or check digit is wrong", "Correct the barcode."),
  BAD_IMAGE_URL: data("An image reference is not of the form the feed demands", "Correct the image reference."),
  FAILURE_UNKNOWN: data(
    "The row of a failed-records CSV names no failure of this feed that could run again",
    "Correct the record in the failed-records CSV that it first stood in, with the columns that begin with _ as they are there.",
  ),
  FAILURE_ALTERED: data(
    "The bookkeeping columns of the row do not belong to its failure, or rows of it are missing",
    "Send all rows of the failure, with the columns that begin with _ as the failed-records CSV has them.",
  ),
  FAILURE_NOT_OPEN: data(
    "The failure that the row would reprocess is not open",
    "Nothing, if it is resolved or being reprocessed; reopen it first, if it is parked.",
  ),
  PRODUCT_TOO_LARGE: data("The product is larger than the catalogue can store", "Shorten its longest cells."),
  THROTTLED: passing("A service refused the work because too much arrived at once", "Reprocess it later."),
  SERVICE_UNAVAILABLE: passing("A service that the import needs was down", "Reprocess it once the service is up."),
  STORE_UNAVAILABLE: passing("The catalogue store was down", "Reprocess it once the store is up."),
  TIMED_OUT: passing("The work took longer than it may", "Reprocess it; if it happens again, tell the platform team."),
  CRASHED: passing(
    "The work on the chunk ended without a result",
    "Reprocess it; if it happens again, tell the platform team.",
  ),
  SERVICE_BAD_ANSWER: data(
    "The reference service answered something that makes no sense",
    "Have the service mended, then reprocess with --include-final.",
  ),
} as const satisfies Record<string, Entry>;
export type RecordErrorCode = keyof typeof recordErrors;

/** What can make a whole file untrustworthy. */
export const fileErrors = {
  UNKNOWN_FEED: data(
    "The folder names no feed",
    "Put the file into incoming/<feed>/, or add schemas/feeds/<feed>.json.",
  ),
  NOT_A_TABLE: data("The file's name does not end like a table's", "Send one of the accepted kinds of file."),
  EMPTY_FILE: data("The file has no bytes in it", "Export it again."),
  NO_RECORDS: data("The file has a header and nothing below it", "Export it again."),
  FILE_TOO_LARGE: data("The file is larger than the limit", "Split it, or have the limit raised."),
  BAD_ENCODING: data(
    "The file's bytes are not text in the expected encoding",
    "Export it as UTF-8, or declare its encoding in the feed.",
  ),
  BINARY_CONTENT: data("The file is not text", "Export it as CSV."),
  UNREADABLE_FILE: data("The file's container cannot be opened", "Export it again."),
  MISSING_COLUMN: data("A column that the feed requires is absent", "Add the column, or correct its name."),
  DUPLICATE_COLUMN: data("Two columns have a name that the feed wants once", "Rename or remove one."),
  BLANK_COLUMN: data("Something stands in a column that has no name", "Name it or remove it."),
  RESERVED_COLUMN: data("A column has a name that is kept for bookkeeping", "Rename the column."),
  UNKNOWN_COLUMN: data("A column is not declared by the feed", "Remove it, or declare it in the feed."),
  WRONG_DELIMITER: data(
    "The header is not separated by the delimiter that is expected",
    "Export with the delimiter that the feed declares.",
  ),
  MALFORMED_HEADER: data("The quotes of the header do not follow CSV rules", "Correct the header."),
  UNCLOSED_QUOTE: data("A quote is opened and never closed", "Close the quote on the line that the message names."),
  PREVIEWED_FAILURES: data(
    "A failed-records CSV was to be previewed",
    "Put it into incoming/: its rows are failures that wait.",
  ),
  DISCARDED: data(
    "A person has looked at what the file would do, and will have none of it",
    "Send a file that is right; if this one is after all, run its import again.",
  ),
} as const satisfies Record<string, Entry>;
export type FileErrorCode = keyof typeof fileErrors;

/** One thing wrong with one record. The message is a plain sentence with what to do. */
export interface RecordError {
  readonly code: RecordErrorCode;
  readonly message: string;
  /** Name of the column as the file has it. */
  readonly column?: string;
  readonly value?: string;
  /** In a workbook: `Prices!C6`, or `Prices!6:6` where it is no one cell. */
  readonly cell?: string;
  /** Where the record is a group: the line (the row of a workbook) of the row of it that is wrong. */
  readonly line?: number;
}

/** Thrown where a file as a whole cannot be trusted; Plan turns it into a rejection. */
export class FileRejected extends Error {
  override readonly name = "FileRejected";
  readonly code: FileErrorCode;
  /** Physical line, from 1, where there is one. */
  readonly line: number | undefined;
  constructor(code: FileErrorCode, message: string, line?: number) {
    super(message);
    this.code = code;
    this.line = line;
  }
}
