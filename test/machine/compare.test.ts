import { afterEach, describe, expect, it } from "vitest";
import type { FormerState } from "#products/former-state.ts";
import type { ImportRef } from "#imports/flow.ts";
import { pipelineForFile, simpleFile, until } from "../support/engine.ts";

const pipeline = pipelineForFile({ chunkRecords: 2 });
afterEach(() => {
  pipeline.faults = () => undefined;
});

/** What is kept of an import for an undo, by key, in the order in which it was kept. */
async function formerOf(importId: string): Promise<FormerState[]> {
  const objects = await pipeline.readAll(pipeline.engine.output("archive_bucket"), `undo/${importId}/`);
  const states = objects.flatMap((text) => text.split("\n").filter(Boolean));
  return states.map((text) => JSON.parse(text) as FormerState).sort((a, b) => a.record - b.record);
}

describe("what is stored, before it is replaced", () => {
  it("is kept of every record that creates or updates, and the report tells which fields changed", async () => {
    const first = await pipeline.import(
      "incoming/simple/first.csv",
      simpleFile([
        ["K1", "Hat", "1", ""],
        ["K2", "Cap", "2", ""],
        ["K3", "Scarf", "3", ""],
      ]),
    );
    expect(first.changedFields).toEqual({});
    const second = await pipeline.import(
      "incoming/simple/second.csv",
      simpleFile([
        ["K1", "Hat", "10", ""],
        ["K2", "Cap", "2", ""],
        ["K3", "Shawl", "30", ""],
        ["K4", "Glove", "4", ""],
      ]),
    );
    expect(second).toMatchObject({ outcomes: { created: 1, updated: 2, unchanged: 1 } });
    expect(Object.entries(second.changedFields)).toEqual([
      ["price", 2],
      ["name", 1],
    ]);
    const former = await formerOf(second.importId);
    expect(former).toMatchObject([
      { record: 1, key: "K1", before: { product: { name: "Hat", price: "1" } } },
      { record: 3, key: "K3", before: { product: { name: "Scarf", price: "3" } } },
      { record: 4, key: "K4" },
    ]);
    expect(former[2]).not.toHaveProperty("before");
    expect(former[0]!.before!.version).toContain(first.importId);
  });

  it("is read again where somebody has written since: that is what was replaced", async () => {
    const seen: string[] = [];
    pipeline.faults = ({ state, event }) => {
      const { import: from } = event as { readonly import?: ImportRef };
      const key = from?.file.key ?? "";
      seen.push(`${state} ${key}`);
      if (state === "Import" && key.includes("older")) return { delayMs: 1500 };
      if (state === "Decide" && key.includes("newer")) return { delayMs: 3000 };
      return undefined;
    };
    await pipeline.drop("incoming/simple/older.csv", simpleFile([["B1", "Old hat", "1", ""]]));
    await until(() => seen.includes("Import incoming/simple/older.csv"));
    await pipeline.drop("incoming/simple/newer.csv", simpleFile([["B1", "Hat", "2", ""]]));
    await pipeline.idle();

    const [older, newer] = (await pipeline.entries()).slice(-2);
    expect(older).toMatchObject({ status: "COMPLETED", outcomes: { created: 1 } });
    expect(newer).toMatchObject({
      status: "COMPLETED",
      outcomes: { updated: 1 },
      changedFields: { name: 1, price: 1 },
    });
    expect(await pipeline.product("simple", "B1")).toMatchObject({ body: { name: "Hat" } });
    const former = await formerOf(newer!.importId);
    expect(former.map(({ before }) => before?.product?.name).sort()).toEqual(["Old hat", undefined]);
  });
});
