import type { RecordError, RecordErrorCode } from "#errors/catalogue.ts";
import { visible } from "#feeds/visible.ts";

/** A value is quoted in a failure up to here: enough to find it, not enough to drown the sentence. */
const longestInSentence = 80;
const longestValue = 1000;

/** What is wrong with one cell: the sentence begins with the column and its value, and `problem` goes on. */
export function badCell(code: RecordErrorCode, column: string, value: string, problem: string): RecordError {
  return {
    code,
    message: `Column "${visible(column)}" has ${quote(value)}, ${problem}`,
    column,
    value: shorten(value, longestValue),
  };
}

/** The value in quotes, shortened for a sentence, with what is not seen in it by its number. */
export function quote(value: string): string {
  return `"${visible(shorten(value, longestInSentence))}"`;
}

/** The first ten names, each in quotes. */
export function quoteAll(names: readonly string[]): string {
  const shown = names.slice(0, 10).map((name) => `"${visible(shorten(name, 60))}"`);
  return shown.join(", ") + (names.length > shown.length ? ` and ${names.length - shown.length} more` : "");
}

/** The text, cut where it is longer; never through the middle of a character of two code units. */
export function shorten(text: string, longest = longestValue): string {
  if (text.length <= longest) return text;
  const cut = text.charCodeAt(longest - 1);
  return `${text.slice(0, cut >= 0xd800 && cut < 0xdc00 ? longest - 1 : longest)}…`;
}
