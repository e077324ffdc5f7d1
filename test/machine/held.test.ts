import { parse } from "csv-parse/sync";
import { afterEach, describe, expect, it } from "vitest";
import type { ImportEntry } from "#imports/import-entry.ts";
import type { Report } from "#imports/report.ts";
import { pipelineForFile, simpleFile } from "../support/engine.ts";

const pipeline = pipelineForFile({ chunkRecords: 21 });
afterEach(() => {
  pipeline.faults = () => undefined;
});

let files = 0;

/** Rows of a file whose keys are the test's own: hats that cost so much. */
function hats(prefix: string, count: number, price: (n: number) => string): string[][] {
  return Array.from({ length: count }, (_, n) => [`${prefix}-${n + 1}`, `Hat ${n + 1}`, price(n), ""]);
}

/** Imports a file that nothing holds. */
async function imported(rows: readonly (readonly string[])[], feed = "guarded"): Promise<Report> {
  return pipeline.import(`incoming/${feed}/file-${++files}.csv`, simpleFile(rows));
}

async function asked(wish: "release" | "discard" | "rerun", importId: string): Promise<ImportEntry> {
  const { executionArn } = pipeline.engine.startExecution(pipeline.engine.output("import_machine_arn"), {
    [wish]: { importId, who: "test", reason: "a test" },
  });
  await pipeline.engine.ended(executionArn);
  await pipeline.idle();
  return pipeline.entry(importId);
}

/** Everything in the tables of products and failures. */
async function tables(): Promise<string> {
  const all = await Promise.all(
    ["products_table", "failures_table"].map((name) => pipeline.scan(pipeline.engine.output(name))),
  );
  return JSON.stringify(all.map((items) => items.map((item) => JSON.stringify(item)).sort()));
}

describe("a file whose prices are ten times too high", () => {
  it("is held before the first write, and says which guard, how much, and what it would do", async () => {
    await imported(hats("HIGH", 20, () => "9.90"));
    const before = await tables();
    const report = await imported(hats("HIGH", 20, (n) => (n < 5 ? "99" : "9.90")));
    expect(report).toMatchObject({ status: "HELD", balanced: true, records: 20, outcomes: { held: 20, updated: 0 } });
    expect(report.outlook).toMatchObject({
      outcomes: { updated: 5, unchanged: 15 },
      changedFields: { price: 5 },
      guards: [
        {
          guard: "repriced",
          percent: 25,
          limit: 20,
          message:
            "5 of 20 products that are stored would change their price by more than 2 times: 25 %, and the limit is 20 %.",
          examples: [{ key: "HIGH-1" }, { key: "HIGH-2" }, { key: "HIGH-3" }],
        },
      ],
    });
    expect(report.outlook!.priceChanges[0]).toEqual({ key: "HIGH-1", before: "9.90", after: "99", currency: "EUR" });
    expect(await tables()).toBe(before);
    const { reports } = await pipeline.entry(report.importId);
    const changes: unknown[] = parse(await pipeline.read(reports!.changes!), { bom: true, columns: true });
    expect(changes).toHaveLength(5);
    expect(changes[0]).toEqual({
      ...{ key: "HIGH-1", field: "price", of: "", before: "9.90", after: "99", record: "1", line: "2" },
    });
    const told = pipeline.engine.notices().at(-1)!;
    expect(told.subject).toContain("HELD");
    expect(told.message).toContain("would change their price by more than 2 times: 25 %, and the limit is 20 %.");
    expect(told.message).toContain("For example: HIGH-1, HIGH-2, HIGH-3");

    expect(await asked("release", report.importId)).toMatchObject({
      ...{ status: "COMPLETED", outcomes: { updated: 5, unchanged: 15 }, released: { who: "test", reason: "a test" } },
    });
    expect(await pipeline.product("guarded", "HIGH-1")).toMatchObject({ body: { price: "99" } });
  });

  it("can be discarded, and run again after all", async () => {
    await imported(hats("DISC", 20, () => "1"));
    const before = await tables();
    const { importId } = await imported(hats("DISC", 20, () => "10"));
    const discarded = await asked("discard", importId);
    expect(discarded).toMatchObject({ status: "REJECTED", rejection: { code: "DISCARDED" }, outcomes: { held: 20 } });
    expect(await tables()).toBe(before);
    expect(await asked("rerun", importId)).toMatchObject({ status: "HELD" });
    expect(await asked("release", importId)).toMatchObject({ status: "COMPLETED", outcomes: { updated: 20 } });
  });
});

describe("a preview", () => {
  it("changes nothing, tells exactly what the import then does, and can be let in", async () => {
    await imported(hats("PRE", 12, () => "1"));
    const rows = [
      ...hats("PRE", 10, (n) => (n < 4 ? "2" : "1")),
      ["PRE-NEW", "Scarf", "3", ""],
      ["PRE-BAD", "Scarf", "free", ""],
      ["PRE-NEW", "Shawl", "4", ""],
      ["", "", "", ""],
    ];
    const before = await tables();
    const report = await pipeline.import("preview/guarded/look.csv", simpleFile(rows));
    expect(report).toMatchObject({ status: "PREVIEWED", balanced: true, outcomes: { held: 14 } });
    expect(await tables()).toBe(before);
    expect(report.failures).toMatchObject([{ record: 12, key: "PRE-BAD", code: "BAD_MONEY" }]);
    const released = await asked("release", report.importId);
    expect(released).toMatchObject({ status: "COMPLETED_WITH_FAILURES", outcomes: report.outlook!.outcomes });
    expect(released.outcomes).toMatchObject({
      created: 1,
      updated: 4,
      unchanged: 6,
      superseded: 1,
      failed: 1,
      blank: 1,
    });
    expect(released.changedFields).toEqual(report.outlook!.changedFields);
  });
});

