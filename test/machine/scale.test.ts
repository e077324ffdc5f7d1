import { describe, expect, it } from "vitest";
import { Pipeline, pipelineForFile, simpleFile } from "../support/engine.ts";

describe("100 files at once", () => {
  const pipeline = pipelineForFile({}, [], false);

  it("are 100 imports that complete and balance, none failed", async () => {
    const files = Array.from({ length: 100 }, (_, file) => file);
    await Promise.all(
      files.map((file) =>
        pipeline.drop(
          `incoming/simple/many-${file}.csv`,
          simpleFile([
            [`M${file}`, "Hat", "1", ""],
            [`M${file}b`, "", "1", ""],
          ]),
        ),
      ),
    );
    await pipeline.idle();
    const entries = await pipeline.entries();
    expect(entries).toHaveLength(100);
    expect(new Set(entries.map((entry) => entry.status))).toEqual(new Set(["COMPLETED_WITH_FAILURES"]));
    expect(
      entries.every((entry) => entry.balanced && entry.outcomes?.created === 1 && entry.outcomes.failed === 1),
    ).toBe(true);
  }, 180_000);
});

describe("50,000 records", () => {
  it("go through the engine, balanced", async () => {
    const pipeline = new Pipeline({}, [], false);
    await pipeline.start();
    try {
      const rows = Array.from({ length: 50_000 }, (_, row) => [
        `L${row}`,
        row % 1000 === 0 ? "" : `Hat ${row}`,
        "1.50",
        "",
      ]);
      const report = await pipeline.import("incoming/simple/large.csv", simpleFile(rows));
      expect(report).toMatchObject({
        status: "COMPLETED_WITH_FAILURES",
        records: 50_000,
        balanced: true,
        outcomes: { created: 49_950, failed: 50 },
      });
    } finally {
      await pipeline.stop();
    }
  }, 300_000);
});

describe("10,000 failures", () => {
  it("are dead-lettered, and a run closes them all", async () => {
    const pipeline = new Pipeline({}, [], false);
    await pipeline.start();
    try {
      pipeline.faults = (call) => (call.state === "Mapping" ? { before: "TypeError" } : undefined);
      const rows = Array.from({ length: 10_000 }, (_, row) => [`F${row}`, `Hat ${row}`, "1.50", ""]);
      const report = await pipeline.import("incoming/simple/crashed.csv", simpleFile(rows));
      expect(report).toMatchObject({
        outcomes: { failed: 10_000 },
        balanced: true,
        failuresByCode: { CRASHED: 10_000 },
      });
      pipeline.faults = () => undefined;
      const { counts } = await pipeline.reprocess();
      expect(counts).toMatchObject({ selected: 10_000, resolved: 10_000, failedAgain: 0, released: 0 });
      const letters = await pipeline.deadLetters(report.importId);
      expect(letters.filter((letter) => letter.status === "RESOLVED")).toHaveLength(10_000);
    } finally {
      await pipeline.stop();
    }
  }, 300_000);
});
