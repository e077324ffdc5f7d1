import fc from "fast-check";
import { expect, test } from "vitest";
import { dateReader } from "#feeds/dates.ts";

test.each([
  ["YYYY-MM-DD", "2024-02-29", "2024-02-29"],
  ["DD.MM.YYYY", "01.12.2026", "2026-12-01"],
  ["D/M/YYYY", "1/12/2026", "2026-12-01"],
  ["YYYYMMDD", "20260715", "2026-07-15"],
  ["YYYY-MM-DD HH:mm:ss", "2026-07-15 19:00:05", "2026-07-15T19:00:05"],
  ["MM/DD/YYYY HH:mm", "07/15/2026 23:59", "2026-07-15T23:59:00"],
])("of the form %s, %s is %s", (form, text, iso) => {
  expect(dateReader(form)!(text)).toBe(iso);
});

test.each([
  ["DD.MM.YYYY", "31.02.2024"],
  ["DD.MM.YYYY", "29.02.2023"],
  ["DD.MM.YYYY", "00.01.2024"],
  ["DD.MM.YYYY", "01.13.2024"],
  ["DD.MM.YYYY", "1.1.2024"],
  ["DD.MM.YYYY", "01-01-2024"],
  ["DD.MM.YYYY", "01.01.2024 "],
  ["YYYY-MM-DD HH:mm", "2024-01-01 24:00"],
])("of the form %s, %s is no date", (form, text) => {
  expect(dateReader(form)!(text)).toBeUndefined();
});

test.each(["", "YYYY", "DD.MM", "DD.MM.YYYY DD", "YYYY-MM-DD HH", "YYYY-MM-DD ss", "today"])(
  "%j is no form of a date",
  (form) => {
    expect(dateReader(form)).toBeUndefined();
  },
);

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
