import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import { afterEach, describe, expect, it } from "vitest";
import { setTimeout as pause } from "node:timers/promises";
import { pipelineForFile, simpleFile, until } from "../support/engine.ts";

const pipeline = pipelineForFile({ chunkRecords: 3 }, ["execution-ended"]);
afterEach(() => {
  pipeline.faults = () => undefined;
});

let files = 0;
/** Imports rows as a file of their own. */
async function importRows(rows: readonly (readonly string[])[]) {
  return pipeline.import(`incoming/simple/reprocessing-${++files}.csv`, simpleFile(rows));
}

/** The failed-records CSV of an import with cells changed by a person. */
async function corrected(
  importId: string,
  change: (row: Record<string, string>) => Partial<Record<string, string>>,
): Promise<string> {
  const rows: Record<string, string>[] = parse(await pipeline.failedRecords(importId), { bom: true, columns: true });
  return stringify(
    rows.map((row) => ({ ...row, ...change(row) })),
    { header: true, quoted: true },
  );
}

const letterOf = async (importId: string) => (await pipeline.deadLetters(importId))[0]!;

describe("the loop", () => {
  it("is closed by a correction: RESOLVED, the product stored, the history complete", async () => {
    const report = await importRows([["LOOP1", "Hat", "no price", ""]]);
    const corrections = await pipeline.upload(await corrected(report.importId, () => ({ price: "12.50" })));
    const { counts, execution, run } = await pipeline.reprocess({
      corrections,
      who: "anna",
      reason: "supplier called",
    });
    expect(execution.status).toBe("SUCCEEDED");
    expect(counts).toMatchObject({ selected: 1, resolved: 1, failedAgain: 0, parked: 0 });
    expect(run).toMatchObject({ status: "DONE", who: "anna", reason: "supplier called" });
    expect(await pipeline.product("simple", "LOOP1")).toMatchObject({
      body: { price: "12.50" },
      importId: run.imports![0]!.importId,
    });
    const letter = await letterOf(report.importId);
    expect(letter).toMatchObject({ status: "RESOLVED", attempts: 2 });
    expect(letter.expiresAt).toBeGreaterThan(Date.now() / 1000);
    expect(letter).not.toHaveProperty("owner");
    expect(letter.history).toMatchObject([
      { what: "failed", attempt: 1, code: "BAD_MONEY", importId: report.importId },
      {
        what: "claimed",
        attempt: 2,
        by: { who: "anna", reason: "supplier called" },
        corrections: [{ column: "price", before: "no price", after: "12.50" }],
      },
      { what: "resolved", attempt: 2, outcome: "created", importId: run.imports![0]!.importId },
    ]);
  });

  it("goes round twice: a wrong correction fails again under the same identity, the next one closes it", async () => {
    const report = await importRows([["LOOP2", "Hat", "no price", ""]]);
    const first = await pipeline.upload(await corrected(report.importId, () => ({ price: "99999" })));
    expect((await pipeline.reprocess({ corrections: first })).counts).toMatchObject({
      selected: 1,
      resolved: 0,
      failedAgain: 1,
    });
    const once = await letterOf(report.importId);
    expect(once).toMatchObject({
      status: "OPEN",
      attempts: 2,
      code: "PRICE_OUT_OF_RANGE",
      cells: ["LOOP2", "Hat", "99999", ""],
    });
    const second = await pipeline.upload(await corrected(report.importId, () => ({ price: "99" })));
    expect((await pipeline.reprocess({ corrections: second })).counts).toMatchObject({ resolved: 1 });
    const letter = await letterOf(report.importId);
    expect(letter).toMatchObject({ id: once.id, status: "RESOLVED", attempts: 3 });
    expect(letter.history.map(({ what }) => what)).toEqual(["failed", "claimed", "failed", "claimed", "resolved"]);
    expect(letter.history[3]!.corrections).toEqual([{ column: "price", before: "99999", after: "99" }]);
  });

  it("makes no second dead letter: the import that reprocessed keeps a trace, and balances", async () => {
    const report = await importRows([["LOOP3", "Hat", "no price", ""]]);
    const { run } = await pipeline.reprocess({ filter: { importId: report.importId }, includeFinal: true });
    const { importId } = run.imports![0]!;
    expect(await pipeline.entry(importId)).toMatchObject({ status: "COMPLETED_WITH_FAILURES", balanced: true });
    expect(await pipeline.deadLetters(importId)).toEqual([]);
    expect(await pipeline.deadLetters(importId, true)).toMatchObject([{ id: (await letterOf(report.importId)).id }]);
  });
});

