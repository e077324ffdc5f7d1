/**
 * Reads a decimal number that is not negative, written with the given decimal sign: "1.234,50" with a decimal comma is
 * "1234.50". Thousands may be separated by the other sign, a space or an apostrophe, but only where every group has three
 * digits, so that a number written with the other decimal sign is refused, not misread. No floats: digits stay as they are,
 * leading zeros excepted. Undefined where the text is no such number.
 */
export function readDecimal(text: string, sign: "." | ","): string | undefined {
  return isPlain(text, sign) ? text : readGrouped(text, sign);
}

/** Digits, or digits with a decimal point between, without a leading zero: what most cells hold, known at a glance. */
function isPlain(text: string, sign: "." | ","): boolean {
  const end = text.length;
  let point = -1;
  for (let i = 0; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x30 && code <= 0x39) continue;
    if (code !== 0x2e || point >= 0 || sign === ",") return false;
    point = i;
  }
  const whole = point < 0 ? end : point;
  return whole > 0 && point !== end - 1 && (whole === 1 || text.charCodeAt(0) !== 0x30);
}

const forms = {
  ".": /^(\d+|\d{1,3}(?:([, \u00a0\u202f'’])\d{3})(?:\2\d{3})*)(?:\.(\d+))?$/,
  ",": /^(\d+|\d{1,3}(?:([. \u00a0\u202f'’])\d{3})(?:\2\d{3})*)(?:,(\d+))?$/,
};

function readGrouped(text: string, sign: "." | ","): string | undefined {
  const found = forms[sign].exec(text);
  if (!found) return undefined;
  const whole = found[2] === undefined ? found[1]! : found[1]!.replaceAll(found[2], "");
  return found[3] === undefined ? stripZeros(whole) : `${stripZeros(whole)}.${found[3]}`;
}

function stripZeros(whole: string): string {
  return whole.replace(/^0+(?=\d)/, "");
}

/** Compares two decimal texts without floats: negative, zero or positive, as `Array.sort` takes it. */
export function compareDecimals(a: string, b: string): number {
  const [aWhole, aFraction] = parts(a);
  const [bWhole, bFraction] = parts(b);
  if (aWhole.length !== bWhole.length) return aWhole.length - bWhole.length;
  if (aWhole !== bWhole) return aWhole < bWhole ? -1 : 1;
  return aFraction === bFraction ? 0 : aFraction < bFraction ? -1 : 1;
}

function parts(text: string): [whole: string, fraction: string] {
  const point = text.indexOf(".");
  const whole = stripZeros(point < 0 ? text : text.slice(0, point));
  return [whole, point < 0 ? "" : text.slice(point + 1).replace(/0+$/, "")];
}
