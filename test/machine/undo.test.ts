import { afterEach, describe, expect, it } from "vitest";
import type { ImportEntry } from "#imports/import-entry.ts";
import type { Report } from "#imports/report.ts";
import { undoIdOf } from "#imports/undo-id.ts";
import { pipelineForFile, simpleFile, until } from "../support/engine.ts";

const pipeline = pipelineForFile({ chunkRecords: 2 });
afterEach(() => {
  pipeline.faults = () => undefined;
});

let files = 0;

async function imported(...rows: (readonly [sku: string, name: string])[]): Promise<Report> {
  const body = simpleFile(rows.map(([sku, name]) => [sku, name, name === "bad" ? "free" : "1", ""]));
  return pipeline.import(`incoming/simple/file-${++files}.csv`, body);
}

async function undo(importId: string, dryRun = false): Promise<ImportEntry> {
  const wish = { undo: { importId, who: "test", reason: "a test", ...(dryRun && { dryRun }) } };
  const { executionArn } = pipeline.engine.startExecution(pipeline.engine.output("import_machine_arn"), wish);
  await pipeline.engine.ended(executionArn);
  await pipeline.idle();
  return pipeline.entry(undoIdOf(importId, dryRun));
}

/** The names of stored products; undefined where nobody can see one. */
async function namesOf(...skus: string[]): Promise<unknown[]> {
  const all = await Promise.all(skus.map((sku) => pipeline.product("simple", sku)));
  return all.map((product) => (product?.body as { name?: string } | undefined)?.name);
}

