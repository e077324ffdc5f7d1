import { delimiterName } from "#csv/dialect.ts";
import { FileRejected } from "#errors/catalogue.ts";
import { quote } from "#feeds/bad-cell.ts";
import { delimiters, type Delimiter } from "#imports/flow.ts";

/** The line by which spreadsheets say how a file is separated, and which they hide: `sep=;`. */
export interface SeparatorLine {
  readonly delimiter: Delimiter;
  /** Offset of the line behind it. */
  readonly end: number;
}

/** The separator that the first line of a file names, where it does nothing else. Throws where it is none that is known. */
export function separatorLine(text: Uint8Array): SeparatorLine | undefined {
  // A file that is separated by it may have been filled up with more of them.
  const start = Buffer.from(text.subarray(0, 1024)).toString("latin1");
  const [line, separator] = /^"?sep=(\\t|[^\r\n])"?[,;|\t]*(?:\r\n|\n|\r|$)/i.exec(start) ?? [];
  if (line === undefined || separator === undefined) return undefined;
  const delimiter = delimiters.find((known) => known === (separator === "\\t" ? "\t" : separator));
  if (delimiter !== undefined) return { delimiter, end: line.length };
  throw new FileRejected(
    "WRONG_DELIMITER",
    `Line 1 names ${quote(separator)} as the separator (sep=${separator}), which is none of ${delimiters
      .map(delimiterName)
      .join(", ")}: export the file with one of these.`,
    1,
  );
}
