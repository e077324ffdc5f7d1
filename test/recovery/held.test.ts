import { describe, expect, it } from "vitest";
import { undoIdOf } from "#imports/undo-id.ts";
import { simpleFile } from "../support/engine.ts";
import { StoppablePipeline } from "./stopped.ts";

const stoppable = new StoppablePipeline();
const { pipeline } = stoppable;

/** A file that is held: each of its records would fail. */
function wrong(name: string): { key: string; body: string } {
  const rows = Array.from({ length: 20 }, (_, n) => [`${name}-${n + 1}`, "Hat", "free", ""]);
  return { key: `incoming/guarded/${name}.csv`, body: simpleFile(rows) };
}

describe("an import that is held, stopped on its way there", () => {
  it.each(["Decide", "Report"])("in %s", async (state) => {
    const { key, body } = wrong(`HELD-${state}`);
    await stoppable.droppedAndStoppedIn(state, key, body);
    await pipeline.sweep(60);
    await pipeline.idle();
    const entry = (await stoppable.entryOf(key))!;
    // Before it was decided it is closed like any other; from then on it waits for a person, and nothing of it is a failure.
    const [status, letters] = state === "Decide" ? (["FAILED", 20] as const) : (["HELD", 0] as const);
    expect(entry).toMatchObject({ status, balanced: true });
    expect(await pipeline.deadLetters(entry.importId)).toHaveLength(letters);
    if (status === "HELD") expect((await pipeline.report(entry)).outlook!.guards).toMatchObject([{ guard: "failed" }]);
  });

  it("while it is discarded", async () => {
    const { key, body } = wrong("DISCARDED");
    await pipeline.import(key, body);
    const { importId } = (await stoppable.entryOf(key))!;
    await stoppable.startedAndStoppedIn("Report", { discard: { importId, who: "test", reason: "a test" } });
    await pipeline.sweep(60);
    await pipeline.idle();
    expect(await stoppable.entryOf(key)).toMatchObject({ status: "REJECTED", rejection: { code: "DISCARDED" } });
    expect(await pipeline.deadLetters(importId)).toEqual([]);
  });

  it.each(["Import", "CloseChunk"])("in %s, once it is released: every record has its outcome", async (state) => {
    const { key, body } = wrong(`RELEASED-${state}`);
    await pipeline.import(key, body.replace(",free,", ",1,"));
    const { importId, status } = (await stoppable.entryOf(key))!;
    expect(status).toBe("HELD");
    await stoppable.startedAndStoppedIn(state, { release: { importId, who: "test", reason: "a test" } });
    await pipeline.sweep(60);
    await pipeline.idle();
    expect(await stoppable.entryOf(key)).toMatchObject({ status: "FAILED", balanced: true });
  });
});

describe("a preview that is stopped", () => {
  it.each(["Plan", "Restructure", "Mapping", "Validator", "Compare", "NotePrepared", "Decide", "Report"])(
    "in %s stores nothing, neither products nor failures",
    async (state) => {
      const { key, body, skus } = stoppable.file();
      const preview = key.replace("incoming/", "preview/");
      await stoppable.droppedAndStoppedIn(state, preview, body);
      await pipeline.sweep(60);
      await pipeline.idle();
      const entry = (await stoppable.entryOf(preview))!;
      expect(entry.status).toBe(state === "Report" ? "PREVIEWED" : "FAILED");
      expect(await pipeline.deadLetters(entry.importId)).toEqual([]);
      expect(await pipeline.product("simple", skus[0]!)).toBeUndefined();
      if (entry.status === "PREVIEWED") return;
      const rerun = { rerun: { importId: entry.importId, who: "test", reason: "a test" } };
      const { executionArn } = pipeline.engine.startExecution(pipeline.engine.output("import_machine_arn"), rerun);
      await pipeline.engine.ended(executionArn);
      expect(await stoppable.entryOf(preview)).toMatchObject({ status: "PREVIEWED", outcomes: { held: 5 } });
    },
  );
});

describe("an undo that is stopped", () => {
  it.each(["Plan", "Recall", "NotePrepared", "Decide", "Import", "CloseChunk", "Report"])(
    "in %s goes on when it is asked for again, and leaves no dead letter",
    async (state) => {
      const rows = (name: string) => simpleFile(["1", "2", "3", "4"].map((n) => [`UNDO-${state}-${n}`, name, "1", ""]));
      await pipeline.import(`incoming/simple/before-${state}.csv`, rows("Hat"));
      const { importId } = await pipeline.import(`incoming/simple/wrong-${state}.csv`, rows("Wrong"));
      const wish = { undo: { importId, who: "test", reason: "a test" } };
      await stoppable.startedAndStoppedIn(state, wish);
      await pipeline.sweep(60);
      await pipeline.idle();
      const undoId = undoIdOf(importId, false);
      expect((await pipeline.entry(undoId)).status).not.toBe("RUNNING");
      const { executionArn } = pipeline.engine.startExecution(pipeline.engine.output("import_machine_arn"), wish);
      await pipeline.engine.ended(executionArn);
      expect(await pipeline.entry(undoId)).toMatchObject({ status: "COMPLETED", outcomes: { updated: 4 } });
      expect(await pipeline.product("simple", `UNDO-${state}-4`)).toMatchObject({ body: { name: "Hat" } });
      expect(await pipeline.deadLetters(undoId)).toEqual([]);
    },
  );
});
