import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { pipelineForFile } from "../support/engine.ts";

const pipeline = pipelineForFile({ maxFileBytes: 4096, maxExcelBytes: 2048, maxRecordBytes: 1024, chunkBytes: 2048 });

const good = "sku,name,price,barcode\nR1,Hat,1,\n";

describe("a file that cannot be trusted", () => {
  it.each([
    ["of an unknown feed", "incoming/nobody/a.csv", good, "UNKNOWN_FEED", 'There is no feed "nobody"'],
    ["in no feed's folder", "incoming/a.csv", good, "UNKNOWN_FEED", "in no feed's folder"],
    ["that is no table by its name", "incoming/simple/a.pdf", good, "NOT_A_TABLE", ".csv"],
    ["that is empty", "incoming/simple/empty.csv", "", "EMPTY_FILE", "no bytes"],
    ["of one byte", "incoming/simple/byte.csv", "\x1a", "EMPTY_FILE", "end mark"],
    ["with a header only", "incoming/simple/header.csv", "sku,name,price,barcode\n", "NO_RECORDS", "header"],
    ["that is too large", "incoming/simple/large.csv", good + "x".repeat(5000), "FILE_TOO_LARGE", "limit"],
    [
      "that unpacks to too much",
      "incoming/simple/bomb.csv.gz",
      gzipSync(good + "R2,Hat,1,\n".repeat(1000)),
      "FILE_TOO_LARGE",
      "unpacks",
    ],
    [
      "that is not UTF-8",
      "incoming/simple/latin.csv",
      Buffer.from("sku,name,price,barcode\nR1,Grün,1,\n", "latin1"),
      "BAD_ENCODING",
      "offset 28",
    ],
    [
      "that is binary",
      "incoming/simple/binary.csv",
      Buffer.from("sku,name,price,barcode\nR1,\0\0,1,\n"),
      "BINARY_CONTENT",
      "",
    ],
    [
      "that is a damaged archive",
      "incoming/simple/damaged.csv.gz",
      Buffer.from("no gzip at all"),
      "UNREADABLE_FILE",
      "gzip",
    ],
    ["without a required column", "incoming/simple/missing.csv", "sku,title\nR1,Hat\n", "MISSING_COLUMN", '"name"'],
    ["with a column twice", "incoming/simple/twice.csv", "sku,name,name\nR1,Hat,Hat\n", "DUPLICATE_COLUMN", '"name"'],
    ["with a column without a name", "incoming/simple/blank.csv", "sku,,name\nR1,x,Hat\n", "BLANK_COLUMN", "Column 2"],
    [
      "with another delimiter than declared",
      "incoming/quiet/comma.csv",
      "Artikel,Preis\n1,2\n",
      "WRONG_DELIMITER",
      "comma",
    ],
    [
      "with a column that its feed refuses",
      "incoming/quiet/more.csv",
      "Artikel;Farbe\n1;rot\n",
      "UNKNOWN_COLUMN",
      "Farbe",
    ],
    [
      "with a bookkeeping column of its own",
      "incoming/simple/own.csv",
      "sku,name,_code\nR1,Hat,red\n",
      "RESERVED_COLUMN",
      "_code",
    ],
    [
      "with a quote that is never closed",
      "incoming/simple/quote.csv",
      'sku,name\nR1,Hat\nR2,"Cap\nR3,Bag\n',
      "UNCLOSED_QUOTE",
      "line 3",
    ],
  ])(
    "%s is rejected by a sentence, before the first write, with a report and a notice",
    async (_name, key, body, code, part) => {
      const report = await pipeline.import(key, body);
      expect(report).toMatchObject({ status: "REJECTED", records: 0, rejection: { code }, failures: [] });
      expect(report.rejection!.message).toContain(part);
      expect(report.rejection!.message).toMatch(/^[A-Z].*\.$/);
      expect(await pipeline.scan(pipeline.engine.output("products_table"))).toEqual([]);
      expect(pipeline.executionsOf(key)).toMatchObject([{ status: "SUCCEEDED" }]);
      const [event] = pipeline.engine.events().filter((one) => one.detail["importId"] === report.importId);
      expect(event).toMatchObject({ "detail-type": "ImportRejected", detail: { rejection: { code } } });
      const notices = pipeline.engine.notices().filter((notice) => notice.message.includes(report.importId));
      expect(notices).toHaveLength(report.feed === "quiet" ? 0 : 1);
    },
  );

  it("can come again, corrected, under the same name", async () => {
    await pipeline.import("incoming/simple/again.csv", "sku,title\nR1,Hat\n");
    expect(await pipeline.import("incoming/simple/again.csv", good)).toMatchObject({ status: "COMPLETED" });
  });
});
