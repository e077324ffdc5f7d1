/**
 * A product's key (its sku, and every reference to one) as it is compared and stored: in NFC, without white space around it and
 * without characters that do not show (zero-width, direction marks, soft hyphens, control characters); no-break spaces inside
 * are spaces. Upper and lower case are different keys.
 */
export function cleanKey(text: string): string {
  return isPlain(text) ? text : cleaned(text);
}

/** ASCII that shows, with blanks inside at most: what nearly every key is. */
function isPlain(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code > 0x7e) return false;
  }
  return text.charCodeAt(0) !== 0x20 && text.charCodeAt(text.length - 1) !== 0x20;
}

/** Control characters, line separators, and what Unicode has programs show nothing for: zero-width, directions, soft hyphens. */
const unseen = /[\p{Cc}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
const noBreakSpace = /[\u00a0\u2007\u202f]/g;

function cleaned(text: string): string {
  return text.replace(unseen, "").replace(noBreakSpace, " ").normalize("NFC").trim();
}

/** Whether a key differs from the cell that it was made of by more than the plain blanks around it, which a feed's `trim` takes off. */
export function hasUnseen(cell: string): boolean {
  return !isPlain(cell) && cleaned(cell) !== cell.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");
}

/**
 * What a spreadsheet makes of a long number that is no text: `4,00638E+12`. A decimal sign or a plus gives it away; `3E12` may be
 * a key.
 */
const scientific = /^[+-]?\d+(?:[.,]\d*e[+-]?\d+|e\+\d+)$/i;

/** Why a text can be no key, as the end of a sentence with what to do; undefined where it can. */
export function keyProblem(key: string, form?: KeyForm): string | undefined {
  if (scientific.test(key)) {
    return "which looks like a number that a spreadsheet has shortened: format the column as text and export it again.";
  }
  if (key.charCodeAt(0) === 0x27) {
    return "which begins with the apostrophe by which a spreadsheet marks text: remove it, or give the column the cleansing step textMark.";
  }
  if (form !== undefined && !form.whole.test(key)) {
    return `which does not match the pattern of the feed's keys, ${form.pattern}: correct the key.`;
  }
  return undefined;
}

/** What the keys of a feed look like. */
export interface KeyForm {
  /** As the feed declares it. */
  readonly pattern: string;
  readonly whole: RegExp;
}

/** Compiles a regular expression for whole keys; undefined where it is none. */
export function keyForm(pattern: string): KeyForm | undefined {
  try {
    return { pattern, whole: new RegExp(`^(?:${pattern})$`, "u") };
  } catch {
    return undefined;
  }
}