describe("an import that is held", () => {
  async function held(prefix: string): Promise<{ importId: string; rows: string[][] }> {
    await imported(hats(prefix, 20, () => "1"));
    const rows = hats(prefix, 20, () => "10");
    const { importId, status } = await imported(rows);
    expect(status).toBe("HELD");
    return { importId, rows };
  }

  it("is prepared again where what was prepared has expired", async () => {
    const { importId } = await held("EXPIRED");
    const seen: string[] = [];
    const note = (): void => {
      pipeline.faults = ({ state }) => void seen.push(state);
    };
    await pipeline.remove((await pipeline.entry(importId)).manifest!);
    note();
    expect(await asked("release", importId)).toMatchObject({ status: "COMPLETED", outcomes: { updated: 20 } });
    expect(seen).toContain("Compare");

    const other = await held("KEPT");
    seen.length = 0;
    note();
    expect(await asked("release", other.importId)).toMatchObject({ status: "COMPLETED", outcomes: { updated: 20 } });
    expect(seen).not.toContain("Compare");
  });

  it("is released once, whoever asks at the same time", async () => {
    const { importId } = await held("TWICE");
    await Promise.all([asked("release", importId), asked("release", importId), asked("discard", importId)]);
    const entry = await pipeline.entry(importId);
    expect(entry.released ?? entry.discarded).toBeDefined();
    expect([entry.released, entry.discarded].filter(Boolean)).toHaveLength(1);
    expect(entry.outcomes).toMatchObject(entry.released ? { updated: 20 } : { held: 20 });
  });

  it("rolls nothing back where a newer file has come meanwhile", async () => {
    const { importId } = await held("NEWER");
    expect(await imported(hats("NEWER", 20, () => "1.10"))).toMatchObject({
      status: "COMPLETED",
      outcomes: { updated: 20 },
    });
    expect(await asked("release", importId)).toMatchObject({ status: "COMPLETED", outcomes: { superseded: 20 } });
    expect(await pipeline.product("guarded", "NEWER-1")).toMatchObject({ body: { price: "1.10" } });
  });

  it("waits: no sweep closes it, and each tells for how long", async () => {
    const { importId } = await held("WAITS");
    await pipeline.sweep(60 * 24 * 3);
    await pipeline.idle();
    expect(await pipeline.entry(importId)).toMatchObject({ status: "HELD" });
    expect(await asked("rerun", importId)).toMatchObject({ status: "HELD" });
    await asked("discard", importId);
  });

  it("may be so for any guard, and none holds what a feed lets through", async () => {
    await imported(hats("LOSE", 20, () => "1"));
    const nameless = simpleFile(hats("LOSE", 20, () => "")).replace("barcode", "spare");
    expect((await pipeline.import("incoming/guarded/lose.csv", nameless)).outlook!.guards).toMatchObject([
      { guard: "losing", percent: 100 },
    ]);
    const wrong = await imported(hats("WRONG", 20, () => "free"));
    expect(wrong.outlook!.guards).toMatchObject([
      { guard: "failed", percent: 100, examples: [{ key: "WRONG-1" }, {}, {}] },
    ]);
    expect(wrong.failures).toHaveLength(20);

    await imported(
      hats("OPEN", 20, () => "1"),
      "simple",
    );
    expect(
      await imported(
        hats("OPEN", 20, () => "100"),
        "simple",
      ),
    ).toMatchObject({ status: "COMPLETED" });
  });

  it("may create few products where the feed's last imports created none, and have as many records as they", async () => {
    await imported(hats("USUAL", 40, () => "1"));
    for (let n = 0; n < 2; n++)
      await imported(
        hats("USUAL", 40, () => "1"),
        "second",
      );
    const many = await imported([...hats("USUAL", 20, () => "1"), ...hats("NEW", 21, () => "1")], "second");
    expect(many.outlook!.guards).toMatchObject([{ guard: "created", limit: 50 }]);
    expect(
      await imported(
        hats("USUAL", 20, () => "1"),
        "second",
      ),
    ).toMatchObject({ status: "COMPLETED" });
    await asked("discard", many.importId);
  });

  it("may have few records where the feed's last files had many", async () => {
    await imported(
      hats("MANY", 50, () => "1"),
      "guarded",
    );
    for (let n = 0; n < 3; n++)
      await imported(
        hats("MANY", 50, () => "1"),
        "second",
      );
    const few = await imported(
      hats("MANY", 20, () => "1"),
      "second",
    );
    expect(few.outlook!.guards).toMatchObject([{ guard: "fewer", limit: 50 }]);
  });
});
