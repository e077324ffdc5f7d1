import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { askOps, projectFor } from "../ops/run-ops.ts";
import type { ShownFailure } from "../../scripts/ops/failures.ts";
import { pipelineForFile, simpleFile } from "../support/engine.ts";

const pipeline = pipelineForFile({ chunkRecords: 7 }, ["execution-ended"]);
const ops = projectFor(pipeline);

// Every third record is well; chunks end in no order, some after a while.
const rows = Array.from({ length: 26 }, (_, index) => [
  `O-${index + 1}`,
  "Hat",
  index % 3 === 0 ? "1" : "no price",
  "",
]);
const failed = rows.flatMap(([, , price], index) => (price === "1" ? [] : [index + 1]));

describe("failures come in the order of records", () => {
  it("in the report, in ops, in the failed-records CSV, and when they come back", async () => {
    pipeline.faults = (call) => {
      const { chunk } = (call.event ?? {}) as { readonly chunk?: { readonly chunk: number } };
      return call.state === "CloseChunk" && chunk ? { delayMs: (4 - chunk.chunk) * 60 } : undefined;
    };
    const report = await pipeline.import("incoming/simple/order.csv", simpleFile(rows));
    pipeline.faults = () => undefined;
    expect(report.failures.map(({ record }) => record)).toEqual(failed);
    const csvOf = async (importId: string) =>
      parse<Record<string, string>>(await pipeline.failedRecords(importId), { bom: true, columns: true });
    expect((await csvOf(report.importId)).map((row) => Number(row["_record"]))).toEqual(failed);

    const list = async (...filter: string[]) =>
      (await askOps<ShownFailure[]>(ops.project, "failures", ...filter)).answer.map(({ record }) => record);
    expect(await list("--import", report.importId)).toEqual(failed);
    expect(await list("--feed", "simple")).toEqual(failed);
    expect(await list()).toEqual(failed);
    expect(await list("--feed", "simple", "--status", "OPEN", "--code", "BAD_MONEY")).toEqual(failed);

    const { run } = await pipeline.reprocess({ filter: { importId: report.importId }, includeFinal: true });
    const again = await pipeline.report(await pipeline.entry(run.imports![0]!.importId));
    expect(again.failures.map(({ key }) => key)).toEqual(failed.map((record) => `O-${record}`));
  });
});
