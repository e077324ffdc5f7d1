import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { importStates, runStates, StoppablePipeline } from "./stopped.ts";

const stoppable = new StoppablePipeline();
const { pipeline } = stoppable;
beforeAll(() => {
  pipeline.switchRule("execution-ended", false);
});
afterEach(async () => {
  pipeline.switchRule("file-arrived", true);
  // What a test left is found before the next begins.
  for (let left = true; left;) {
    const { more, ...found } = await pipeline.sweep(60);
    await pipeline.idle();
    left = more || Object.values(found).some((count) => count > 0);
  }
});

/** What a sweep finds two minutes later, and all that it starts, to its end. */
async function swept(minutes = 2) {
  const found = await pipeline.sweep(minutes);
  await pipeline.idle();
  return found;
}

describe("an import that is stopped, with nothing but the sweep", () => {
  it.each(importStates)("in %s is closed, and every record has its outcome", async (state) => {
    const { key } = await stoppable.importStoppedIn(state);
    expect((await stoppable.entryOf(key))!.status).toBe("RUNNING");
    expect(await swept()).toEqual({ closed: 1, released: 0, started: 0, more: false });
    const entry = (await stoppable.entryOf(key))!;
    expect(entry).toMatchObject({ status: "FAILED", balanced: state !== "Plan" });
    const outcomes: Readonly<Record<string, number>> = entry.outcomes!;
    expect(Object.values(outcomes).reduce((sum, count) => sum + count)).toBe(state === "Plan" ? 0 : 5);
    expect(await pipeline.deadLetters(entry.importId)).toHaveLength(outcomes["failed"]!);
    expect(await swept()).toEqual({ closed: 0, released: 0, started: 0, more: false });
  });

  it("in Receive has left a file, which is found and imported", async () => {
    const { key } = await stoppable.importStoppedIn("Receive");
    expect(await stoppable.entryOf(key)).toBeUndefined();
    expect(await swept(11)).toEqual({ closed: 0, released: 0, started: 1, more: false });
    expect(await stoppable.entryOf(key)).toMatchObject({ status: "COMPLETED_WITH_FAILURES", balanced: true });
  });

  it("is left alone in its first minute, and while its execution runs", async () => {
    const { key, execution } = await stoppable.importStoppedIn("Import");
    expect(await swept(0)).toMatchObject({ closed: 0 });
    const going = pipeline.engine.startExecution(execution.stateMachineArn, JSON.parse(execution.input));
    const found = await pipeline.sweep(2);
    await pipeline.engine.ended(going.executionArn);
    await pipeline.idle();
    const entry = (await stoppable.entryOf(key))!;
    // Either has taken it over; never both.
    expect([going.executionArn, entry.owner]).toContain(entry.owner);
    expect(entry).toMatchObject({ balanced: true });
    expect(found.closed).toBeLessThanOrEqual(1);
  });
});

describe("a run that is stopped, with nothing but the sweep", () => {
  it.each(runStates)("in %s leaves no dead letter behind", async (state) => {
    const { importId, execution } = await stoppable.runStoppedIn(state);
    // The first closes the import that the run has left, the second puts back what that did not settle.
    await swept();
    await swept();
    expect(await stoppable.held()).toEqual([]);
    const letters = await pipeline.deadLetters(importId);
    expect(letters).toHaveLength(3);
    for (const { status, attempts } of letters) {
      expect(["OPEN", "RESOLVED"]).toContain(status);
      expect(attempts).toBe(state === "SelectFailures" ? 1 : 2);
    }
    const run = (await pipeline.runs()).find((one) => one.execution === execution.executionArn);
    if (state !== "SelectFailures") expect(run).toMatchObject({ status: "FAILED" });
  });

  it("keeps its dead letters while it runs, and while its import does", async () => {
    const importId = await stoppable.crashedImport();
    const run = await stoppable.runUntil("Import", importId);
    expect(await pipeline.sweep(2)).toMatchObject({ closed: 0, released: 0 });
    expect(await stoppable.held()).toHaveLength(3);
    pipeline.faults = () => undefined;
    await pipeline.engine.ended(run.executionArn);
    expect(await stoppable.held()).toEqual([]);
  });
});

