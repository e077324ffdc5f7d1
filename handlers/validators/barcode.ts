import { quote } from "#feeds/bad-cell.ts";
import { broken, calledIn, fieldOfPart, forEachPart, type Validator } from "./rule.ts";

/** Demands GTIN-8, -12, -13 or -14 with a right check digit; only where the feed says true. */
export const barcode: Validator<boolean> = (wanted, { columnOf }) => {
  if (!wanted) return () => undefined;
  return (product, { errors }) => {
    forEachPart(product, ({ barcode: code }, variant) => {
      if (code === undefined || !isDigits(code)) return; // What is no number breaks the product schema already.
      const problem = problemOf(code);
      if (problem === undefined) return;
      const message = `${calledIn("barcode", variant, columnOf)} has ${quote(code)}, ${problem}`;
      errors.push(broken("BAD_BARCODE", message, columnOf(fieldOfPart("barcode", variant)), code));
    });
  };
};

function problemOf(code: string): string | undefined {
  const { length } = code;
  if (length !== 8 && (length < 12 || length > 14)) {
    return `which has ${length} digits where a barcode has 8, 12, 13 or 14: correct the barcode.`;
  }
  const right = checkDigitOf(code.slice(0, -1));
  if (code.endsWith(right)) return undefined;
  return `whose check digit is ${code.at(-1)!} where ${right} fits the others: correct the barcode.`;
}

/** The check digit of GS1 for the digits before it: weights 3 and 1 in turn from the right. */
export function checkDigitOf(digits: string): string {
  let sum = 0;
  for (let i = digits.length - 1, weight = 3; i >= 0; i--, weight = 4 - weight) {
    sum += (digits.charCodeAt(i) - 0x30) * weight;
  }
  return String((10 - (sum % 10)) % 10);
}

function isDigits(text: string): boolean {
  return /^\d+$/.test(text);
}
