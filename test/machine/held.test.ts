import { parse } from "csv-parse/sync";
import { afterEach, describe, expect, it } from "vitest";
import type { ImportEntry } from "#imports/import-entry.ts";
import type { Report } from "#imports/report.ts";
import { pipelineForFile, simpleFile } from "../support/engine.ts";

const pipeline = pipelineForFile({ chunkRecords: 7 });
afterEach(() => {
  pipeline.faults = () => undefined;
});

let files = 0;

/** Rows of a file whose keys are the test's own: hats that cost so much. */
function hats(prefix: string, count: number, price: (n: number) => string): string[][] {
  return Array.from({ length: count }, (_, n) => [`${prefix}-${n + 1}`, `Hat ${n + 1}`, price(n), ""]);
}

/** Imports a file that nothing holds. */
async function imported(rows: readonly (readonly string[])[], feed = "simple"): Promise<Report> {
  return pipeline.import(`incoming/${feed}/file-${++files}.csv`, simpleFile(rows));
}

async function asked(wish: "release" | "discard" | "rerun", importId: string): Promise<ImportEntry> {
  const { executionArn } = pipeline.engine.startExecution(pipeline.engine.output("import_machine_arn"), {
    [wish]: { importId, who: "test", reason: "a test" },
  });
  await pipeline.engine.ended(executionArn);
  await pipeline.idle();
  return pipeline.entry(importId);
}

/** Everything in the tables of products and failures. */
async function tables(): Promise<string> {
  const all = await Promise.all(
    ["products_table", "failures_table"].map((name) => pipeline.scan(pipeline.engine.output(name))),
  );
  return JSON.stringify(all.map((items) => items.map((item) => JSON.stringify(item)).sort()));
}

describe("a file whose prices are ten times too high", () => {
  it("is held before the first write, and says which guard, how much, and what it would do", async () => {
    await imported(hats("HIGH", 20, () => "9.90"));
    const before = await tables();
    const report = await imported(hats("HIGH", 20, (n) => (n < 5 ? "99" : "9.90")));
    expect(report).toMatchObject({ status: "HELD", balanced: true, records: 20, outcomes: { held: 20, updated: 0 } });
    expect(report.outlook).toMatchObject({
      outcomes: { updated: 5, unchanged: 15 },
      changedFields: { price: 5 },
      guards: [
        {
          guard: "repriced",
          percent: 25,
          limit: 20,
          message:
            "5 of 20 products that are stored would change their price by more than 2 times: 25 %, and the limit is 20 %.",
          examples: [{ key: "HIGH-1" }, { key: "HIGH-2" }, { key: "HIGH-3" }],
        },
      ],
    });
    expect(report.outlook!.priceChanges[0]).toEqual({ key: "HIGH-1", before: "9.90", after: "99", currency: "EUR" });
    expect(await tables()).toBe(before);
    const { reports } = await pipeline.entry(report.importId);
    const changes: unknown[] = parse(await pipeline.read(reports!.changes!), { bom: true, columns: true });
    expect(changes).toHaveLength(5);
    expect(changes[0]).toEqual({
      ...{ key: "HIGH-1", field: "price", of: "", before: "9.90", after: "99", record: "1", line: "2" },
    });
    const told = pipeline.engine.notices().at(-1)!;
    expect(told.subject).toContain("HELD");
    expect(told.message).toContain("would change their price by more than 2 times: 25 %, and the limit is 20 %.");
    expect(told.message).toContain("For example: HIGH-1, HIGH-2, HIGH-3");

    expect(await asked("release", report.importId)).toMatchObject({
      ...{ status: "COMPLETED", outcomes: { updated: 5, unchanged: 15 }, released: { who: "test", reason: "a test" } },
    });
    expect(await pipeline.product("simple", "HIGH-1")).toMatchObject({ body: { price: "99" } });
  });

  it("can be discarded, and run again after all", async () => {
    await imported(hats("DISC", 20, () => "1"));
    const before = await tables();
    const { importId } = await imported(hats("DISC", 20, () => "10"));
    const discarded = await asked("discard", importId);
    expect(discarded).toMatchObject({ status: "REJECTED", rejection: { code: "DISCARDED" }, outcomes: { held: 20 } });
    expect(await tables()).toBe(before);
    expect(await asked("rerun", importId)).toMatchObject({ status: "HELD" });
    expect(await asked("release", importId)).toMatchObject({ status: "COMPLETED", outcomes: { updated: 20 } });
  });
});

describe("a preview", () => {
  it("changes nothing, tells exactly what the import then does, and can be let in", async () => {
    await imported(hats("PRE", 12, () => "1"));
    const rows = [
      ...hats("PRE", 10, (n) => (n < 4 ? "2" : "1")),
      ["PRE-NEW", "Scarf", "3", ""],
      ["PRE-BAD", "Scarf", "free", ""],
      ["PRE-NEW", "Shawl", "4", ""],
      ["", "", "", ""],
    ];
    const before = await tables();
    const report = await pipeline.import("preview/simple/look.csv", simpleFile(rows));
    expect(report).toMatchObject({ status: "PREVIEWED", balanced: true, outcomes: { held: 14 } });
    expect(await tables()).toBe(before);
    expect(report.failures).toMatchObject([{ record: 12, key: "PRE-BAD", code: "BAD_MONEY" }]);
    const released = await asked("release", report.importId);
    expect(released).toMatchObject({ status: "COMPLETED_WITH_FAILURES", outcomes: report.outlook!.outcomes });
    expect(released.outcomes).toMatchObject({
      created: 1,
      updated: 4,
      unchanged: 6,
      superseded: 1,
      failed: 1,
      blank: 1,
    });
    expect(released.changedFields).toEqual(report.outlook!.changedFields);
  });
});
