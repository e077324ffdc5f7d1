import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Fault } from "../../scripts/local/step-functions.ts";
import { pipelineForFile, simpleFile, until } from "../support/engine.ts";

// The watchdog is off: what the machine leaves behind without it is what is looked at here.
const pipeline = pipelineForFile({ chunkRecords: 2 }, ["execution-ended"]);
afterEach(() => {
  pipeline.faults = () => undefined;
});

/** Fails every call of a state, or only the first `times`. */
function fail(state: string, fault: Fault, times = Infinity): void {
  let calls = 0;
  pipeline.faults = (call) => (call.state === state && ++calls <= times ? fault : undefined);
}

let files = 0;
/** Three records in two chunks, under keys of their own. */
function threeProducts(): { key: string; body: string; skus: string[] } {
  const file = ++files;
  const skus = ["a", "b", "c"].map((letter) => `P${file}${letter}`);
  return { key: `incoming/simple/paths-${file}.csv`, body: simpleFile(skus.map((sku) => [sku, "Hat", "1", ""])), skus };
}

async function importThree() {
  const { key, body, skus } = threeProducts();
  const report = await pipeline.import(key, body);
  const [execution] = pipeline.executionsOf(key);
  return { report, execution: execution!, skus, key, body };
}

describe("the happy path", () => {
  it("stores every product, announces the import, closes every chunk, and succeeds", async () => {
    const { report, execution } = await importThree();
    expect(report).toMatchObject({ status: "COMPLETED", outcomes: { created: 3 }, balanced: true });
    expect(execution.status).toBe("SUCCEEDED");
    expect((await pipeline.ledger(report.importId)).map((entry) => entry["state"])).toEqual(["CLOSED", "CLOSED"]);
    const [event] = pipeline.engine.events().filter((one) => one.detail["importId"] === report.importId);
    expect(event).toMatchObject({
      "detail-type": "ImportCompleted",
      source: "product-import",
      detail: { status: "COMPLETED" },
    });
  });

  it("sends no notice for it where the feed wants problems only", async () => {
    const { report } = await importThree();
    expect(pipeline.engine.notices().filter((notice) => notice.message.includes(report.importId))).toEqual([]);
  });
});

describe("retry, then success", () => {
  it.each([
    ["Receive", "Throttled"],
    ["Plan", "Unavailable"],
    ["Restructure", "Throttled"],
    ["Mapping", "Lambda.ServiceException"],
    ["Validator", "Sandbox.Timedout"],
    ["Compare", "Throttled"],
    ["NotePrepared", "TimedOut"],
    ["Decide", "Unavailable"],
    ["Import", "Throttled"],
    ["CloseChunk", "Lambda.TooManyRequestsException"],
    ["Report", "Lambda.Unknown"],
    ["Announce", "EventBridge.Throttled"],
  ])("%s survives %s, and its answer being lost", async (state, error) => {
    fail(state, { before: error }, 2);
    expect((await importThree()).report).toMatchObject({
      status: "COMPLETED",
      outcomes: { created: 3 },
      balanced: true,
    });
    fail(state, { after: error }, 2);
    expect((await importThree()).report).toMatchObject({
      status: "COMPLETED",
      outcomes: { created: 3 },
      balanced: true,
    });
  });

  it("does not retry what is a programming error", async () => {
    let calls = 0;
    pipeline.faults = (call) => (call.state === "Mapping" ? (calls++, { before: "TypeError" }) : undefined);
    await importThree();
    expect(calls).toBe(2);
  });
});

describe("a chunk that crashes for good", () => {
  it.each([
    ["Restructure", "Throttled", "THROTTLED"],
    ["Mapping", "TypeError", "CRASHED"],
    ["Validator", "Sandbox.Timedout", "TIMED_OUT"],
    ["Compare", "Throttled", "THROTTLED"],
    ["NotePrepared", "Unavailable", "CRASHED"],
    ["Import", "Unavailable", "STORE_UNAVAILABLE"],
  ])("in %s turns its records into failures, and harms no other chunk", async (state, error, code) => {
    pipeline.faults = (call) =>
      call.state === state && (call.event as { chunk: { chunk: number } }).chunk.chunk === 2
        ? { before: error }
        : undefined;
    const { report, skus } = await importThree();
    expect(report).toMatchObject({
      status: "COMPLETED_WITH_FAILURES",
      balanced: true,
      outcomes: { created: 2, failed: 1 },
    });
    expect(report.failures).toMatchObject([{ record: 3, line: 4, code }]);
    expect(await pipeline.deadLetters(report.importId)).toMatchObject([
      { cells: [skus[2], "Hat", "1", ""], status: "OPEN", code },
    ]);
  });

  it("in Import after its work was done keeps the products, and still balances", async () => {
    fail("Import", { after: "Sandbox.Timedout" });
    const { report, skus } = await importThree();
    expect(report).toMatchObject({
      status: "COMPLETED_WITH_FAILURES",
      balanced: true,
      outcomes: { created: 0, failed: 3 },
    });
    expect(await pipeline.product("simple", skus[0]!)).toBeDefined();
  });
});

