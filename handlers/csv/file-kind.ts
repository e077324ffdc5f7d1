import { FileRejected } from "#errors/catalogue.ts";
import { quote } from "#feeds/bad-cell.ts";

/** How a table file is packed, as its name says. */
export type FileKind = "csv" | "gzip" | "excel";

const kinds: Readonly<Record<string, FileKind>> = {
  ".csv": "csv",
  ".tsv": "csv",
  ".txt": "csv",
  ".csv.gz": "gzip",
  ".tsv.gz": "gzip",
  ".txt.gz": "gzip",
  ".xlsx": "excel",
};

/** Workbooks that people send and that are not read. */
const workbooks = [
  { ending: ".xls", what: "an old Excel workbook (.xls)" },
  { ending: ".xlsb", what: "a binary Excel workbook (.xlsb)" },
  { ending: ".xlsm", what: "an Excel workbook with macros (.xlsm)" },
  { ending: ".ods", what: "an OpenDocument spreadsheet (.ods)" },
  { ending: ".numbers", what: "a Numbers spreadsheet (.numbers)" },
];

/** The kind of table that a file's name (or key) stands for, whatever its case; throws NOT_A_TABLE for any other name. */
export function fileKindOf(key: string): FileKind {
  const name = key.slice(key.lastIndexOf("/") + 1);
  const suffix = Object.keys(kinds).find((known) => name.toLowerCase().endsWith(known));
  if (suffix !== undefined) return kinds[suffix]!;
  const other = workbooks.find(({ ending }) => name.toLowerCase().endsWith(ending));
  if (other !== undefined) {
    throw new FileRejected(
      "NOT_A_TABLE",
      `The name ${quote(name)} is that of ${other.what}, which cannot be read: save it as .xlsx or as CSV, and send that.`,
    );
  }
  throw new FileRejected(
    "NOT_A_TABLE",
    `The name ${quote(name)} does not end like a table's: send a file that ends in ${Object.keys(kinds).join(", ")}.`,
  );
}

const magics: readonly (readonly [kind: string, magic: string])[] = [
  ["a zip archive or an Excel workbook (.xlsx)", "PK\x03\x04"],
  ["an empty zip archive", "PK\x05\x06"],
  ["a gzip archive (.gz)", "\x1f\x8b"],
  ["a PDF document", "%PDF-"],
  ["an old Excel workbook (.xls), or one with a password", "\xd0\xcf\x11\xe0"],
  ["a 7-Zip archive", "7z\xbc\xaf\x27\x1c"],
  ["a RAR archive", "Rar!\x1a\x07"],
  ["a Zstandard archive", "\x28\xb5\x2f\xfd"],
  ["an xz archive", "\xfd7zXZ"],
  ["a Parquet file", "PAR1"],
  ["a PNG image", "\x89PNG"],
  ["a JPEG image", "\xff\xd8\xff"],
];

/** What the first bytes (8 or more, if there are as many) say a file is, where that is not text. */
export function binaryKindOf(head: Uint8Array): string | undefined {
  const start = Buffer.from(head.subarray(0, 8)).toString("latin1");
  return magics.find(([, magic]) => start.startsWith(magic))?.[0];
}

/** Throws BINARY_CONTENT where the first bytes say that the file is no text, whatever its name says. */
export function checkNotBinary(head: Uint8Array): void {
  const kind = binaryKindOf(head);
  if (kind === undefined) return;
  throw new FileRejected(
    "BINARY_CONTENT",
    `The file is ${kind}, whatever its name says: export it as CSV, or give it the name that fits.`,
  );
}

/** Throws FILE_TOO_LARGE where the file has more bytes than the limit. */
export function checkFileSize(bytes: number, maxBytes: number): void {
  if (bytes > maxBytes) {
    throw new FileRejected(
      "FILE_TOO_LARGE",
      `The file is larger than the limit of ${sizeOf(maxBytes)}: split it, or have the limit raised.`,
    );
  }
}

/** A number of bytes as people read it. */
export function sizeOf(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  const units = ["kB", "MB", "GB", "TB"];
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${Number(value.toFixed(1))} ${units[unit]!}`;
}
