import { describe, expect, it } from "vitest";
import { detectDelimiter, fittingDelimiter, headerRecord, markedEncoding } from "#csv/dialect.ts";

const detect = (text: string, required: string[] = []): string =>
  detectDelimiter(Buffer.from(text), (names) => required.filter((name) => names.includes(name)).length, true);
const fitting = (text: string, required: string[]): string | undefined =>
  fittingDelimiter(Buffer.from(text), (names) => required.every((name) => names.includes(name)), true);

describe("markedEncoding", () => {
  it.each([
    [[0xef, 0xbb, 0xbf, 0x61], "utf-8", 3],
    [[0xff, 0xfe, 0x61, 0x00], "utf-16le", 2],
    [[0xfe, 0xff, 0x00, 0x61], "utf-16be", 2],
    [[0xff, 0xfe, 0x00, 0x00], "utf-32", 4],
    [[0x00, 0x00, 0xfe, 0xff], "utf-32", 4],
    [[0xff, 0xfe], "utf-16le", 2],
  ])("reads the mark %j as %s", (bytes, encoding, markBytes) => {
    expect(markedEncoding(Uint8Array.from(bytes))).toEqual({ encoding, markBytes });
  });

  it("sees none where there is none", () => {
    expect(markedEncoding(Buffer.from("sku"))).toBeUndefined();
    expect(markedEncoding(Buffer.from(""))).toBeUndefined();
  });
});

describe("detectDelimiter", () => {
  it.each([",", ";", "|", "\t"])("finds %j by the required columns", (delimiter) => {
    expect(detect(["sku", "name", "a b"].join(delimiter) + "\n", ["name", "sku"])).toBe(delimiter);
  });

  it("goes by the required columns, not by how often a character occurs", () => {
    expect(detect("sku;name, short, long;a, b, c\n", ["sku"])).toBe(";");
  });

  it("goes by the number of columns where none is required or found", () => {
    expect(detect("a;b,c;d\n")).toBe(";");
    expect(detect("a;b,c;d\n", ["sku"])).toBe(";");
  });

  it("does not take a delimiter inside quotes for one", () => {
    expect(detect('"sku";"a,b,c,d";"name"\n', ["sku", "name"])).toBe(";");
    expect(detect('"a,b,c,d";"e"\n')).toBe(";");
  });

  it("takes the comma where nothing separates", () => {
    expect(detect("sku\n", ["sku"])).toBe(",");
  });
});

describe("fittingDelimiter", () => {
  it("says under which delimiter all required columns are there", () => {
    expect(fitting("sku| name\n", ["sku", "name"])).toBe("|");
  });

  it("says nothing where there is none", () => {
    expect(fitting("sku|name\n", ["sku", "price"])).toBeUndefined();
  });
});

describe("headerRecord", () => {
  it("may hold a line break in quotes", () => {
    const head = Buffer.from('sku,"long\nname"\r\n1,2\n');
    expect(headerRecord(head, { delimiter: "," }, false)).toEqual({
      delimiter: ",",
      length: 15,
      lineBreak: 2,
      nextLine: 3,
    });
  });

  it("is not found before it ends, unless nothing follows", () => {
    expect(headerRecord(Buffer.from("sku,name"), { delimiter: "," }, false)).toBeUndefined();
    expect(headerRecord(Buffer.from("sku,name\r"), { delimiter: "," }, false)).toBeUndefined();
    expect(headerRecord(Buffer.from("sku,name"), { delimiter: "," }, true)).toMatchObject({ length: 8, lineBreak: 0 });
    expect(headerRecord(Buffer.from('"sku,name'), { delimiter: "," }, true)).toBeUndefined();
  });
});