describe("the age of a reprocessed record", () => {
  it("is that of its original: a newer product stays, and the dead letter names its import", async () => {
    const report = await importRows([["AGE1", "Old hat", "no price", ""]]);
    await pause(1100);
    const newer = await importRows([["AGE1", "New hat", "1", ""]]);
    const corrections = await pipeline.upload(await corrected(report.importId, () => ({ price: "1" })));
    expect((await pipeline.reprocess({ corrections })).counts).toMatchObject({ resolved: 1 });
    expect(await pipeline.product("simple", "AGE1")).toMatchObject({ body: { name: "New hat" } });
    const letter = await letterOf(report.importId);
    expect(letter.status).toBe("RESOLVED");
    expect(letter.history.at(-1)).toMatchObject({
      what: "resolved",
      outcome: "superseded",
      supersededBy: newer.importId,
    });
  });

  it("lets a later file win over a correction that comes after it", async () => {
    const report = await importRows([["AGE2", "Hat", "no price", ""]]);
    const corrections = await pipeline.upload(await corrected(report.importId, () => ({ price: "1" })));
    await pipeline.reprocess({ corrections });
    await pause(1100);
    expect(await importRows([["AGE2", "Newer hat", "2", ""]])).toMatchObject({ outcomes: { updated: 1 } });
  });
});

describe("which dead letters run", () => {
  it("are by default those that time may heal", async () => {
    pipeline.faults = (call) => (call.state === "Mapping" ? { before: "TypeError" } : undefined);
    const crashed = await importRows([["HEAL1", "Hat", "1", ""]]);
    pipeline.faults = () => undefined;
    const wrong = await importRows([["HEAL2", "Hat", "no price", ""]]);
    const { counts } = await pipeline.reprocess({ filter: { feed: "simple" } });
    expect(counts).toMatchObject({ selected: 1, resolved: 1 });
    expect(counts.skipped.final).toBeGreaterThanOrEqual(1);
    expect(await letterOf(crashed.importId)).toMatchObject({ status: "RESOLVED" });
    expect(await letterOf(wrong.importId)).toMatchObject({ status: "OPEN", attempts: 1 });
    expect(await pipeline.product("simple", "HEAL1")).toBeDefined();
  });

  it("are not those whose last failure is too recent, where a growing distance is asked for", async () => {
    pipeline.faults = (call) => (call.state === "Mapping" ? { before: "TypeError" } : undefined);
    const crashed = await importRows([["SOON1", "Hat", "1", ""]]);
    pipeline.faults = () => undefined;
    const { counts } = await pipeline.reprocess({ filter: { importId: crashed.importId }, growingDistance: true });
    expect(counts).toMatchObject({ selected: 0, skipped: { tooSoon: 1 } });
  });

  it("can be told by code, by key and by import", async () => {
    const report = await importRows([
      ["BY1", "Hat", "no price", ""],
      ["BY2", "", "1", ""],
      ["BY3", "Hat", "no price", ""],
    ]);
    const { importId } = report;
    expect(
      (await pipeline.reprocess({ filter: { importId, code: "BAD_MONEY" }, includeFinal: true })).counts.selected,
    ).toBe(2);
    expect((await pipeline.reprocess({ filter: { sku: "BY2" }, includeFinal: true })).counts.selected).toBe(1);
    expect((await pipeline.reprocess({ filter: { importId }, includeFinal: true })).counts.selected).toBe(3);
    expect((await pipeline.deadLetters(importId)).map((letter) => letter.attempts)).toEqual([3, 3, 3]);
  });
});

describe("a ReprocessRequested event on the project's bus", () => {
  it("starts a run with what it asks for", async () => {
    const report = await importRows([["EVENT1", "Hat", "no price", ""]]);
    const filter = { importId: report.importId };
    await pipeline.putEvent("ReprocessRequested", {
      who: "erp",
      reason: "prices were mended",
      filter,
      includeFinal: true,
    });
    await pipeline.idle();
    expect((await pipeline.runs()).find((run) => run.who === "erp")).toMatchObject({
      status: "DONE",
      counts: { selected: 1, failedAgain: 1 },
    });
    expect(await letterOf(report.importId)).toMatchObject({ attempts: 2 });
  });

  it("that asks for nothing sensible fails by name, and takes no dead letter", async () => {
    await pipeline.putEvent("ReprocessRequested", { who: "erp", reason: 7 });
    await pipeline.idle();
    const [execution] = pipeline.engine
      .executions()
      .filter(({ input }) => input === JSON.stringify({ who: "erp", reason: 7 }));
    expect(execution).toMatchObject({ status: "FAILED" });
  });
});

