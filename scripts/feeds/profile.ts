import { dateForm, type DateForm } from "#feeds/dates.ts";
import { shownText, spreadsheetError } from "#feeds/spreadsheet-text.ts";
import { readDecimal } from "#products/decimal.ts";
import { isCurrency, isCurrencyMark } from "#feeds/money.ts";
import { flagWords } from "./words.ts";

/** What the cells of a column look like, in a sample. */
export interface Profile {
  readonly name: string;
  readonly index: number;
  /** Cells that are not blank, trimmed, in the order of the rows. */
  readonly values: readonly string[];
  /** All cells, trimmed. */
  readonly cells: readonly string[];
  readonly distinct: ReadonlySet<string>;
  /** Whether cells have white space around them. */
  readonly padded: boolean;
  readonly numbers: Numbers | undefined;
  readonly dates: Dates | undefined;
  readonly flags: Flags | undefined;
  readonly html: boolean;
}

/** A column of numbers, each perhaps with a sign or a unit beside it. */
export interface Numbers {
  /** The decimal sign that some of them can be read by only; undefined where all can be read by both. */
  readonly sign: "." | "," | undefined;
  /** A number that both signs read, each as another number: 1.299. */
  readonly ambiguous: string | undefined;
  /** A number that can be read by the other sign only. */
  readonly otherSign: string | undefined;
  readonly whole: boolean;
  readonly negative: boolean;
  /** A cell that is no number. */
  readonly bad: string | undefined;
  /** Whether nothing stands beside any of the numbers. */
  readonly bare: boolean;
  /** What stands beside the numbers, like € or kg. */
  readonly marks: ReadonlySet<string>;
}

/** The forms in which all dates of a column can be read; several where it is not known which is meant. */
export interface Dates {
  readonly forms: readonly string[];
  /** A date that the forms read differently. */
  readonly ambiguous: string | undefined;
}

export interface Flags {
  readonly yes: readonly string[];
  readonly no: readonly string[];
  /** Whether the words are numbers, which may count something. */
  readonly digits: boolean;
}

/** Looks at every column of rows. */
export function profilesOf(names: readonly string[], rows: readonly (readonly string[])[]): Profile[] {
  return names.map((name, index) =>
    profileOf(
      name,
      index,
      rows.map((row) => row[index] ?? ""),
    ),
  );
}

function profileOf(name: string, index: number, texts: readonly string[]): Profile {
  const shown = texts.map(shownText);
  // An error of a spreadsheet says nothing of its column; its record fails whatever the feed.
  const cells = shown.map((text) => (spreadsheetError(name, text) ? "" : text.trim()));
  const values = cells.filter((text) => text !== "");
  const distinct = new Set(values);
  return {
    ...{ name, index, values, cells, distinct },
    padded: shown.some((text) => text !== text.trim()),
    numbers: numbersIn(values),
    dates: datesIn(distinct),
    flags: flagsIn(distinct),
    html: values.some((text) =>
      /<\/?(?:p|br|div|span|ul|ol|li|b|strong|em|i|h[1-6]|table|tr|td|a|img)\b[^<>]*>/i.test(text),
    ),
  };
}

