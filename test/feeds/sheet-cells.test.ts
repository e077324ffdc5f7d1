import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { declaredFormat, isoDateCell, numberCell } from "#csv/excel/number-format.ts";
import type { SheetCell } from "#csv/excel/sheet-cell.ts";
import type { CleansingStep, MappingSettings } from "#feeds/feed.ts";
import { sheetReaderOf } from "#feeds/sheet-cells.ts";
import { errorsOf, productOf, smallFeed } from "../stages/run-stages.ts";

/** What the only column beside the key becomes that holds the cell, and the CSV in between. */
const feedOf = (cleanse: CleansingStep[], mapping: MappingSettings = { attributes: { cell: "cell" } }) =>
  smallFeed({ columns: { cell: { cleanse } }, mapping });
const csvOf = (feed: ReturnType<typeof smallFeed>, cell: SheetCell, key: SheetCell = { type: "text", text: "a" }) => {
  const [id, write] = sheetReaderOf(feed).writersOf(["id", "cell"])!;
  return `id,cell\n${id!(key)},"${write!(cell).replaceAll('"', '""')}"\n`;
};
const attributeOf = (cleanse: CleansingStep[], cell: SheetCell): unknown => {
  const feed = feedOf(cleanse);
  return productOf(feed, csvOf(feed, cell)).attributes?.["cell"];
};
const number = (stored: string): SheetCell => numberCell(stored, "plain", false);

describe("a header", () => {
  it("is one with all columns that the feed requires", () => {
    const { writersOf } = sheetReaderOf(smallFeed({ columns: { price: { required: true } } }));
    expect(writersOf(["id", "name"])).toBeUndefined();
    expect(writersOf(["price", "", "ID"])).toHaveLength(3);
  });
});

describe("a number cell", () => {
  const amounts = fc
    .tuple(fc.nat(999_999_999), fc.integer({ min: 0, max: 9999 }))
    .map(([whole, fraction]) => String(Number(`${whole}.${String(fraction).padStart(4, "0")}`)));

  it("is that number in a price, a weight and a cleansed column, whatever the feed's decimal sign is", () => {
    fc.assert(
      fc.property(amounts, fc.constantFrom("." as const, "," as const), (amount, decimal) => {
        const money = feedOf([], { price: { from: "cell", currency: "EUR", decimal } });
        expect(productOf(money, csvOf(money, number(amount))).price).toBe(amount);
        const weight = feedOf([], { weight: { from: "cell", unit: "kg", decimal } });
        expect(productOf(weight, csvOf(weight, number(amount))).weight?.value).toBe(amount);
        expect(attributeOf(decimal === "," ? ["decimalComma"] : [], number(amount))).toBe(amount);
        expect(attributeOf(["decimalComma"], number(`-${amount}`))).toBe(amount === "0" ? "0" : `-${amount}`);
      }),
    );
  });

  it("is its text with the zeros of its format where it is no amount", () => {
    expect(attributeOf([], numberCell("17", { digits: 5 }, false))).toBe("00017");
    for (const decimal of [".", ","] as const) {
      const money = feedOf([], { price: { from: "cell", currency: "EUR", decimal } });
      expect(productOf(money, csvOf(money, numberCell("17", { digits: 5 }, false))).price).toBe("17");
    }
  });

  it.each([
    ['"SKU-"0000', "42", "SKU-0042"],
    ["00\\-00", "1234", "12-34"],
    ["00-00", "5", "00-05"],
    ['"A"#', "12", "A12"],
    ['0" pcs"', "5", "5 pcs"],
    ['[Red]"N"00;"minus"0', "123", "N123"],
    ["00000_)", "17", "00017"],
    ["#,##0", "1234", "1234"],
    ['0.00" EUR"', "17", "17"],
    ['0%"x"', "17", "17"],
    ['General"x"', "17", "17"],
    ["[$€-407] 0", "17", "17"],
    ['"SKU-"0000', "1.5", "1.5"],
  ])("is the key that a sheet of the format %s shows of %s", (code, stored, key) => {
    const feed = feedOf([], { price: { from: "cell", currency: "EUR" } });
    const cell = numberCell(stored, declaredFormat(code), false);
    expect(productOf(feed, csvOf(feed, cell, cell))).toMatchObject({ sku: key });
    expect(Number(productOf(feed, csvOf(feed, cell, cell)).price)).toBe(Number(stored));
  });

  it.each([
    ['#,##0.00 "EUR"', "EUR", "12.50"],
    ["[$€-407] #,##0.00", "EUR", "12.50"],
    ['_-* #,##0.00\\ "€"_-;-* #,##0.00\\ "€"_-', "EUR", "12.50"],
    ["#,##0.00\\ €", "EUR", "12.50"],
    ["#,##0 [$kr-406]", "SEK", "12.5"],
    ['0.0" each"', "EUR", "12.5"],
  ])("is an amount of the currency that its format %s shows", (code, currency, price) => {
    const cell = numberCell("12.5", declaredFormat(code), false);
    for (const decimal of [".", ","] as const) {
      const declared = feedOf([], { price: { from: "cell", currency, decimal } });
      expect(productOf(declared, csvOf(declared, cell))).toMatchObject({ price, currency });
    }
    const dollars = feedOf([], { price: { from: "cell", currency: "USD" } });
    if (cell.type === "number" && cell.currency !== undefined) {
      expect(errorsOf(dollars, csvOf(dollars, cell))).toMatchObject([{ code: "BAD_MONEY" }]);
    }
  });

  it("needs no currency of the feed where its format shows one", () => {
    const cell = numberCell("1234.5", declaredFormat('#,##0.00 "EUR"'), false);
    const feed = feedOf([], { price: { from: "cell", decimal: "," } });
    expect(productOf(feed, csvOf(feed, cell))).toMatchObject({ price: "1234.50", currency: "EUR" });
    const weight = feedOf([], { weight: { from: "cell", unit: "kg" } });
    expect(productOf(weight, csvOf(weight, cell)).weight?.value).toBe("1234.50");
  });

  it("is no key where it has more digits than a spreadsheet keeps", () => {
    const feed = feedOf([], { parentSku: "cell" });
    expect(productOf(feed, csvOf(feed, number("4006381333931"), number("123456789012345")))).toMatchObject({
      sku: "123456789012345",
      parentSku: "4006381333931",
    });
    expect(errorsOf(feed, csvOf(feed, number("1"), number("1.2345678901234568E+16")))).toMatchObject([
      { code: "BAD_KEY", value: "1.23456789012346E+16" },
    ]);
    expect(errorsOf(feed, csvOf(feed, number("12345678901234560")))).toMatchObject([
      { code: "BAD_KEY", value: "1.23456789012346E+16" },
    ]);
  });
});

