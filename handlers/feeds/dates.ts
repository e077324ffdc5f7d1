/** What stands for a part of a date in a form: its digits, and the name of the part. */
const tokens: Readonly<Record<string, { readonly part: string; readonly digits: string }>> = {
  YYYY: { part: "y", digits: "\\d{4}" },
  YY: { part: "y", digits: "\\d{2}" },
  MM: { part: "m", digits: "\\d{2}" },
  M: { part: "m", digits: "\\d{1,2}" },
  DD: { part: "d", digits: "\\d{2}" },
  D: { part: "d", digits: "\\d{1,2}" },
  HH: { part: "h", digits: "\\d{2}" },
  H: { part: "h", digits: "\\d{1,2}" },
  mm: { part: "i", digits: "\\d{2}" },
  ss: { part: "s", digits: "\\d{2}" },
  SSS: { part: "f", digits: "\\d{3}" },
  A: { part: "a", digits: "[AaPp]\\.?[Mm]\\.?" },
  Z: { part: "z", digits: "Z|[+-]\\d{2}:?\\d{2}" },
};
const token = /YYYY|YY|MM?|DD?|HH?|mm|ss|SSS|A|Z/g;
const oneOrTwoDigits = ["M", "D", "H"];

/** A part needs the one before it: minutes without hours mean nothing. */
const needs: Readonly<Record<string, string>> = { h: "i", i: "h", s: "i", f: "s", a: "h", z: "h" };

/** Reads text of one form; undefined where it is not of that form or is no day of the calendar. */
export type ReadDate = (text: string) => string | undefined;

/** A form in which dates are written, ready to read them. */
export interface DateForm {
  readonly form: string;
  readonly read: ReadDate;
  /** Why a text that has the form is no date all the same. */
  readonly problem: (text: string) => "no day of the calendar" | "no time of day" | undefined;
  /** A date in that form: the shortest or the longest way to write it. */
  readonly write: (parts: DateParts, short: boolean) => string;
}

type DateParts = Readonly<Record<string, string | undefined>>;

/**
 * Compiles a form like `DD.MM.YYYY` or `YYYY-MM-DD HH:mm:ss` to a reader that gives ISO 8601 (`2024-02-01`, or with a time
 * `2024-02-01T19:00:00.000+02:00`; a zone only where the file has one). Years of two digits, `M/D/YY`, are of this century; with an
 * `A` (AM, PM) the hours are those of a clock of twelve. Undefined where the form lacks year, month or day,
 * repeats one, has letters that mean nothing, or digits that run into each other.
 */
export function dateForm(form: string): DateForm | undefined {
  const found = [...form.matchAll(token)].map((match) => ({ name: match[0], at: match.index, ...tokens[match[0]]! }));
  const parts = found.map(({ part }) => part);
  const complete = ["y", "m", "d"].every((part) => parts.includes(part)) && new Set(parts).size === parts.length;
  if (!complete || parts.some((part) => needs[part] !== undefined && !parts.includes(needs[part]))) return undefined;

  let pattern = "";
  const between: string[] = [];
  for (const [index, { at, part, digits }] of found.entries()) {
    const before = found[index - 1];
    const text = form.slice(before ? before.at + before.name.length : 0, at);
    if (before && text === "" && oneOrTwoDigits.includes(before.name) && part !== "z") return undefined;
    if (!(text === "T" && part === "h" && before) && latin.test(text)) return undefined;
    between.push(text);
    pattern += `${literal(text)}(?<${part}>${digits})`;
  }
  const last = found.at(-1)!;
  const rest = form.slice(last.at + last.name.length);
  if (latin.test(rest)) return undefined;

  const whole = new RegExp(`^${pattern}${literal(rest)}$`);
  const partsIn = (text: string): DateParts | undefined => {
    const parts = whole.exec(text)?.groups;
    return parts && { ...parts, ...yearOf(parts), ...hoursOf(parts) };
  };
  return {
    form,
    read: (text) => {
      const parts = partsIn(text);
      return parts && isDay(parts) && isTime(parts) ? isoOf(parts) : undefined;
    },
    problem: (text) => {
      const parts = partsIn(text);
      if (!parts) return undefined;
      return !isDay(parts) ? "no day of the calendar" : !isTime(parts) ? "no time of day" : undefined;
    },
    write: (parts, short) =>
      found
        .map(({ name, part }, index) => {
          const digits = name === "YY" ? parts[part]!.slice(2) : parts[part]!;
          return `${between[index]!}${short && oneOrTwoDigits.includes(name) ? digits.replace(/^0/, "") : digits}`;
        })
        .join("") + rest,
  };
}

