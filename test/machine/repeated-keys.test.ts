import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import { afterEach, describe, expect, it } from "vitest";
import { pipelineForFile, simpleFile } from "../support/engine.ts";

const pipeline = pipelineForFile({ chunkRecords: 2 });
afterEach(() => {
  pipeline.faults = () => undefined;
});

const rowsOf = async (importId: string): Promise<Record<string, string>[]> =>
  parse(await pipeline.failedRecords(importId), { bom: true, columns: true });
const chunkOf = (event: unknown) => (event as { chunk?: { chunk: number } }).chunk?.chunk;
const csv = (rows: readonly Record<string, string>[]) => stringify([...rows], { header: true, quoted: true });
const hats = (...skus: string[]) => simpleFile(skus.map((sku, row) => [sku, `Hat ${row + 1}`, "1", ""]));

describe("a key that stands twice in a file, where the feed refuses that", () => {
  it("fails every record that has it, in whatever chunk, with the numbers of the others; no product is written", async () => {
    const report = await pipeline.import("incoming/strict/twice.csv", hats("S1", "S2", "S1", "S3", "S1"));
    expect(report).toMatchObject({
      ...{ status: "COMPLETED_WITH_FAILURES", balanced: true, failuresByCode: { DUPLICATE_KEY: 3 } },
      ...{ outcomes: { created: 2, failed: 3 }, repeatedKeys: { keys: 1, records: 3 }, warnings: [] },
    });
    expect(report.failures.map(({ message }) => message)).toEqual(
      ["records 3 and 5", "records 1 and 5", "records 1 and 3"].map(
        (others) => `Column "sku" has "S1", which ${others} of the file have too: send each key once.`,
      ),
    );
    expect(await pipeline.product("strict", "S1")).toBeUndefined();
  });

  it("fails again when the rows come back as they are, and is stored once a person has left one of them", async () => {
    const report = await pipeline.import("incoming/strict/back.csv", hats("B1", "B1"));
    const rows = await rowsOf(report.importId);
    const again = await pipeline.reprocess({ corrections: await pipeline.upload(csv(rows)) });
    expect(again.counts).toMatchObject({ failedAgain: 2, resolved: 0 });
    const one = await pipeline.reprocess({ corrections: await pipeline.upload(csv(rows.slice(1))) });
    expect(one.counts).toMatchObject({ resolved: 1 });
    expect(await pipeline.product("strict", "B1")).toMatchObject({ body: { name: "Hat 2" } });
  });

  it("fails its records alike where a chunk is stopped: none of them is reprocessed as if it had crashed", async () => {
    pipeline.faults = ({ state, event }) =>
      state === "Import" && chunkOf(event) === 2 ? { before: "TypeError" } : undefined;
    const report = await pipeline.import("incoming/strict/stopped.csv", hats("T1", "T2", "T1", "T3"));
    expect(report.failuresByCode).toEqual({ DUPLICATE_KEY: 2, CRASHED: 1 });
    pipeline.faults = () => undefined;
    const { counts } = await pipeline.reprocess({ filter: { importId: report.importId } });
    expect(counts).toMatchObject({ selected: 1, resolved: 1 });
    expect(await pipeline.product("strict", "T1")).toBeUndefined();
  });

  it.each(["Mapping", "Validator"])("fails its records alike where %s of a chunk is given up", async (stage) => {
    pipeline.faults = ({ state, event }) =>
      state === stage && chunkOf(event) === 1 ? { before: "TypeError" } : undefined;
    const [a, b, c] = ["V1", "V2", "V3"].map((key) => key + stage);
    const report = await pipeline.import(`incoming/strict/${stage}.csv`, hats(a!, b!, a!, c!));
    expect(report).toMatchObject({ balanced: true, failuresByCode: { DUPLICATE_KEY: 2, CRASHED: 1 } });
    pipeline.faults = () => undefined;
    const { counts } = await pipeline.reprocess({ filter: { importId: report.importId } });
    expect(counts).toMatchObject({ selected: 1, resolved: 1 });
    expect(await pipeline.product("strict", a!)).toBeUndefined();
  });

  it("fails its records alike where a slow double of NotePrepared comes after Decide, and the chunk is stopped", async () => {
    let double: { functionName: string; event: unknown } | undefined;
    pipeline.faults = ({ state, event, functionName }) => {
      if (chunkOf(event) !== 2) return undefined;
      if (state === "NotePrepared") double = { functionName, event };
      if (state !== "Import") return undefined;
      void pipeline.engine.invoke(double!.functionName, double!.event);
      return { delayMs: 2000, before: "TypeError" };
    };
    const report = await pipeline.import("incoming/strict/double.csv", hats("U1", "U2", "U1", "U3"));
    expect(report.failuresByCode).toEqual({ DUPLICATE_KEY: 2, CRASHED: 1 });
  });

  it("is no key that stands in two files whose failures come back in one: each file has it once", async () => {
    pipeline.faults = ({ state }) => (state === "Mapping" ? { before: "TypeError" } : undefined);
    const files = [];
    for (const name of ["Old hat", "New hat"]) {
      files.push(await pipeline.import(`incoming/strict/${name}.csv`, simpleFile([["F1", name, "1", ""]])));
      await new Promise((resolve) => setTimeout(resolve, 1100));
    }
    pipeline.faults = () => undefined;
    const { counts } = await pipeline.reprocess({ filter: { feed: "strict", sku: "F1" }, includeFinal: true });
    expect(counts).toMatchObject({ selected: 2, resolved: 2, failedAgain: 0 });
    expect(await pipeline.product("strict", "F1")).toMatchObject({ body: { name: "New hat" } });
    for (const { importId } of files)
      expect(await pipeline.deadLetters(importId)).toMatchObject([{ status: "RESOLVED" }]);
  });
});