const around = /^([^\d+-]*)([-+]?)(\d(?:[\d.,'’\u00a0\u202f ]*\d)?)([^\d]*)$/u;

function numbersIn(values: readonly string[]): Numbers | undefined {
  if (values.length === 0) return undefined;
  let [comma, point, other] = [0, 0, 0];
  let bad: string | undefined;
  let ambiguous: string | undefined;
  const onlyBy: { "."?: string; ","?: string } = {};
  const marks = new Set<string>();
  let [whole, negative, bare] = [true, false, true];
  for (const text of values) {
    const [, before = "", sign = "", number, after = ""] = around.exec(text) ?? [];
    const mark = `${before}${after}`.trim();
    if (number === undefined || (mark !== "" && mark.length > 12)) {
      other++;
      bad ??= text;
      continue;
    }
    const [byPoint, byComma] = [readDecimal(number, "."), readDecimal(number, ",")];
    if (byPoint === undefined && byComma === undefined) {
      other++;
      bad ??= text;
      continue;
    }
    if (mark !== "") marks.add(mark);
    bare &&= mark === "";
    negative ||= sign === "-";
    if (byPoint !== undefined && byComma === undefined) {
      point++;
      onlyBy["."] ??= text;
    } else if (byComma !== undefined && byPoint === undefined) {
      comma++;
      onlyBy[","] ??= text;
    } else if (byPoint !== byComma) ambiguous ??= text;
    whole &&= /^\d+$/.test(number);
  }
  // A truly bad cell is no reason to take a column of numbers for text.
  if (other > Math.max(values.length * 0.1, values.length > 2 ? 1 : 0)) return undefined;
  const sign = comma === 0 && point === 0 ? undefined : comma > point ? "," : ".";
  return {
    ...{ sign, ambiguous, whole, negative, bare, marks, bad },
    otherSign: sign === undefined ? undefined : onlyBy[sign === "." ? "," : "."],
  };
}

const days = ["YYYY-MM-DD", "YYYY/MM/DD", "YYYY.MM.DD", "D.M.YYYY", "D/M/YYYY", "M/D/YYYY", "D-M-YYYY", "M-D-YYYY"];
const times = [
  "",
  " HH:mm",
  " H:mm",
  " HH:mm:ss",
  " H:mm:ss",
  "THH:mm:ss",
  "THH:mm:ssZ",
  "THH:mm:ss.SSSZ",
  " HH:mm:ss Z",
  " HH:mm:ss.SSS",
];
const forms = days.flatMap((day) => times.map((time) => dateForm(`${day}${time}`)!));
/** How forms of one or two digits are written where all have two. */
const nice: Readonly<Record<string, string>> = {
  "D.M.YYYY": "DD.MM.YYYY",
  "D/M/YYYY": "DD/MM/YYYY",
  "M/D/YYYY": "MM/DD/YYYY",
  "D-M-YYYY": "DD-MM-YYYY",
  "M-D-YYYY": "MM-DD-YYYY",
};

function datesIn(distinct: ReadonlySet<string>): Dates | undefined {
  const values = [...distinct].slice(0, 2000);
  // 0000-00-00 and the like are what databases have for no date.
  if (values.length === 0 || !/^\d{1,4}[-./]\d{1,2}[-./]\d{1,4}/.test(values[0]!)) return undefined;
  const mostBad = values.length >= 20 ? Math.floor(values.length * 0.05) : 0;
  const fitting = forms.filter(({ read }) => {
    let bad = 0;
    return values.every((text) => read(text) !== undefined || ++bad <= mostBad);
  });
  const kinds = new Map<string, DateForm>();
  for (const form of fitting) {
    const meaning = values.map((text) => form.read(text) ?? "").join();
    if (!kinds.has(meaning)) kinds.set(meaning, form);
  }
  const [one, other] = [...kinds.values()];
  if (one === undefined) return undefined;
  return {
    forms: [...kinds.values()].map(({ form }) => shortest(form, values)),
    ambiguous: other && values.find((text) => one.read(text) !== other.read(text)),
  };
}

/** With two digits for days and months where all have them. */
function shortest(form: string, values: readonly string[]): string {
  const day = Object.keys(nice).find((short) => form.startsWith(short));
  if (day === undefined) return form;
  const padded = nice[day]! + form.slice(day.length);
  const read = dateForm(padded)!.read;
  return values.every((text) => read(text) !== undefined) ? padded : form;
}

function flagsIn(distinct: ReadonlySet<string>): Flags | undefined {
  if (distinct.size === 0 || distinct.size > 8) return undefined;
  const words = new Set([...distinct].map((text) => text.toLowerCase()));
  if (words.size > 2) return undefined;
  const fitting = flagWords.filter(({ yes, no }) =>
    [...words].every((word) => yes.includes(word) || no.includes(word)),
  );
  if (fitting.length === 0) return undefined;
  // One word alone may belong to several pairs: all that cannot be mixed up.
  const digits = fitting[0]!.yes[0] === "1";
  if (words.size === 1 && (digits || [...words][0]!.length === 1)) return undefined;
  const yes = [...new Set(fitting.flatMap((pair) => pair.yes))];
  const no = [...new Set(fitting.flatMap((pair) => pair.no))].filter((word) => !yes.includes(word));
  return { yes, no, digits };
}

/** Signs that only one currency has. */
const currencySigns: Readonly<Record<string, string>> = {
  ...{
    "€": "EUR",
    "£": "GBP",
    zł: "PLN",
    "₹": "INR",
    "₽": "RUB",
    R$: "BRL",
    US$: "USD",
    Kč: "CZK",
    Ft: "HUF",
    "₺": "TRY",
  },
  ...{ "₴": "UAH", "₪": "ILS", Fr: "CHF", lei: "RON" },
};

/** The one currency that marks beside amounts name; undefined where they name none, or several, or one sign of several. */
export function currencyOf(marks: Iterable<string>): string | undefined {
  const codes = new Set<string>();
  for (const mark of marks) {
    const plain = mark.replace(/[.,\s]+$/, "");
    const code = isCurrency(plain.toUpperCase()) ? plain.toUpperCase() : currencySigns[plain];
    if (code !== undefined) codes.add(code);
    else if (isCurrencyMark(plain)) return undefined;
  }
  return codes.size === 1 ? [...codes][0] : undefined;
}

/** Whether digits are a GTIN with a right check digit. */
export function isGtin(text: string): boolean {
  if (!/^(?:\d{8}|\d{12,14})$/.test(text)) return false;
  const digits = Array.from(text, Number).reverse();
  const sum = digits.slice(1).reduce((sum, digit, index) => sum + digit * (index % 2 === 0 ? 3 : 1), 0);
  return (sum + digits[0]!) % 10 === 0;
}
