import { describe, expect, it } from "vitest";
import { binaryKindOf, checkFileSize, fileKindOf, sizeOf } from "#csv/file-kind.ts";
import { FileRejected } from "#errors/catalogue.ts";

describe("fileKindOf", () => {
  it.each([
    ["incoming/a/x.csv", "csv"],
    ["incoming/a/X.CSV", "csv"],
    ["incoming/a/x.v2.tsv", "csv"],
    ["x.Txt", "csv"],
    ["incoming/a/x.csv.gz", "gzip"],
    ["x.TSV.GZ", "gzip"],
    ["x.txt.gz", "gzip"],
    ["x y+z%20ü.xlsx", "excel"],
  ])("takes %s for %s", (key, kind) => {
    expect(fileKindOf(key)).toBe(kind);
  });

  it.each(["incoming/a.csv/x.pdf", "x", "x.gz", "x.csv.zip", "x.csv.", "csv"])(
    "rejects %s and names what is accepted",
    (key) => {
      const name = key.slice(key.lastIndexOf("/") + 1);
      expect(() => fileKindOf(key)).toThrow(
        new FileRejected(
          "NOT_A_TABLE",
          `The name "${name}" does not end like a table's: send a file that ends in .csv, .tsv, .txt, .csv.gz, .tsv.gz, .txt.gz, .xlsx.`,
        ),
      );
    },
  );
});

it.each([
  ["Preise 2026.XLS", "an old Excel workbook (.xls)"],
  ["a.xlsb", "a binary Excel workbook (.xlsb)"],
  ["a.xlsm", "an Excel workbook with macros (.xlsm)"],
  ["a.ods", "an OpenDocument spreadsheet (.ods)"],
  ["a.numbers", "a Numbers spreadsheet (.numbers)"],
])("%s is rejected by what it is, with what to do", (name, what) => {
  expect(() => fileKindOf(`incoming/a/${name}`)).toThrow(
    new FileRejected(
      "NOT_A_TABLE",
      `The name "${name}" is that of ${what}, which cannot be read: save it as .xlsx or as CSV, and send that.`,
    ),
  );
});

describe("binaryKindOf", () => {
  it("knows files by their first bytes", () => {
    expect(binaryKindOf(Buffer.from("%PDF-1.7"))).toBe("a PDF document");
    expect(binaryKindOf(Buffer.from([0x1f, 0x8b, 8, 0]))).toBe("a gzip archive (.gz)");
  });

  it("takes text for text", () => {
    expect(binaryKindOf(Buffer.from("PK,name\n"))).toBeUndefined();
    expect(binaryKindOf(Buffer.from(""))).toBeUndefined();
  });
});

describe("checkFileSize", () => {
  it("lets a file of just the limit through", () => {
    expect(() => {
      checkFileSize(1_500_000, 1_500_000);
    }).not.toThrow();
  });

  it("rejects a larger one", () => {
    expect(() => {
      checkFileSize(1_500_001, 1_500_000);
    }).toThrow(
      new FileRejected(
        "FILE_TOO_LARGE",
        "The file is larger than the limit of 1.5 MB: split it, or have the limit raised.",
      ),
    );
  });
});

it("sizes are said as people read them", () => {
  expect([0, 999, 1000, 2_500_000, 5e9, 3e15].map(sizeOf)).toEqual([
    "0 bytes",
    "999 bytes",
    "1 kB",
    "2.5 MB",
    "5 GB",
    "3000 TB",
  ]);
});