describe("CloseChunk that crashes for good", () => {
  it("in the child is made good by CloseRemaining: the records that were stored keep their outcomes where they were settled", async () => {
    fail("CloseChunk", { after: "Sandbox.Timedout" });
    const { report } = await importThree();
    expect(report).toMatchObject({ status: "COMPLETED", balanced: true, outcomes: { created: 3 } });
  });

  it("before anything was settled turns the chunk's records into failures, never into silence", async () => {
    fail("CloseChunk", { before: "TypeError" });
    const { report } = await importThree();
    expect(report).toMatchObject({ status: "COMPLETED_WITH_FAILURES", balanced: true, outcomes: { failed: 3 } });
    expect(await pipeline.deadLetters(report.importId)).toHaveLength(3);
  });

  it("in CloseRemaining too makes the import FAILED, for it does not balance", async () => {
    pipeline.faults = (call) => (/^Close(Remaining)?Chunk$/.test(call.state) ? { before: "TypeError" } : undefined);
    const { report, execution } = await importThree();
    expect(report).toMatchObject({ status: "FAILED", balanced: false });
    expect(execution).toMatchObject({ status: "FAILED", error: "ImportFailed" });
  });
});

describe("a machine that fails as a whole", () => {
  it.each(["PrepareChunks", "Decide", "ImportChunks"])(
    "in %s closes every chunk, balances, and says FAILED",
    async (state) => {
      fail(state, { before: "States.ItemReaderFailed" });
      const { report, execution } = await importThree();
      expect(report).toMatchObject({ status: "FAILED", balanced: true, outcomes: { failed: 3 } });
      expect(await pipeline.deadLetters(report.importId)).toHaveLength(3);
      expect(execution.status).toBe("FAILED");
      const [event] = pipeline.engine.events().filter((one) => one.detail["importId"] === report.importId);
      expect(event).toMatchObject({ "detail-type": "ImportFailed" });
    },
  );

  it("in Plan says FAILED, with the error", async () => {
    fail("Plan", { before: "TypeError" });
    const { report } = await importThree();
    expect(report).toMatchObject({ status: "FAILED", records: 0, balanced: false });
    expect(report.error).toContain("TypeError");
  });

  it("in Report closes what is open and reports once more", async () => {
    fail("Report", { before: "TypeError" });
    const { report, execution } = await importThree();
    expect(report).toMatchObject({ status: "FAILED", balanced: true, outcomes: { created: 3 } });
    expect(execution.status).toBe("FAILED");
  });

  it("in Receive fails the execution, and a later event of the same version starts the import", async () => {
    fail("Receive", { before: "TypeError" });
    const { key, body } = threeProducts();
    await pipeline.drop(key, body);
    await pipeline.idle();
    const [failed] = pipeline.executionsOf(key);
    expect(failed).toMatchObject({ status: "FAILED", error: "NotReceived" });
    pipeline.faults = () => undefined;
    const again = pipeline.engine.startExecution(failed!.stateMachineArn, JSON.parse(failed!.input));
    expect(await pipeline.engine.ended(again.executionArn)).toMatchObject({ status: "SUCCEEDED" });
  });

  it("in every report leaves the import RUNNING for the sweep, and never says COMPLETED", async () => {
    pipeline.faults = (call) => (/^Report/.test(call.state) ? { before: "TypeError" } : undefined);
    const { key, body } = threeProducts();
    await pipeline.drop(key, body);
    await pipeline.idle();
    const entry = (await pipeline.entries()).find((one) => one.file.key === key);
    expect(entry).toMatchObject({ status: "RUNNING" });
    expect(pipeline.executionsOf(key)).toMatchObject([{ status: "FAILED", error: "NotReported" }]);
  });
});

describe("a notice that fails", () => {
  it.each(["Announce", "Notify"])("in %s ends the import as it was, and says so", async (state) => {
    fail(state, { before: "SNS.InternalError" });
    const key = `incoming/simple/notice-${state}.csv`;
    const report = await pipeline.import(key, simpleFile([[`${state}-bad`, "", "1", ""]]));
    expect(report).toMatchObject({ status: "COMPLETED_WITH_FAILURES" });
    const [execution] = pipeline.executionsOf(key);
    expect(execution!.status).toBe("SUCCEEDED");
    expect(JSON.parse(execution!.output!)).toMatchObject({ noticeFailed: { Error: "SNS.InternalError" } });
  });
});

