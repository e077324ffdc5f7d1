import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import { describe, expect, it } from "vitest";
import { pipelineForFile, simpleFile, until } from "../support/engine.ts";

const pipeline = pipelineForFile({}, ["execution-ended"]);
const products = join(import.meta.dirname, "../../samples/bagisto/products.csv");

describe("a record that could take its neighbours along", () => {
  it("by breaking a rule thousands of times fails alone, with a dead letter that fits", async () => {
    const rows: Record<string, string>[] = parse(readFileSync(products), { columns: true });
    const poison = { ...rows[0]!, sku: "POISON", images: Array.from({ length: 6000 }, (_, n) => `a${n}`).join() };
    const report = await pipeline.import("incoming/bagisto/poison.csv", stringify([...rows, poison], { header: true }));
    expect(report).toMatchObject({
      balanced: true,
      outcomes: { created: 26, failed: 1 },
      failuresByCode: { BAD_IMAGE_URL: 1 },
    });
    expect((await pipeline.deadLetters(report.importId))[0]!.errors).toHaveLength(20);
  });

  it("by an attribute named constructor is stored like any other", async () => {
    const report = await pipeline.import(
      "incoming/simple/constructor.csv",
      "sku,name,constructor\nC1,Car,Ferrari\nC2,Car,\n",
    );
    expect(report).toMatchObject({ status: "COMPLETED", outcomes: { created: 2 } });
    expect(await pipeline.product("simple", "C1")).toMatchObject({ body: { attributes: { constructor: "Ferrari" } } });
  });

  it("by a key as long as a book fails alone", async () => {
    const report = await pipeline.import(
      "incoming/simple/long-key.csv",
      simpleFile([
        ["K".repeat(3000), "Hat", "1", ""],
        ["K1", "Hat", "1", ""],
      ]),
    );
    expect(report).toMatchObject({ balanced: true, outcomes: { created: 1, failed: 1 } });
  });

  it("by a cell of 200 KB fails alone or goes in, and comes back whole in the failed-records CSV", async () => {
    const large = "x".repeat(200_000);
    const report = await pipeline.import(
      "incoming/simple/large-cell.csv",
      simpleFile([
        ["BIG", large, "no price", ""],
        ["SMALL", "Hat", "1", ""],
      ]),
    );
    expect(report).toMatchObject({ balanced: true, outcomes: { created: 1, failed: 1 } });
    expect(await pipeline.failedRecords(report.importId)).toContain(large);
  });

  it("by being larger than any record may be fails alone", async () => {
    const report = await pipeline.import(
      "incoming/simple/huge.csv",
      simpleFile([
        ["HUGE", "x".repeat(9_000_000), "1", ""],
        ["H2", "Hat", "1", ""],
      ]),
    );
    expect(report).toMatchObject({
      balanced: true,
      outcomes: { created: 1, failed: 1 },
      failuresByCode: { OVERSIZED_RECORD: 1 },
    });
  });
});

describe("an import that is taken over", () => {
  it("goes on with the plan it had, for its ledger counts by it", async () => {
    let reached = false;
    pipeline.faults = (call) => (call.state === "Decide" ? ((reached = true), { delayMs: 500 }) : undefined);
    const key = "incoming/simple/planned.csv";
    await pipeline.drop(key, simpleFile([["PLAN1", "Hat", "1", ""]]));
    await until(() => reached);
    const [first] = pipeline.executionsOf(key);
    pipeline.engine.stopExecution(first!.executionArn);
    await pipeline.engine.ended(first!.executionArn);
    pipeline.faults = () => undefined;
    const before = (await pipeline.entries()).find((entry) => entry.file.key === key)!;
    const second = pipeline.engine.startExecution(first!.stateMachineArn, JSON.parse(first!.input));
    await pipeline.engine.ended(second.executionArn);
    const after = await pipeline.entry(before.importId);
    expect(after).toMatchObject({ status: "COMPLETED", manifest: before.manifest });
  });
});
