import { describe, expect, it } from "vitest";
import { importStates, runStates, StoppablePipeline } from "./stopped.ts";

const stoppable = new StoppablePipeline();
const { pipeline } = stoppable;

describe("an import that is stopped, with nothing but the watchdog", () => {
  it.each(importStates.filter((state) => state !== "Plan"))(
    "in %s is closed: FAILED, balanced, every record with its outcome",
    async (state) => {
      const { key, execution } = await stoppable.importStoppedIn(state);
      expect(execution.status).toBe("ABORTED");
      const entry = (await stoppable.entryOf(key))!;
      expect(entry).toMatchObject({ status: "FAILED", balanced: true, records: 5 });
      const outcomes: Readonly<Record<string, number>> = entry.outcomes!;
      expect(Object.values(outcomes).reduce((sum, count) => sum + count)).toBe(5);
      expect(await pipeline.deadLetters(entry.importId)).toHaveLength(outcomes["failed"]!);
      expect(await pipeline.report(entry)).toMatchObject({
        error: "ExecutionEnded: The execution that owned the import ended as ABORTED.",
      });
    },
  );

  it("in Plan is FAILED with nothing imported, and completes when a person runs it again", async () => {
    const { key, execution } = await stoppable.importStoppedIn("Plan");
    const { importId, status } = (await stoppable.entryOf(key))!;
    expect(status).toBe("FAILED");
    const rerun = { rerun: { importId, who: "test", reason: "a test" } };
    await pipeline.engine.ended(pipeline.engine.startExecution(execution.stateMachineArn, rerun).executionArn);
    expect(await pipeline.entry(importId)).toMatchObject({ status: "COMPLETED_WITH_FAILURES", balanced: true });
  });

  it("after its report stays as it was reported", async () => {
    const { key } = await stoppable.importStoppedIn("Announce");
    expect(await stoppable.entryOf(key)).toMatchObject({ status: "COMPLETED_WITH_FAILURES", balanced: true });
  });
});

describe("a run that is stopped, with nothing but the watchdog", () => {
  it.each(runStates)("in %s leaves no dead letter behind, and counts the attempt", async (state) => {
    const { importId, execution } = await stoppable.runStoppedIn(state);
    expect(execution.status).toBe("ABORTED");
    expect(await stoppable.held()).toEqual([]);
    const letters = await pipeline.deadLetters(importId);
    expect(letters).toHaveLength(3);
    for (const { status, attempts, history, owner } of letters) {
      expect(["OPEN", "RESOLVED"]).toContain(status);
      expect(attempts).toBe(state === "SelectFailures" ? 1 : 2);
      expect(history.map(({ what }) => what).at(-1)).toMatch(/failed|released|resolved/);
      expect(owner).toBeUndefined();
    }
    const run = (await pipeline.runs()).find((one) => one.execution === execution.executionArn);
    if (state !== "SelectFailures") expect(run).toMatchObject({ status: "FAILED" });
    for (const { importId: made } of run?.imports ?? [])
      expect((await pipeline.entries()).find((entry) => entry.importId === made)?.status).not.toBe("RUNNING");
  });

  it.each(importStates)(
    "goes on where its import is stopped in %s, and every dead letter has an end",
    async (state) => {
      const importId = await stoppable.crashedImport();
      const run = await stoppable.runUntil(state, importId);
      const child = pipeline.executionsOf(`incoming/simple/reprocess-${run.name}.csv`).at(-1)!;
      await stoppable.stop(child);
      await pipeline.engine.ended(run.executionArn);
      await pipeline.idle();
      expect(await stoppable.held()).toEqual([]);
      for (const { status, attempts } of await pipeline.deadLetters(importId)) {
        expect(["OPEN", "RESOLVED"]).toContain(status);
        expect(attempts).toBe(2);
      }
    },
  );

  it("can be run again: what was put back is closed", async () => {
    const { importId } = await stoppable.runStoppedIn("Mapping");
    await pipeline.reprocess({ filter: { importId } });
    for (const { errors, attempts, status } of await pipeline.deadLetters(importId)) {
      expect(attempts).toBe(3);
      expect(status).toBe(errors[0]!.code === "BAD_MONEY" ? "OPEN" : "RESOLVED");
    }
  });
});

describe("the watchdog", () => {
  it("begins a closing once, and leaves one that fails to the sweep", async () => {
    const reached = stoppable.importStoppedIn("Import");
    const { key } = await reached;
    const { importId } = (await stoppable.entryOf(key))!;
    const closings = () => pipeline.engine.executions().filter(({ name }) => name.startsWith(`close-${importId}`));
    expect(closings()).toHaveLength(1);

    pipeline.faults = (call) => (/^Report/.test(call.state) ? { before: "TypeError" } : undefined);
    const { key: stuck, body } = stoppable.file();
    await pipeline.drop(stuck, body);
    await pipeline.idle();
    const entry = (await stoppable.entryOf(stuck))!;
    expect(entry.status).toBe("RUNNING");
    const tried = pipeline.engine.executions().filter(({ name }) => name.startsWith(`close-${entry.importId}`));
    expect(tried).toMatchObject([{ status: "FAILED" }]);
    pipeline.faults = () => undefined;
    expect(await pipeline.sweep(2)).toMatchObject({ closed: 1 });
    await pipeline.idle();
    expect(await pipeline.entry(entry.importId)).toMatchObject({ status: "FAILED", balanced: true });
  });

  it("refuses an event that is none of its kind", async () => {
    const event = { detail: { executionArn: "arn", stateMachineArn: "arn", status: "SUCCEEDED" } };
    await expect(pipeline.engine.invoke(pipeline.engine.output("watchdog_function"), event)).rejects.toMatchObject({
      name: "BadRequestError",
    });
  });
});