const latin = /\p{Script=Latin}/u;

/** The reader of one form; see dateForm. */
export function dateReader(form: string): ReadDate | undefined {
  return dateForm(form)?.read;
}

/** A text that two forms read as two different dates; undefined where there is none, so that both can be read in one column. */
export function readTwoWays(a: DateForm, b: DateForm): string | undefined {
  for (const parts of samples()) {
    for (const text of [a.write(parts, false), a.write(parts, true), b.write(parts, false), b.write(parts, true)]) {
      const [one, other] = [a.read(text), b.read(text)];
      if (one !== undefined && other !== undefined && one !== other) return text;
    }
  }
  return undefined;
}

/** Dates whose parts could be taken for each other: days that are months, years that are both. */
function* samples(): Generator<DateParts> {
  const numbers = Array.from({ length: 12 }, (_, index) => String(index + 1).padStart(2, "0"));
  for (const y of ["2012", "2001", "1112", "1201"])
    for (const m of numbers)
      for (const d of [...numbers, "20", "28"])
        yield { y, m, d, h: "11", i: "12", s: "10", f: "101", a: "AM", z: "+02:00" };
}

/** Whether a text that begins like an ISO 8601 date names a day that the calendar does not have: `2016-06-31`. */
export function isNoDay(text: string): boolean {
  const parts = isoDay.exec(text)?.groups;
  return parts !== undefined && !isDay(parts);
}

const isoDay = /^(?<y>\d{4})-(?<m>\d\d)-(?<d>\d\d)/;

/** What a form has between its parts; its spaces may be such that do not break, as ICU writes them before AM. */
function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&").replaceAll(" ", "[ \\u00a0\\u202f]");
}

function yearOf({ y }: DateParts): DateParts {
  return y?.length === 2 ? { y: `20${y}` } : {};
}

/** Hours of a clock of twelve as those of the day; such a clock has no 0 and no 13. */
function hoursOf({ h, a }: DateParts): DateParts {
  if (a === undefined) return {};
  const hours = Number(h);
  if (hours < 1 || hours > 12) return { h: "24" };
  return { h: String((hours % 12) + (/^p/i.test(a) ? 12 : 0)) };
}

function isDay({ y, m, d }: DateParts): boolean {
  const [year, month, day] = [Number(y), Number(m), Number(d)];
  return month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
}

function isTime({ h = "0", i = "0", s = "0", z = "Z" }: DateParts): boolean {
  const isZone = z === "Z" || (Number(z.slice(1, 3)) <= 14 && Number(z.slice(-2)) <= 59);
  return Number(h) <= 23 && Number(i) <= 59 && Number(s) <= 59 && isZone;
}

function isoOf({ y, m, d, h, i, s, f, z = "" }: DateParts): string {
  const date = `${y!}-${m!.padStart(2, "0")}-${d!.padStart(2, "0")}`;
  if (h === undefined) return date;
  const zone = z.length === 5 ? `${z.slice(0, 3)}:${z.slice(3)}` : z;
  return `${date}T${h.padStart(2, "0")}:${i!}:${s ?? "00"}${f === undefined ? "" : `.${f}`}${zone}`;
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}
