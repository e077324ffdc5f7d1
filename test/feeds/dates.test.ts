import fc from "fast-check";
import { expect, test } from "vitest";
import { dateForm, dateReader, readTwoWays } from "#feeds/dates.ts";

test.each([
  ["YYYY-MM-DD", "2024-02-29", "2024-02-29"],
  ["DD.MM.YYYY", "01.12.2026", "2026-12-01"],
  ["D/M/YYYY", "1/12/2026", "2026-12-01"],
  ["YYYYMMDD", "20260715", "2026-07-15"],
  ["M/D/YY", "7/5/26", "2026-07-05"],
  ["DD.MM.YY", "29.02.24", "2024-02-29"],
  ["YYYY-MM-DD HH:mm:ss", "2026-07-15 19:00:05", "2026-07-15T19:00:05"],
  ["MM/DD/YYYY HH:mm", "07/15/2026 23:59", "2026-07-15T23:59:00"],
  ["D.M.YYYY H:mm", "1.7.2026 9:05", "2026-07-01T09:05:00"],
  ["D.M.YYYY H:mm", "1.7.2026 19:05", "2026-07-01T19:05:00"],
  ["M/D/YY, H:mm A", "7/5/26, 2:10 AM", "2026-07-05T02:10:00"],
  ["M/D/YY, H:mm A", "7/5/26, 12:05\u202fam", "2026-07-05T00:05:00"],
  ["M/D/YY, H:mm A", "7/5/26, 12:00 p.m.", "2026-07-05T12:00:00"],
  ["MM/DD/YYYY HH:mmA", "07/05/2026 11:59PM", "2026-07-05T23:59:00"],
  ["YYYY-MM-DDTHH:mm:ss.SSSZ", "2026-07-15T19:00:05.120Z", "2026-07-15T19:00:05.120Z"],
  ["YYYY-MM-DDTHH:mm:ssZ", "2026-07-15T19:00:05+02:00", "2026-07-15T19:00:05+02:00"],
  ["YYYY-MM-DDTHH:mmZ", "2026-07-15T19:00-0330", "2026-07-15T19:00:00-03:30"],
  ["YYYY-MM-DD HH:mm:ss,SSS Z", "2026-07-15 19:00:05,007 +0000", "2026-07-15T19:00:05.007+00:00"],
  ["YYYY年MM月DD日", "2026年07月15日", "2026-07-15"],
])("of the form %s, %s is %s", (form, text, iso) => {
  expect(dateReader(form)!(text)).toBe(iso);
});

test.each([
  ["DD.MM.YYYY", "31.02.2024"],
  ["DD.MM.YYYY", "29.02.2023"],
  ["DD.MM.YYYY", "00.01.2024"],
  ["DD.MM.YY", "29.02.23"],
  ["M/D/YY", "7/5/2026"],
  ["DD.MM.YYYY", "01.13.2024"],
  ["DD.MM.YYYY", "1.1.2024"],
  ["DD.MM.YYYY", "01-01-2024"],
  ["DD.MM.YYYY", "01.01.2024 "],
  ["YYYY-MM-DD HH:mm", "2024-01-01 24:00"],
  ["M/D/YY, H:mm A", "7/5/26, 0:10 AM"],
  ["M/D/YY, H:mm A", "7/5/26, 13:10 PM"],
  ["M/D/YY, H:mm A", "7/5/26, 1:10"],
  ["YYYY-MM-DDTHH:mm:ssZ", "2026-07-15T19:00:05"],
  ["YYYY-MM-DDTHH:mm:ssZ", "2026-07-15T19:00:05+15:00"],
  ["YYYY-MM-DDTHH:mm:ss.SSS", "2026-07-15T19:00:05.1"],
])("of the form %s, %s is no date", (form, text) => {
  expect(dateReader(form)!(text)).toBeUndefined();
});

test.each([
  "",
  "YYYY",
  "DD.MM",
  "DD.MM.YYYY DD",
  "YYYY-MM-DD HH",
  "YYYY-MM-DD ss",
  "YYYY-MM-DD HH:mm:SSS",
  "YYYY-MM-DDZ",
  "YYYY-MM-DD A",
  "YYYY-MM-DD hh:mm",
  "DD.MM.YYY",
  "TT.MM.YYYY",
  "DD. Mai YYYY",
  "TYYYY-MM-DD",
  "DTMTYYYY",
  "DMYYYY",
  "YYYYMD",
  "today",
])("%j is no form of a date", (form) => {
  expect(dateReader(form)).toBeUndefined();
});

test("every day of the calendar survives a round trip", () => {
  const read = dateReader("DD.MM.YYYY")!;
  const days = fc.date({ min: new Date("1000-01-01"), max: new Date("9999-12-31"), noInvalidDate: true });
  fc.assert(
    fc.property(days, (date) => {
      const iso = date.toISOString().slice(0, 10);
      expect(read(iso.split("-").reverse().join("."))).toBe(iso);
    }),
  );
});

test.each([
  ["DD.MM.YYYY", "31.02.2024", "no day of the calendar"],
  ["YYYY-MM-DD", "2016-06-31", "no day of the calendar"],
  ["DD.MM.YYYY", "29.02.2023", "no day of the calendar"],
  ["YYYY-MM-DD", "0000-00-00", "no day of the calendar"],
  ["YYYY-MM-DD HH:mm", "2016-06-30 25:00", "no time of day"],
  ["YYYY-MM-DD", "30.06.2016", undefined],
  ["YYYY-MM-DD", "2016-06-30", undefined],
])("of the form %s, %s is %s", (form, text, problem) => {
  expect(dateForm(form)!.problem(text)).toBe(problem);
});

test.each([
  ["DD/MM/YYYY", "MM/DD/YYYY", true],
  ["D.M.YYYY", "MM.DD.YYYY", true],
  ["YYYYMMDD", "DDMMYYYY", true],
  ["YYYY-MM-DD", "YYYY-DD-MM", true],
  ["YYYY-MM-DD HH:mm", "YYYY-MM-DD mm:HH", true],
  ["DD.MM.YYYY", "YYYY-MM-DD", false],
  ["DD.MM.YYYY", "D.M.YYYY", false],
  ["DD.MM.YYYY", "DD.MM.YYYY HH:mm", false],
  ["DD.MM.YYYY", "MM/DD/YYYY", false],
])("whether one text can be two days as %s and as %s: %s", (a, b, twoWays) => {
  expect(readTwoWays(dateForm(a)!, dateForm(b)!) !== undefined).toBe(twoWays);
});
