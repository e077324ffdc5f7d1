/** What of a number format changes the text of a cell: whether it shows a date, or pads an integer with zeros. */
export type NumberFormat = "plain" | "date" | { readonly digits: number };

/** Formats that every workbook knows without declaring them: 14 to 22 and 45 to 47, and those of East Asian calendars. */
export function builtInFormat(id: number): NumberFormat {
  const date = (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);
  return date ? "date" : "plain";
}

/** A format that the workbook declares by its code, such as `yyyy-mm-dd` or `00000`. */
export function declaredFormat(code: string): NumberFormat {
  const [positive = ""] = code.split(";");
  // Neither literal text nor colours, locales and fillers are placeholders.
  const placeholders = positive.replace(/"[^"]*"|\\.|\[[^\]]*\]|[_*]./g, "");
  if (/[ymdhs]/i.test(placeholders)) return "date";
  return /^0{2,}$/.test(placeholders) ? { digits: placeholders.length } : "plain";
}

/**
 * The text of a number as a person reads it in the sheet. Integers keep every digit; others have the 15 significant digits
 * that Excel works with, so that 1.1 does not come out as 1.1000000000000001. Never an exponent.
 */
export function numberText(stored: string, format: NumberFormat, epoch1904: boolean): string {
  const number = Number(stored);
  if (stored.trim() === "" || !Number.isFinite(number)) return stored;
  if (format === "date" && number >= 0) return dateText(number, epoch1904);
  const text = /^-?\d+$/.test(stored) ? stored : plain(Number(number.toPrecision(15)));
  if (typeof format === "object" && /^\d+$/.test(text)) return text.padStart(format.digits, "0");
  return text;
}

/** ISO 8601: a date, a date with time, or only a time where the day is missing. */
function dateText(serial: number, epoch1904: boolean): string {
  const seconds = Math.round(serial * 86_400);
  const days = Math.floor(seconds / 86_400);
  const time = new Date((seconds % 86_400) * 1000).toISOString().slice(11, 19);
  if (days === 0 && !epoch1904) return time;
  // Excel believes in a 29 February 1900, so that days before it count from one day later.
  const origin = epoch1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, days < 60 ? 31 : 30);
  const at = new Date(origin + days * 86_400_000);
  if (Number.isNaN(at.getTime())) return String(serial);
  const date = at.toISOString().slice(0, 10);
  return seconds % 86_400 === 0 ? date : `${date}T${time}`;
}

function plain(number: number): string {
  const text = String(number);
  const [digits = "", exponent] = text.split("e");
  if (exponent === undefined) return text;
  const sign = digits.startsWith("-") ? "-" : "";
  const [whole = "", fraction = ""] = digits.replace("-", "").split(".");
  const point = whole.length + Number(exponent);
  const all = whole + fraction;
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${all}`;
  if (point >= all.length) return sign + all.padEnd(point, "0");
  return `${sign}${all.slice(0, point)}.${all.slice(point)}`;
}
