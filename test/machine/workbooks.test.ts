import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import { describe, expect, it } from "vitest";
import { caseFile } from "../cases/workbook.ts";
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

    const moved = await giveBack({ ...row, price: "5", _line: "Sheet!D7" });
    expect(moved.failures).toMatchObject([{ code: "FAILURE_ALTERED", column: "_line" }]);
    expect((await giveBack({ ...row, price: "5", _line: "Sheet!6:6" })).outcomes).toMatchObject({ created: 1 });
    expect(await letterOf(report.importId)).toMatchObject({ status: "RESOLVED" });
    expect(await pipeline.product("shopen", "RN5")).toMatchObject({ body: { price: "5" } });
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