describe("a key that stands twice in a file", () => {
  it("is stored by a good record where the later one has failed", async () => {
    const file = simpleFile([
      ["G1", "Good hat", "1", ""],
      ["G2", "Hat", "1", ""],
      ["G1", "Bad hat", "no price", ""],
    ]);
    const report = await pipeline.import("incoming/simple/good-then-bad.csv", file);
    expect(report).toMatchObject({ outcomes: { created: 2, failed: 1 }, warnings: [], repeatedKeys: { keys: 0 } });
    expect(await pipeline.product("simple", "G1")).toMatchObject({ body: { name: "Good hat" } });
  });

  it("counts the same where Decide is tried again after its work took effect", async () => {
    let calls = 0;
    pipeline.faults = ({ state }) => (state === "Decide" && ++calls === 1 ? { after: "Unavailable" } : undefined);
    const report = await pipeline.import("incoming/simple/decided-twice.csv", hats("D1", "D2", "D1", "D2", "D1"));
    expect(report).toMatchObject({ outcomes: { created: 2, superseded: 3 }, repeatedKeys: { keys: 2, records: 5 } });
  });

  it("supersedes what stood before although its chunk is stopped, and the last record is stored by its reprocessing", async () => {
    pipeline.faults = ({ state, event }) =>
      state === "Import" && chunkOf(event) === 2 ? { before: "TypeError" } : undefined;
    const report = await pipeline.import("incoming/simple/last-stopped.csv", hats("L1", "L2", "L1"));
    expect(report).toMatchObject({ outcomes: { created: 1, superseded: 1, failed: 1 } });
    pipeline.faults = () => undefined;
    await pipeline.reprocess({ filter: { importId: report.importId } });
    expect(await pipeline.product("simple", "L1")).toMatchObject({ body: { name: "Hat 3" } });
  });

  it("is won by the newest record where failures of several files come back in one, in whatever order", async () => {
    pipeline.faults = ({ state }) => (state === "Mapping" ? { before: "TypeError" } : undefined);
    const first = await pipeline.import("incoming/simple/ages-1.csv", simpleFile([["A1", "Old hat", "1", ""]]));
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const second = await pipeline.import("incoming/simple/ages-2.csv", simpleFile([["A1", "New hat", "1", ""]]));
    pipeline.faults = () => undefined;
    const rows = [...(await rowsOf(second.importId)), ...(await rowsOf(first.importId))];
    const { run } = await pipeline.reprocess({ corrections: await pipeline.upload(csv(rows)) });
    const { outcomes } = await pipeline.report(await pipeline.entry(run.imports![0]!.importId));
    expect(outcomes).toMatchObject({ created: 1, superseded: 1, failed: 0 });
    expect(await pipeline.product("simple", "A1")).toMatchObject({ body: { name: "New hat" } });
    for (const { importId } of [first, second])
      expect(await pipeline.deadLetters(importId)).toMatchObject([{ status: "RESOLVED" }]);
  });
});

describe("an import that is run again after a chunk was closed", () => {
  it("decides on repeated keys as before: the keys of the closed chunk still count", async () => {
    pipeline.faults = ({ state, event }) =>
      state.startsWith("Close") && chunkOf(event) === 1 ? { before: "TypeError" } : undefined;
    const { importId } = await pipeline.import("incoming/strict/again.csv", hats("O1", "O2", "O1", "O3"));
    expect((await pipeline.ledger(importId)).map(({ state }) => state)).toEqual(["PREPARED", "CLOSED"]);
    pipeline.faults = () => undefined;
    pipeline.engine.startExecution(pipeline.engine.output("import_machine_arn"), {
      rerun: { importId, who: "test", reason: "the cause is gone" },
    });
    await pipeline.idle();
    const report = await pipeline.report(await pipeline.entry(importId));
    expect(report).toMatchObject({ status: "COMPLETED_WITH_FAILURES", failuresByCode: { DUPLICATE_KEY: 2 } });
    expect(await pipeline.product("strict", "O1")).toBeUndefined();
  });
});