describe("the cap", () => {
  it("parks a dead letter at the fifth attempt, and it is left alone from then on", async () => {
    const report = await importRows([["CAP1", "Hat", "no price", ""]]);
    const filter = { importId: report.importId };
    for (const attempt of [2, 3, 4]) {
      await pipeline.reprocess({ filter, includeFinal: true });
      expect(await letterOf(report.importId)).toMatchObject({ status: "OPEN", attempts: attempt });
    }
    expect((await pipeline.reprocess({ filter, includeFinal: true })).counts).toMatchObject({
      parked: 1,
      failedAgain: 0,
    });
    expect(await letterOf(report.importId)).toMatchObject({ status: "PARKED", attempts: 5 });
    expect((await pipeline.reprocess({ filter, includeFinal: true })).counts).toMatchObject({
      selected: 0,
      skipped: { notOpen: 1 },
    });
  });

  it("ends a crash loop: an attempt counts when it is claimed", async () => {
    const report = await importRows([["CAP2", "Hat", "no price", ""]]);
    pipeline.faults = (call) => (call.state === "ImportFeed" ? { before: "States.Timeout" } : undefined);
    const { counts, execution } = await pipeline.reprocess({
      filter: { importId: report.importId },
      includeFinal: true,
    });
    expect(execution.status).toBe("FAILED");
    expect(counts).toMatchObject({ selected: 1, resolved: 0, released: 1 });
    expect(await letterOf(report.importId)).toMatchObject({ status: "OPEN", attempts: 2 });
  });
});

describe("two runs at once", () => {
  it("never take the same dead letter", async () => {
    const report = await importRows(Array.from({ length: 12 }, (_, row) => [`RACE${row}`, "Hat", "no price", ""]));
    const filter = { importId: report.importId };
    // Both have taken theirs before either gives back what failed again.
    pipeline.faults = ({ state }) => (state === "ImportFeed" ? { delayMs: 3000 } : undefined);
    const runs = await Promise.all([
      pipeline.reprocess({ filter, includeFinal: true }),
      pipeline.reprocess({ filter, includeFinal: true }),
    ]);
    expect(runs[0].counts.selected + runs[1].counts.selected).toBe(12);
    expect((await pipeline.deadLetters(report.importId)).map((letter) => letter.attempts)).toEqual(Array(12).fill(2));
  });
});

describe("a failed-records CSV that is dropped again", () => {
  it("does the same as a run with it as corrections", async () => {
    const report = await importRows([
      ["DROP1", "Hat", "no price", ""],
      ["DROP2", "Hat", "no price either", ""],
    ]);
    const csv = await corrected(report.importId, (row) => (row["sku"] === "DROP1" ? { price: "1" } : {}));
    const again = await pipeline.import("incoming/simple/dropped.csv", csv);
    expect(again).toMatchObject({
      status: "COMPLETED_WITH_FAILURES",
      outcomes: { created: 1, failed: 1 },
      balanced: true,
    });
    const [first, second] = await pipeline.deadLetters(report.importId);
    expect(first).toMatchObject({ status: "RESOLVED", attempts: 2 });
    expect(second).toMatchObject({ status: "OPEN", attempts: 2 });
    expect(await pipeline.deadLetters(again.importId)).toEqual([]);
  });

  it("reports rows of resolved and parked failures, and leaves them alone", async () => {
    const report = await importRows([["LEFT1", "Hat", "no price", ""]]);
    const csv = await corrected(report.importId, () => ({ price: "1" }));
    await pipeline.import("incoming/simple/left-1.csv", csv);
    const product = await pipeline.product("simple", "LEFT1");
    await pause(1100);
    const again = await pipeline.import("incoming/simple/left-2.csv", csv.replace('"1"', '"2"'));
    expect(again).toMatchObject({ outcomes: { failed: 1 }, balanced: true });
    expect(again.failures).toMatchObject([{ code: "FAILURE_NOT_OPEN" }]);
    expect(await pipeline.product("simple", "LEFT1")).toEqual(product);
    expect(await letterOf(report.importId)).toMatchObject({ status: "RESOLVED", attempts: 2 });
  });

  it("is refused by row where identities are unknown or bookkeeping columns were altered", async () => {
    const report = await importRows([
      ["ALT1", "Hat", "no price", ""],
      ["ALT2", "Hat", "no price", ""],
    ]);
    const csv = await corrected(report.importId, (row) =>
      row["sku"] === "ALT1" ? { price: "1", _record: "77" } : { price: "1", _failure: `${"0".repeat(32)}-1-1` },
    );
    const again = await pipeline.import("incoming/simple/altered.csv", csv);
    expect(again.failures.map(({ code, column }) => [code, column])).toEqual([
      ["FAILURE_ALTERED", "_record"],
      ["FAILURE_UNKNOWN", "_failure"],
    ]);
    expect(again.balanced).toBe(true);
    expect((await pipeline.deadLetters(report.importId)).map((letter) => letter.status)).toEqual(["OPEN", "OPEN"]);
    expect(await pipeline.product("simple", "ALT1")).toBeUndefined();
  });

  it("does not trust cells with age or attempts: they come from the dead letter", async () => {
    const report = await importRows([["TRUST", "Hat", "no price", ""]]);
    const before = await letterOf(report.importId);
    await pipeline.import("incoming/simple/trust.csv", await corrected(report.importId, () => ({ name: "Cap" })));
    expect(await letterOf(report.importId)).toMatchObject({ sourceVersion: before.sourceVersion, attempts: 2 });
  });
});

