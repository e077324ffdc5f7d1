import { quote } from "#feeds/bad-cell.ts";
import { readDecimal } from "#products/decimal.ts";

export interface Money {
  /** Decimal text. */
  readonly amount: string;
  /** ISO 4217. */
  readonly currency: string;
}

/** Why a text is no money, as the end of a sentence with what to do. */
export type MoneyProblem = { readonly problem: string };

const known = new Set(Intl.supportedValuesOf("currency"));

/** Currencies that write themselves so; several where the sign alone does not tell. */
const signs: Readonly<Record<string, readonly string[]>> = {
  "€": ["EUR"],
  "£": ["GBP"],
  $: ["USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN"],
  US$: ["USD"],
  "¥": ["JPY", "CNY"],
  "₹": ["INR"],
  "₩": ["KRW"],
  "₺": ["TRY"],
  "₽": ["RUB"],
  "₴": ["UAH"],
  "₪": ["ILS"],
  "฿": ["THB"],
  "₫": ["VND"],
  "₱": ["PHP"],
  "₦": ["NGN"],
  R$: ["BRL"],
  zł: ["PLN"],
  Kč: ["CZK"],
  Ft: ["HUF"],
  kr: ["SEK", "NOK", "DKK", "ISK"],
  Fr: ["CHF"],
  lei: ["RON"],
};

/** A code or a sign, not what is left of a number that is none. */
const markOfCurrency = /^[\p{L}\p{Sc}]/u;

/** Whether a text beside an amount says what currency it is of. */
export function isCurrencyMark(text: string): boolean {
  return Object.hasOwn(signs, text) || isCurrency(text);
}

/** Whether it is a currency of ISO 4217, in capital letters. */
export function isCurrency(code: string): boolean {
  return known.has(code);
}

/**
 * Reads an amount: bare, or with a sign or code of its currency before or after it ("€ 12,50", "12.50 EUR"). `currency` is
 * what the feed or another column says; a sign or code in the text must agree with it. Never guesses: a sign of several
 * currencies needs one that is said. `todo` is what to do where there is none at all.
 */
export function readMoney(
  text: string,
  currency: string | undefined,
  decimal: "." | ",",
  todo = "write it like 12.50 EUR",
): Money | MoneyProblem {
  const bare = currency === undefined ? undefined : readDecimal(text, decimal);
  if (bare !== undefined) return { amount: bare, currency: currency! };

  const [from, to] = amountIn(text);
  const amount = readDecimal(text.slice(from, to), decimal);
  const [before, after] = [text.slice(0, from).trim(), text.slice(to).trim()];
  const mark = before || after;
  const isMark = (before === "" || after === "") && (mark === "" || markOfCurrency.test(mark));
  if (amount === undefined || !isMark) {
    return { problem: `which is not an amount that can be charged: write it like 1234${decimal}50.` };
  }
  if (mark === "") return { problem: `which has no currency: ${todo}.` };
  const meant = Object.hasOwn(signs, mark) ? signs[mark]! : known.has(mark.toUpperCase()) ? [mark.toUpperCase()] : [];
  if (meant.length === 0) return { problem: `whose currency ${quote(mark)} is not known: use a code like EUR.` };
  if (currency === undefined) {
    if (meant.length === 1) return { amount, currency: meant[0]! };
    return {
      problem: `whose ${quote(mark)} may be ${meant.join(", ")}: use the code, or declare the currency in the feed.`,
    };
  }
  if (meant.includes(currency)) return { amount, currency };
  return { problem: `which is not in ${currency}: write the amount in ${currency}.` };
}

/** From the first to behind the last digit. */
function amountIn(text: string): [from: number, to: number] {
  let from = 0;
  let to = text.length;
  while (from < to && !isDigit(text, from)) from++;
  while (to > from && !isDigit(text, to - 1)) to--;
  return [from, to];
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0x30 && code <= 0x39;
}
