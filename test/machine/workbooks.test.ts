import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import { describe, expect, it } from "vitest";
import { caseFile } from "../cases/workbook.ts";
import { workbookFile } from "../csv/excel/workbook-file.ts";
import { pipelineForFile } from "../support/engine.ts";

const pipeline = pipelineForFile({ chunkRecords: 3 });

type Row = Record<string, string>;
const rowsOf = async (importId: string): Promise<Row[]> =>
  parse(await pipeline.failedRecords(importId), { bom: true, columns: true });
const letterOf = async (importId: string) => (await pipeline.deadLetters(importId))[0]!;
let files = 0;
const giveBack = (row: Row) =>
  pipeline.import(`incoming/shopen/corrected-${++files}.csv`, stringify([row], { header: true, quoted: true }));

describe("a workbook with a bad cell", () => {
  it("is told by the cell from the report to the dead letter, and keeps it through every correction", async () => {
    const report = await pipeline.import("incoming/shopen/rowno.xlsx", caseFile("rowno.xlsx"));
    expect(report).toMatchObject({ status: "COMPLETED_WITH_FAILURES", records: 5, balanced: true });
    expect(report.failures).toMatchObject([{ record: 5, line: 6, cell: "Sheet!C6", key: "RN5", code: "BAD_MONEY" }]);
    expect(await pipeline.read((await pipeline.entry(report.importId)).reports!.page)).toContain("<td>Sheet!C6</td>");
    const [row] = (await rowsOf(report.importId)) as [Row];
    expect(row).toMatchObject({ _record: "5", _line: "Sheet!C6", price: "cheap" });

    const again = await giveBack({ ...row, price: "dear" });
    expect(again.outcomes).toMatchObject({ failed: 1 });
    expect(await letterOf(report.importId)).toMatchObject({
      status: "OPEN",
      line: 6,
      errors: [{ code: "BAD_MONEY", value: "dear", cell: "Sheet!C6" }],
    });

    const run = await pipeline.reprocess({ filter: { importId: report.importId }, includeFinal: true });
    expect(run.counts).toMatchObject({ failedAgain: 1 });
    expect(await letterOf(report.importId)).toMatchObject({ status: "OPEN", errors: [{ cell: "Sheet!C6" }] });

    const moved = await giveBack({ ...row, price: "5", _line: "Sheet!D7" });
    expect(moved.failures).toMatchObject([{ code: "FAILURE_ALTERED", column: "_line" }]);
    expect((await giveBack({ ...row, price: "5", _line: "Sheet!6:6" })).outcomes).toMatchObject({ created: 1 });
    expect(await letterOf(report.importId)).toMatchObject({ status: "RESOLVED" });
    expect(await pipeline.product("shopen", "RN5")).toMatchObject({ body: { price: "5" } });
  });
});

describe("a failed-records CSV that was saved as a workbook", () => {
  it("reprocesses its failures all the same, with the numbers that the sheet holds", async () => {
    const report = await pipeline.import(
      "incoming/shopde/a.csv",
      "Artikel;Bezeichnung;Preis\nXL1;Stuhl;teuer\nXL2;Tisch;0,5\n",
    );
    const text = await pipeline.failedRecords(report.importId);
    const [header, row] = parse(text, { bom: true, delimiter: ";" }) as [string[], string[]];
    const texts = (cells: string[], price?: string): string =>
      cells
        .map((cell, index) =>
          index === 2 && price !== undefined
            ? `<c><v>${price}</v></c>`
            : `<c t="inlineStr"><is><t>${cell.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</t></is></c>`,
        )
        .join("");
    const file = workbookFile({ rows: `<row>${texts(header)}</row><row>${texts(row, "1.234")}</row>` });
    const again = await pipeline.import("incoming/shopde/corrected.xlsx", file);
    expect(again).toMatchObject({ status: "COMPLETED", outcomes: { created: 1 } });
    expect(await letterOf(report.importId)).toMatchObject({ status: "RESOLVED" });
    expect(await pipeline.product("shopde", "XL1")).toMatchObject({ body: { price: "1.234" } });
  });
});

describe("a workbook with something in a column that has no name", () => {
  it("is rejected by its cell, and no word is of lines", async () => {
    const text = (value: string): string => `<c t="inlineStr"><is><t>${value}</t></is></c>`;
    const rows = [
      ["sku", "name", "", "price"],
      ["UN1", "Cup", "", "2"],
      ["UN2", "Cup", "what?", "2"],
    ];
    const file = workbookFile({ rows: rows.map((cells) => `<row>${cells.map(text).join("")}</row>`).join("") });
    const report = await pipeline.import("incoming/shopen/unnamed.xlsx", file);
    expect(report.rejection).toEqual({
      code: "BLANK_COLUMN",
      message: 'Column C has no name in the header, and A!C3 has "what?" in it: name the column, or empty it.',
    });
  });
});

describe("a workbook with hidden rows and other sheets", () => {
  it("is imported, and its report tells of them", async () => {
    const report = await pipeline.import("incoming/shopen/hidden.xlsx", caseFile("hidden.xlsx"));
    expect(report).toMatchObject({ status: "COMPLETED", outcomes: { created: 3 } });
    expect(report.warnings.filter(({ code }) => code !== "COLUMN_ABSENT")).toMatchObject([
      { code: "HIDDEN_ROWS", count: 1, examples: [{ cell: "Prices!3:3" }] },
      { code: "SHEETS_IGNORED", count: 1, examples: [{ value: "More" }] },
    ]);
  });
});