describe("a chunk of a failed-records CSV that crashes", () => {
  it.each(["Restructure", "ClaimFailures", "Mapping", "Import", "CloseChunk"])(
    "in %s loses no dead letter and leaves none in REPROCESSING",
    async (state) => {
      const report = await importRows([[`CRASH-${state}`, "Hat", "no price", ""]]);
      const csv = await corrected(report.importId, () => ({ price: "1" }));
      pipeline.faults = (call) => (call.state === state ? { after: "TypeError" } : undefined);
      const again = await pipeline.import(`incoming/simple/crash-${state}.csv`, csv);
      pipeline.faults = () => undefined;
      expect(again.balanced).toBe(true);
      const letter = await letterOf(report.importId);
      expect(["OPEN", "RESOLVED"]).toContain(letter.status);
      if (letter.status === "OPEN") {
        expect(
          (await pipeline.reprocess({ filter: { importId: report.importId }, includeFinal: true })).counts.resolved + 0,
        ).toBe(state === "Restructure" ? 0 : 1);
      }
    },
  );
});

describe("an import that is run again", () => {
  it("imports a rejected file from the archive once its cause is gone", async () => {
    const report = await pipeline.import("incoming/simple/rerun.csv", "sku,title\nRERUN,Hat\n");
    expect(report.status).toBe("REJECTED");
    const [execution] = pipeline.executionsOf("incoming/simple/rerun.csv");
    const rerun = { importId: report.importId, who: "anna", reason: "test" };
    const again = pipeline.engine.startExecution(execution!.stateMachineArn, { rerun });
    expect(await pipeline.engine.ended(again.executionArn)).toMatchObject({ status: "SUCCEEDED" });
    // Nothing has changed about its cause: it is rejected again, by the same sentence.
    expect(await pipeline.entry(report.importId)).toMatchObject({
      status: "REJECTED",
      owner: again.executionArn,
      rerun: { who: "anna" },
    });
  });

  it("completes a failed import", async () => {
    pipeline.faults = (call) => (call.state === "Plan" ? { before: "TypeError" } : undefined);
    const report = await importRows([["RERUN2", "Hat", "1", ""]]);
    expect(report.status).toBe("FAILED");
    pipeline.faults = () => undefined;
    const [execution] = pipeline.executionsOf(report.file.key);
    const again = pipeline.engine.startExecution(execution!.stateMachineArn, {
      rerun: { importId: report.importId, who: "anna", reason: "mended" },
    });
    expect(await pipeline.engine.ended(again.executionArn)).toMatchObject({ status: "SUCCEEDED" });
    expect(await pipeline.entry(report.importId)).toMatchObject({
      status: "COMPLETED",
      balanced: true,
      outcomes: { created: 1 },
    });
  });
});

describe("an import that must be closed", () => {
  it("is FAILED and balanced once its owner ended, and left alone while it runs", async () => {
    let reached = false;
    pipeline.faults = (call) => (call.state === "Import" ? ((reached = true), { delayMs: 1000 }) : undefined);
    const key = "incoming/simple/close.csv";
    await pipeline.drop(key, simpleFile([["CLOSE1", "Hat", "1", ""]]));
    await until(() => reached);
    const [first] = pipeline.executionsOf(key);
    const entry = (await pipeline.entries()).find((one) => one.file.key === key)!;
    const close = { close: { importId: entry.importId, reason: "a test" } };
    const early = pipeline.engine.startExecution(first!.stateMachineArn, close);
    expect(JSON.parse((await pipeline.engine.ended(early.executionArn)).output!)).toMatchObject({
      decision: "duplicate",
    });
    pipeline.engine.stopExecution(first!.executionArn);
    await pipeline.engine.ended(first!.executionArn);
    pipeline.faults = () => undefined;
    const closing = pipeline.engine.startExecution(first!.stateMachineArn, close);
    await pipeline.engine.ended(closing.executionArn);
    expect(await pipeline.entry(entry.importId)).toMatchObject({
      status: "FAILED",
      balanced: true,
      outcomes: { failed: 1 },
    });
    expect(await letterOf(entry.importId)).toMatchObject({ status: "OPEN", code: "CRASHED", heals: true });
  });
});