describe("a date cell", () => {
  const days = fc.date({ min: new Date("1900-03-01"), max: new Date("9999-12-31"), noInvalidDate: true });
  const forms = ["YYYY-MM-DD", "DD.MM.YYYY", "D.M.YYYY", "M/D/YYYY", "DD.MM.YYYY HH:mm:ss", "YYYY-MM-DDTHH:mm:ss.SSS"];

  it("is that date, whatever form the feed declares", () => {
    fc.assert(
      fc.property(days, fc.constantFrom(...forms, ["DD.MM.YYYY HH:mm", "D.M.YYYY"]), (day, date) => {
        const iso = day.toISOString().slice(0, 10);
        const stored = attributeOf([{ date }], isoDateCell(iso, "date"));
        expect(String(stored).replace(/T00:00:00(\.000)?$/, "")).toBe(iso);
      }),
    );
  });

  it("has its time where the sheet shows one, whatever form the feed declares", () => {
    fc.assert(
      fc.property(days, fc.constantFrom(...forms), (day, date) => {
        const iso = day.toISOString().slice(0, 19);
        const stored = attributeOf([{ date }], isoDateCell(iso, "dateTime"));
        const expected = iso.endsWith("T00:00:00") ? [iso.slice(0, 10), iso, `${iso}.000`] : [iso, `${iso}.000`];
        expect(expected).toContain(stored);
      }),
    );
  });

  it("is written in the first form that says neither more nor less than the sheet shows", () => {
    const date = ["DD.MM.YYYY HH:mm", "DD.MM.YYYY"];
    expect(attributeOf([{ date }], isoDateCell("2026-02-01T18:30:00", "date"))).toBe("2026-02-01");
    expect(attributeOf([{ date }], isoDateCell("2026-02-01T18:30:00", "dateTime"))).toBe("2026-02-01T18:30:00");
    expect(attributeOf([{ date }], isoDateCell("2026-02-01T18:30:59", "dateTime"))).toBe("2026-02-01T18:30:59");
  });

  it("that no calendar has fails as the sheet shows it", () => {
    const feed = feedOf([{ date: "DD.MM.YYYY" }]);
    expect(errorsOf(feed, csvOf(feed, numberCell("60", "date", false)))).toMatchObject([
      { code: "BAD_DATE", value: "29.02.1900" },
    ]);
  });

  it("is ISO 8601 in a column that has no form", () => {
    expect(attributeOf([], isoDateCell("2026-02-01", "date"))).toBe("2026-02-01");
  });
});

describe("a truth value", () => {
  const words: CleansingStep = { boolean: { yes: ["ja", "j"], no: ["nein"] } };

  it("is yes or no, whatever the feed's words are", () => {
    expect(attributeOf([words], { type: "boolean", text: "TRUE" })).toBe(true);
    expect(attributeOf([words], { type: "boolean", text: "FALSE" })).toBe(false);
    expect(attributeOf([], { type: "boolean", text: "TRUE" })).toBe("TRUE");
  });
});

describe("text, and an error", () => {
  it("are left to the feed's rules for text", () => {
    const money = feedOf([], { price: { from: "cell", currency: "EUR", decimal: "," } });
    expect(productOf(money, csvOf(money, { type: "text", text: "1.234" })).price).toBe("1234");
    expect(errorsOf(money, csvOf(money, { type: "error", text: "#REF!" }))).toMatchObject([
      { code: "SPREADSHEET_ERROR" },
    ]);
  });
});