describe("an import that is taken back", () => {
  it("gives updated products their former state, and takes created ones away", async () => {
    await imported(["A1", "Hat"], ["A2", "Cap"], ["A3", "Scarf"]);
    const wrong = await imported(["A1", "Wrong"], ["A2", "Cap"], ["A4", "New"], ["A5", "bad"]);
    expect(wrong.outcomes).toMatchObject({ updated: 1, unchanged: 1, created: 1, failed: 1 });

    const look = await undo(wrong.importId, true);
    expect(look).toMatchObject({ status: "PREVIEWED" });
    expect((await pipeline.report(look)).outlook!.outcomes).toMatchObject({ updated: 1, removed: 1, unchanged: 2 });
    expect(await namesOf("A1", "A4")).toEqual(["Wrong", "New"]);

    const undone = await undo(wrong.importId);
    expect(undone).toMatchObject({
      ...{ status: "COMPLETED", balanced: true, undoes: wrong.importId, undo: { who: "test", reason: "a test" } },
      outcomes: { updated: 1, removed: 1, unchanged: 2 },
    });
    expect(await namesOf("A1", "A2", "A3", "A4")).toEqual(["Hat", "Cap", "Scarf", undefined]);
    expect((await pipeline.entry(wrong.importId)).undoneBy).toBe(undone.importId);
    expect(await pipeline.deadLetters(undone.importId)).toEqual([]);
  });

  it("is not taken back twice, but what took it back can be, and that as well", async () => {
    await imported(["B1", "Hat"]);
    const { importId } = await imported(["B1", "Cap"], ["B2", "New"]);
    const undone = await undo(importId);
    const executions = pipeline.engine.executions().length;
    expect(await undo(importId)).toEqual(undone);
    const [again] = pipeline.engine.executions().slice(executions);
    expect(again!.output).toContain(
      `Import ${importId} is taken back by import ${undone.importId}, which is COMPLETED.`,
    );
    expect(await namesOf("B1", "B2")).toEqual(["Hat", undefined]);

    const redone = await undo(undone.importId);
    expect(redone).toMatchObject({ status: "COMPLETED", outcomes: { updated: 1, created: 1 } });
    expect(await namesOf("B1", "B2")).toEqual(["Cap", "New"]);
    expect(await undo(redone.importId)).toMatchObject({ outcomes: { updated: 1, removed: 1 } });
    expect(await namesOf("B1", "B2")).toEqual(["Hat", undefined]);
  });

  it("leaves alone what another import has written since", async () => {
    await imported(["C1", "Hat"], ["C2", "Hat"]);
    const wrong = await imported(["C1", "Wrong"], ["C2", "Wrong"]);
    const { importId } = await imported(["C2", "Right"]);
    const undone = await undo(wrong.importId);
    expect(undone).toMatchObject({ status: "COMPLETED", outcomes: { updated: 1, superseded: 1 } });
    expect(await namesOf("C1", "C2")).toEqual(["Hat", "Right"]);
    const { leftAlone } = await pipeline.report(undone);
    expect(leftAlone).toEqual([{ record: 2, key: "C2", by: importId }]);
  });

  it("tells of a key that it had several times what became of the product, once", async () => {
    await imported(["R1", "Hat"], ["R2", "Hat"]);
    const wrong = await imported(["R1", "Wrong"], ["R2", "Wrong"], ["R1", "Worse"]);
    expect(wrong.outcomes).toMatchObject({ updated: 2, superseded: 1 });
    const undone = await undo(wrong.importId);
    expect(undone).toMatchObject({ status: "COMPLETED", outcomes: { updated: 2, unchanged: 1, superseded: 0 } });
    expect((await pipeline.report(undone)).leftAlone).toEqual([]);
    expect(await namesOf("R1", "R2")).toEqual(["Hat", "Hat"]);
  });

  it("lets no late older file win, and beats no newer one", async () => {
    await imported(["D1", "Hat"], ["D2", "Hat"]);
    const seen: string[] = [];
    pipeline.faults = ({ state, event }) => {
      const late = JSON.stringify(event).includes("late.csv");
      if (late) seen.push(state);
      return late && state === "Plan" ? { delayMs: 8000 } : undefined;
    };
    await pipeline.drop("incoming/simple/late.csv", simpleFile([["D1", "Late", "1", ""]]));
    await until(() => seen.includes("Plan"));
    await pipeline.drop("incoming/simple/wrong.csv", simpleFile(["D1", "D2"].map((sku) => [sku, "Wrong", "1", ""])));
    const wrong = async () => (await pipeline.entries()).find(({ file }) => file.key.endsWith("wrong.csv"));
    await until(async () => (await wrong())?.status === "COMPLETED");
    const { executionArn } = pipeline.engine.startExecution(pipeline.engine.output("import_machine_arn"), {
      undo: { importId: (await wrong())!.importId, who: "test", reason: "a test" },
    });
    await pipeline.engine.ended(executionArn);
    expect(await namesOf("D1", "D2")).toEqual(["Hat", "Hat"]);
    expect(seen).not.toContain("Import");
    await pipeline.idle();
    expect(seen).toContain("Import");
    expect(await namesOf("D1")).toEqual(["Hat"]);
    expect((await imported(["D1", "Newer"])).outcomes).toMatchObject({ updated: 1 });
    expect(await namesOf("D1")).toEqual(["Newer"]);
  });

  it("goes on where it failed half-way, and gives no dead letters", async () => {
    await imported(["E1", "Hat"], ["E2", "Hat"], ["E3", "Hat"], ["E4", "Hat"]);
    const wrong = await imported(["E1", "Wrong"], ["E2", "Wrong"], ["E3", "Wrong"], ["E4", "Wrong"]);
    pipeline.faults = ({ state, event }) =>
      state === "Import" && (event as { chunk: { chunk: number } }).chunk.chunk === 2
        ? { before: "TypeError" }
        : undefined;
    const half = await undo(wrong.importId);
    pipeline.faults = () => undefined;
    expect(half).toMatchObject({ status: "FAILED", outcomes: { updated: 2, failed: 2 } });
    expect(await pipeline.deadLetters(half.importId)).toEqual([]);
    expect(await namesOf("E1", "E4")).toEqual(["Hat", "Wrong"]);
    expect(await undo(wrong.importId)).toMatchObject({ status: "COMPLETED", outcomes: { updated: 4 } });
    expect(await namesOf("E1", "E2", "E3", "E4")).toEqual(["Hat", "Hat", "Hat", "Hat"]);
    expect(await undo(half.importId)).toMatchObject({ status: "COMPLETED", outcomes: { updated: 4 } });
    expect(await namesOf("E1", "E4")).toEqual(["Wrong", "Wrong"]);
  });

  it("takes back what crashed after it was stored, and leaves what was reprocessed since", async () => {
    await imported(["F1", "Hat"], ["F2", "Hat"], ["F3", "Hat"]);
    pipeline.faults = ({ state, event }) =>
      state === "Import" && (event as { chunk: { chunk: number } }).chunk.chunk === 1
        ? { after: "TypeError" }
        : undefined;
    const wrong = await imported(["F1", "Wrong"], ["F2", "Wrong"], ["F3", "bad"]);
    pipeline.faults = () => undefined;
    expect(wrong.outcomes).toMatchObject({ failed: 3 });
    expect(await namesOf("F1", "F2", "F3")).toEqual(["Wrong", "Wrong", "Hat"]);
    expect(await undo(wrong.importId)).toMatchObject({ outcomes: { updated: 2, unchanged: 1 } });
    expect(await namesOf("F1", "F2")).toEqual(["Hat", "Hat"]);
    const { counts } = await pipeline.reprocess({ filter: { importId: wrong.importId } });
    expect(counts).toMatchObject({ resolved: 2 });
    expect(await namesOf("F1", "F2")).toEqual(["Hat", "Hat"]);
  });

  it("is refused where nothing of it is stored, or it is not known", async () => {
    const rejected = await pipeline.import("incoming/simple/empty.csv", "");
    const executions = pipeline.engine.executions().length;
    await undo(rejected.importId);
    await undo("0".repeat(32));
    const said = pipeline.engine
      .executions()
      .slice(executions)
      .map(({ output }) => output);
    expect(said).toEqual([
      expect.stringContaining("is REJECTED: there is nothing of it that could be taken back."),
      expect.stringContaining("is not known: there is nothing of it that could be taken back."),
    ]);
  });
});
