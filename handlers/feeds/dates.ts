const tokens = /YYYY|MM|M|DD|D|HH|mm|ss/g;
const digits: Readonly<Record<string, string>> = {
  YYYY: "\\d{4}",
  MM: "\\d{2}",
  M: "\\d{1,2}",
  DD: "\\d{2}",
  D: "\\d{1,2}",
  HH: "\\d{2}",
  mm: "\\d{2}",
  ss: "\\d{2}",
};
const groups: Readonly<Record<string, string>> = {
  YYYY: "y",
  MM: "m",
  M: "m",
  DD: "d",
  D: "d",
  HH: "h",
  mm: "i",
  ss: "s",
};

/** Reads text of one form; undefined where it is not of that form or is no day of the calendar. */
export type ReadDate = (text: string) => string | undefined;

/**
 * Compiles a form like `DD.MM.YYYY` or `YYYY-MM-DD HH:mm:ss` to a reader that gives ISO 8601 (`2024-02-01`, or with a time
 * `2024-02-01T19:00:00`; no zone, as the file has none). Undefined where the form lacks year, month or day, or repeats one.
 */
export function dateReader(form: string): ReadDate | undefined {
  const named = (form.match(tokens) ?? []).map((token) => groups[token]!);
  const complete = ["y", "m", "d"].every((group) => named.includes(group)) && new Set(named).size === named.length;
  if (!complete || named.includes("h") !== named.includes("i") || (named.includes("s") && !named.includes("h"))) return;
  let pattern = "";
  let at = 0;
  for (const match of form.matchAll(tokens)) {
    pattern += `${literal(form.slice(at, match.index))}(?<${groups[match[0]]!}>${digits[match[0]]!})`;
    at = match.index + match[0].length;
  }
  const whole = new RegExp(`^${pattern}${literal(form.slice(at))}$`);
  return (text) => {
    const found = whole.exec(text)?.groups;
    return found && isoOf(found);
  };
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

function isoOf({ y, m, d, h, i, s }: Record<string, string | undefined>): string | undefined {
  const [year, month, day] = [Number(y), Number(m), Number(d)];
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined;
  const date = `${y!}-${m!.padStart(2, "0")}-${d!.padStart(2, "0")}`;
  if (h === undefined) return date;
  if (Number(h) > 23 || Number(i) > 59 || Number(s ?? 0) > 59) return undefined;
  return `${date}T${h}:${i!}:${s ?? "00"}`;
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}
