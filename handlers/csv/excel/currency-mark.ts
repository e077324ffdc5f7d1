import { isCurrencyMark } from "#feeds/money.ts";

/** The currency that a number format's section shows beside the number, as it is written there: €, EUR. */
export function currencyIn(section: string): string | undefined {
  return [...section.matchAll(marks)]
    .map(([, declared, quoted, sign]) => (declared ?? quoted ?? sign)!.trim())
    .find((text) => isCurrencyMark(text));
}

/** `[$€-407]`, `"EUR"`, or a sign that stands for itself. */
const marks = /\[\$([^\]-]+)[^\]]*\]|"([^"]*)"|(\p{Sc})/gu;
