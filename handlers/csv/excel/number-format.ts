import { currencyIn } from "#csv/excel/currency-mark.ts";
import { maskOf, masked, type Mask } from "#csv/excel/number-mask.ts";
import type { SheetCell } from "#csv/excel/sheet-cell.ts";

/**
 * What of a number format changes the text of a cell: what it shows of a date, that it pads an integer with zeros in front, what it
 * writes around its digits, or how many decimals it shows at least, and of what currency.
 */
export type NumberFormat =
  | "plain"
  | "date"
  | "time"
  | "dateTime"
  | "duration"
  | { readonly digits: number; readonly mask?: Mask; readonly currency?: string }
  | { readonly decimals: number; readonly currency?: string };

/** Formats that every workbook knows without declaring them: 14 to 22 and 45 to 47, and those of East Asian calendars. */
export function builtInFormat(id: number): NumberFormat {
  if (id === 22) return "dateTime";
  if ([2, 4, 7, 8, 39, 40, 43, 44].includes(id)) return { decimals: 2 };
  if (id === 46) return "duration";
  if ((id >= 18 && id <= 21) || id === 32 || id === 33 || id === 45 || id === 47) return "time";
  return (id >= 14 && id <= 17) || (id >= 27 && id <= 36) || (id >= 50 && id <= 58) ? "date" : "plain";
}

/** More is no format that a spreadsheet could have written. */
const longestCode = 1000;

/** A format that the workbook declares by its code, such as `yyyy-mm-dd` or `00000`. */
export function declaredFormat(code: string): NumberFormat {
  if (code.length > longestCode) return "plain";
  const [positive = ""] = code.split(";");
  if (/\[[hms]+\]/i.test(positive)) return "duration";
  // Neither literal text nor colours, locales and fillers are placeholders.
  const placeholders = positive.replace(/"[^"]*"|\\.|\[[^\]]*\]|[_*]./g, "");
  const time = /[hs]/i.test(placeholders);
  // An m alone is a month; beside hours or seconds it may be a minute.
  const date = /[yd]/i.test(placeholders) || (!time && /m/i.test(placeholders));
  if (date) return time ? "dateTime" : "date";
  if (time) return "time";
  const shown = currencyIn(positive);
  const currency = shown === undefined ? {} : { currency: shown };
  const mask = maskOf(positive);
  const digits = /^0{2,}$/.test(placeholders) ? placeholders.length : 0;
  if (digits > 0 || mask !== undefined) return { digits, ...(mask && { mask }), ...currency };
  const decimals = /[%eE]/.test(placeholders) ? undefined : /\.(0+)/.exec(placeholders)?.[1];
  if (decimals === undefined && shown === undefined) return "plain";
  return { decimals: decimals?.length ?? 0, ...currency };
}

/**
 * A number as a person reads it in the sheet. Integers keep every digit; others have the 15 significant digits that Excel works
 * with, so that 1.1 does not come out as 1.1000000000000001.
 */
export function numberCell(stored: string, format: NumberFormat, epoch1904: boolean): SheetCell {
  const number = Number(stored);
  if (stored.trim() === "" || !Number.isFinite(number)) return { type: "text", text: stored };
  if (typeof format === "string" && format !== "plain" && number >= 0) {
    const seconds = Math.round(number * 86_400);
    if (format === "duration") return { type: "text", text: durationText(seconds) };
    const cell = dateCell(seconds, format, epoch1904);
    if (cell !== undefined) return cell;
  }
  const text = /^-?\d+$/.test(stored) ? stored : plain(Number(number.toPrecision(15)));
  if (typeof format !== "object") return { type: "number", text, number: text };
  const currency = format.currency === undefined ? {} : { currency: format.currency };
  if ("decimals" in format) return { type: "number", text, number: withDecimals(text, format.decimals), ...currency };
  if (!/^\d+$/.test(text)) return { type: "number", text, number: text, ...currency };
  const shown = format.mask && masked(text, format.mask);
  return {
    type: "number",
    text: text.padStart(format.digits, "0"),
    number: text,
    ...(shown && { shown }),
    ...currency,
  };
}

/** The same number with zeros behind, as the CSV has it that is saved from the sheet; what a format rounds away stays. */
function withDecimals(text: string, decimals: number): string {
  const [whole = "", fraction = ""] = text.split(".");
  return fraction.length >= decimals ? text : `${whole}.${fraction.padEnd(decimals, "0")}`;
}

/** A date that the sheet stores as ISO 8601, with or without a time. */
export function isoDateCell(stored: string, format: NumberFormat): SheetCell {
  const parts = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}:\d{2})(?:\.\d+)?Z?)?$/.exec(stored);
  if (!parts) return { type: "text", text: stored };
  return dateOf(parts[1]!, parts[2] ?? "00:00:00", format);
}

/** Undefined where the calendar has no such day. */
function dateCell(seconds: number, format: NumberFormat, epoch1904: boolean): SheetCell | undefined {
  const days = Math.floor(seconds / 86_400);
  const time = new Date((seconds % 86_400) * 1000).toISOString().slice(11, 19);
  if (days === 0 && !epoch1904) return { type: "text", text: time };
  // Excel believes in a 29 February 1900 and shows it; days before it count from one day later.
  if (days === 60 && !epoch1904) return dateOf("1900-02-29", time, format);
  const origin = epoch1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, days < 60 ? 31 : 30);
  const at = new Date(origin + days * 86_400_000);
  if (Number.isNaN(at.getTime()) || at.getUTCFullYear() > 9999) return undefined;
  return dateOf(at.toISOString().slice(0, 10), time, format);
}

function dateOf(date: string, stored: string, format: NumberFormat): SheetCell {
  // Under a format without a time a person sees the day only, whatever the cell holds beside it.
  const showsTime = format === "dateTime" || format === "time";
  const time = showsTime ? stored : "00:00:00";
  return { type: "date", text: time === "00:00:00" ? date : `${date}T${time}`, date, time, showsTime };
}

/** Hours, which may be more than a day has, minutes and seconds. */
function durationText(seconds: number): string {
  const two = (number: number): string => String(number).padStart(2, "0");
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
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
