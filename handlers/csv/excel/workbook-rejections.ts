import { SheetTooLarge } from "#csv/excel/row-cutter.ts";
import type { Workbook } from "#csv/excel/workbook.ts";
import { binaryKindOf, sizeOf } from "#csv/file-kind.ts";
import { FileRejected } from "#errors/catalogue.ts";
import { quote } from "#feeds/bad-cell.ts";

/** Most bytes that one part of a workbook (its texts, its styles) may unpack to; they are held in memory too. */
export const maxPartBytes = 64 * 1024 * 1024;

/** The first visible sheet holds nothing. */
export function emptySheet({ name, others }: Workbook): FileRejected {
  const filled = others[0] === undefined ? "" : ` (the sheet ${quote(others[0])} holds something)`;
  return new FileRejected(
    "EMPTY_FILE",
    `The sheet ${quote(name)} is empty, and only the first visible sheet is read${filled}: put the table on the first sheet.`,
  );
}

/** Why a workbook cannot be read, by the error that it ended with. */
export function rejectionOf(error: unknown, archive: Buffer, workbook: Workbook | undefined): FileRejected {
  if (error instanceof SheetTooLarge) {
    return new FileRejected(
      "FILE_TOO_LARGE",
      `The sheet ${quote(workbook?.name ?? "")} holds more than can be read: export it as CSV, or split it.`,
    );
  }
  if (error instanceof RangeError && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE") {
    return new FileRejected(
      "FILE_TOO_LARGE",
      `The Excel workbook unpacks to more than the limit of ${sizeOf(maxPartBytes)}: export the sheet as CSV, or split it.`,
    );
  }
  const kind = binaryKindOf(archive);
  if (kind !== undefined && !kind.includes("zip")) {
    const todo = kind.includes("password")
      ? "save it as .xlsx without a password"
      : "save the table as .xlsx, or as CSV";
    return new FileRejected(
      "UNREADABLE_FILE",
      `The file's name says that it is an Excel workbook (.xlsx), but it is ${kind}: ${todo}.`,
    );
  }
  return new FileRejected(
    "UNREADABLE_FILE",
    kind === undefined && isText(archive)
      ? "The file's name says that it is an Excel workbook (.xlsx), but it is text, such as a CSV: give it a name that ends in .csv, or save it as .xlsx."
      : "The Excel workbook cannot be opened, because it is none or is damaged: save it as .xlsx again.",
  );
}

/** Whether the first bytes are letters, as far as that can be told whatever their encoding. */
function isText(file: Buffer): boolean {
  return file.subarray(0, 4096).every((byte) => byte >= 9);
}
