/**
 * Reads a decimal number that is not negative, written with the given decimal sign: "1.234,50" with a decimal comma is
 * "1234.50". Thousands may be separated by the other sign, a space or an apostrophe, but only where every group has three
 * digits and the first one does not begin with a zero, so that a number written with the other decimal sign is refused, not
 * misread. Some exports leave out a zero before the sign: ".5" is "0.5". No floats: digits stay as they are, leading zeros
 * excepted. Undefined where the text is no such number.
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
  ".": /^(\d+|[1-9]\d{0,2}(?:([, \u00a0\u202f'’])\d{3})(?:\2\d{3})*)(?:\.(\d+))?$/,
  ",": /^(\d+|[1-9]\d{0,2}(?:([. \u00a0\u202f'’])\d{3})(?:\2\d{3})*)(?:,(\d+))?$/,
};

function readGrouped(text: string, sign: "." | ","): string | undefined {
  const found = forms[sign].exec(text);
  if (!found) return text.startsWith(sign) && /^.\d+$/.test(text) ? `0.${text.slice(1)}` : undefined;
  const whole = found[2] === undefined ? found[1]! : found[1]!.replaceAll(found[2], "");
  return found[3] === undefined ? stripZeros(whole) : `${stripZeros(whole)}.${found[3]}`;
}

function stripZeros(whole: string): string {
  return whole.replace(/^0+(?=\d)/, "");
}

/**
 * Whether a text around a number could be read two ways, for its one group of thousands stands behind the sign that is a decimal
 * sign elsewhere: "1,299" with a decimal point, "1.299 kg" with a decimal comma.
 */
export function isGroupedOnce(text: string, sign: "." | ","): boolean {
  return groupedOnce[sign].test(text);
}

const groupedOnce = {
  ".": /^\D*\d{1,3},\d{3}\D*$/,
  ",": /^\D*\d{1,3}\.\d{3}\D*$/,
};

/** Compares two decimal texts, which may be negative, without floats: negative, zero or positive, as `Array.sort` takes it. */
export function compareDecimals(a: string, b: string): number {
  const [aNegative, bNegative] = [a.charCodeAt(0) === minus, b.charCodeAt(0) === minus];
  if (!aNegative && !bNegative) return compareSizes(a, b);
  if (aNegative && bNegative) return compareSizes(b.slice(1), a.slice(1));
  // Zero is zero with a sign too.
  const bothZero =
    compareSizes(aNegative ? a.slice(1) : a, "0") === 0 && compareSizes(bNegative ? b.slice(1) : b, "0") === 0;
  return bothZero ? 0 : aNegative ? -1 : 1;
}

function compareSizes(a: string, b: string): number {
  const [aPoint, bPoint] = [pointOf(a), pointOf(b)];
  const [aStart, bStart] = [firstDigit(a, aPoint), firstDigit(b, bPoint)];
  const longer = aPoint - aStart - (bPoint - bStart);
  if (longer !== 0) return longer;
  const digits = Math.max(a.length - aStart, b.length - bStart);
  for (let i = 0; i < digits; i++) {
    // Both points stand at the same place; a digit that one of them lacks behind it is a zero.
    const difference = digitAt(a, aStart + i) - digitAt(b, bStart + i);
    if (difference !== 0) return difference;
  }
  return 0;
}

const zero = 0x30;
const minus = 0x2d;

function pointOf(text: string): number {
  const point = text.indexOf(".");
  return point < 0 ? text.length : point;
}

function firstDigit(text: string, point: number): number {
  let first = 0;
  while (first < point && text.charCodeAt(first) === zero) first++;
  return first;
}

function digitAt(text: string, index: number): number {
  return index < text.length && text[index] !== "." ? text.charCodeAt(index) - zero : 0;
}