describe("an attempt that works on after its run was stopped", () => {
  const worksOn = async (state: string): Promise<number> => {
    const importId = await stoppable.crashedImport();
    const run = await stoppable.runUntil(state, importId);
    const { functionName, event } = stoppable.call!;
    await stoppable.stop(run);
    await swept();
    await swept();
    expect(await stoppable.held()).toEqual([]);
    await pipeline.engine.invoke(functionName, event);
    return (await stoppable.held()).length;
  };

  it("takes no dead letter for a chunk that is closed by now", async () => {
    expect(await worksOn("ClaimFailures")).toBe(0);
  });

  it("takes dead letters for nobody, and the sweep puts them back", async () => {
    expect(await worksOn("SelectFailures")).toBe(3);
    expect(await swept()).toMatchObject({ released: 3 });
    expect(await stoppable.held()).toEqual([]);
  });
});

describe("a failed-records CSV that came back and was stopped", () => {
  it.each(["ClaimFailures", "Import", "Report"])("in %s leaves no dead letter behind", async (state) => {
    const importId = await stoppable.crashedImport();
    const key = `incoming/simple/returned-${state}.csv`;
    const body = await pipeline.failedRecords(importId);
    await stoppable.droppedAndStoppedIn(state, key, body);
    await swept();
    await swept();
    expect(await stoppable.held()).toEqual([]);
    expect(await stoppable.entryOf(key)).toMatchObject({ status: "FAILED", balanced: true });
    for (const { status } of await pipeline.deadLetters(importId)) expect(["OPEN", "RESOLVED"]).toContain(status);
  });
});

describe("a file whose event was lost", () => {
  it("is found once it is ten minutes old, and imported with the age it has", async () => {
    pipeline.switchRule("file-arrived", false);
    const { key, body, skus } = stoppable.file();
    await pipeline.drop(key, body);
    expect(await swept(9)).toMatchObject({ started: 0 });
    expect(await swept(11)).toMatchObject({ started: 1 });
    const entry = (await stoppable.entryOf(key))!;
    expect(await pipeline.report(entry)).toMatchObject({
      status: "COMPLETED_WITH_FAILURES",
      balanced: true,
      outcomes: { created: 4, failed: 1 },
    });
    expect(Math.abs(Date.parse(entry.eventTime) - Date.now())).toBeLessThan(30_000);
    expect(await pipeline.product("simple", skus[0]!)).toMatchObject({ importId: entry.importId });
  });

  it("is one import where the event comes after all", async () => {
    pipeline.switchRule("file-arrived", false);
    const { key, body } = stoppable.file();
    await pipeline.drop(key, body);
    await swept(11);
    const [sweeping] = pipeline.executionsOf(key);
    const late = pipeline.engine.startExecution(sweeping!.stateMachineArn, JSON.parse(sweeping!.input));
    expect(JSON.parse((await pipeline.engine.ended(late.executionArn)).output!)).toMatchObject({
      decision: "duplicate",
    });
    expect((await pipeline.entries()).filter((entry) => entry.file.key === key)).toHaveLength(1);
  });

  it("is found with many others, in whatever order they are listed, and folder markers are passed over", async () => {
    pipeline.switchRule("file-arrived", false);
    const files = Array.from({ length: 12 }, () => stoppable.file());
    for (const { key, body } of files) await pipeline.drop(key, body);
    await pipeline.drop("incoming/simple/empty folder/", new Uint8Array());
    await pipeline.drop("incoming/simple/näme with & + %41.csv", stoppable.file().body);
    expect(await swept(11)).toMatchObject({ started: 13 });
    expect(await swept(11)).toMatchObject({ started: 0 });
    for (const { key } of files)
      expect(await stoppable.entryOf(key)).toMatchObject({ status: "COMPLETED_WITH_FAILURES" });
  });
});

describe("two sweeps at once", () => {
  it("close an import once, put a dead letter back once, and import a file once", async () => {
    const { key } = await stoppable.importStoppedIn("Import");
    const run = await stoppable.runStoppedIn("Settle");
    const before = (await pipeline.deadLetters(run.importId)).map(({ history }) => history.length);
    pipeline.switchRule("file-arrived", false);
    const lost = stoppable.file();
    await pipeline.drop(lost.key, lost.body);
    await Promise.all([pipeline.sweep(11), pipeline.sweep(11)]);
    await pipeline.idle();
    expect(await stoppable.entryOf(key)).toMatchObject({ status: "FAILED", balanced: true });
    expect((await pipeline.entries()).filter((entry) => entry.file.key === lost.key)).toHaveLength(1);
    expect(pipeline.executionsOf(lost.key)).toHaveLength(1);
    const after = (await pipeline.deadLetters(run.importId)).map(({ history }) => history.length);
    after.forEach((length, index) => {
      expect(length - before[index]!).toBeLessThanOrEqual(1);
    });
  });
});