describe("the same event twice", () => {
  it("ends quietly as a success, and changes nothing", async () => {
    const { report, execution } = await importThree();
    const again = pipeline.engine.startExecution(execution.stateMachineArn, JSON.parse(execution.input));
    expect(await pipeline.engine.ended(again.executionArn)).toMatchObject({ status: "SUCCEEDED" });
    expect(JSON.parse((await pipeline.engine.ended(again.executionArn)).output!)).toMatchObject({
      decision: "duplicate",
    });
    expect(await pipeline.report(await pipeline.entry(report.importId))).toEqual(report);
  });

  it("while the first still runs ends quietly as a success", async () => {
    const { key, body } = threeProducts();
    pipeline.faults = (call) => (call.state === "Plan" ? { delayMs: 400 } : undefined);
    await pipeline.drop(key, body);
    await until(async () => (await pipeline.entries()).some((entry) => entry.file.key === key));
    const [first] = pipeline.executionsOf(key);
    const second = pipeline.engine.startExecution(first!.stateMachineArn, JSON.parse(first!.input));
    expect(JSON.parse((await pipeline.engine.ended(second.executionArn)).output!)).toMatchObject({
      decision: "duplicate",
    });
    expect(await pipeline.engine.ended(first!.executionArn)).toMatchObject({ status: "SUCCEEDED" });
  });
});

describe("an import whose owner is no longer running", () => {
  // It would close the import.
  beforeAll(() => {
    pipeline.switchRule("execution-ended", false);
  });
  afterAll(() => {
    pipeline.switchRule("execution-ended", true);
  });

  it.each(["Plan", "Mapping", "Import", "CloseChunk", "Report"])(
    "is taken over by the next event: stopped in %s",
    async (state) => {
      const { key, body, skus } = threeProducts();
      let reached = false;
      pipeline.faults = (call) => (call.state === state ? ((reached = true), { delayMs: 1000 }) : undefined);
      await pipeline.drop(key, body);
      await until(() => reached);
      const [first] = pipeline.executionsOf(key);
      pipeline.engine.stopExecution(first!.executionArn);
      expect(await pipeline.engine.ended(first!.executionArn)).toMatchObject({ status: "ABORTED" });
      pipeline.faults = () => undefined;
      const second = pipeline.engine.startExecution(first!.stateMachineArn, JSON.parse(first!.input));
      expect(await pipeline.engine.ended(second.executionArn)).toMatchObject({ status: "SUCCEEDED" });
      const entry = (await pipeline.entries()).find((one) => one.file.key === key)!;
      expect(entry.owner).toBe(second.executionArn);
      expect(await pipeline.report(entry)).toMatchObject({
        status: "COMPLETED",
        balanced: true,
        outcomes: { created: 3 },
      });
      expect(await pipeline.product("simple", skus[2]!)).toMatchObject({ importId: entry.importId });
    },
  );
});

describe("what is no file", () => {
  it("is ignored where it is a folder marker", async () => {
    const before = await pipeline.importIds();
    await pipeline.drop("incoming/simple/folder/", "");
    await pipeline.idle();
    expect(await pipeline.importIds()).toEqual(before);
    expect(pipeline.executionsOf("incoming/simple/folder/").map((one) => one.status)).toEqual(["SUCCEEDED"]);
  });

  it("is ignored where the object is gone", async () => {
    const { execution } = await importThree();
    const event = JSON.parse(execution.input) as { detail: { object: { key: string } } };
    const gone = {
      ...event,
      detail: { ...event.detail, object: { ...event.detail.object, key: "incoming/simple/gone.csv" } },
    };
    const started = pipeline.engine.startExecution(execution.stateMachineArn, gone);
    expect(JSON.parse((await pipeline.engine.ended(started.executionArn)).output!)).toMatchObject({
      decision: "ignored",
    });
  });
});

describe("keys", () => {
  it.each([
    "with space.csv",
    "plus+sign.csv",
    "100%.csv",
    "per%20cent.csv",
    "Größe und Maß.csv",
    "日本.CSV",
    "a=b&c;d.csv",
    "sub/folder/file.csv",
  ])("like %s work", async (name) => {
    const key = `incoming/simple/${name}`;
    const report = await pipeline.import(
      key,
      simpleFile([[`KEY-${name.length}-${name.codePointAt(0)}`, "Hat", "1", ""]]),
    );
    expect(report).toMatchObject({ status: "COMPLETED", file: { key } });
  });
});
