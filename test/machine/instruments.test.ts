import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { Report } from "#imports/report.ts";
import { commandsOf } from "../support/commands.ts";
import { pipelineForFile, simpleFile } from "../support/engine.ts";
import { Told, type Figure } from "../support/told.ts";

const pipeline = pipelineForFile({ chunkRecords: 3 });
const told = new Told(pipeline);
afterEach(() => {
  pipeline.faults = () => undefined;
});

const secret = "WRAPPED-IN-SILENCE";
/** Five records in two chunks; the second and the fourth fail. */
const body = (name: string) =>
  simpleFile([1, 2, 3, 4, 5].map((n) => [`${name}-${secret}-${n}`, secret, n % 2 ? "1" : `${secret} ${n}`, ""]));

/** What the metrics say of an import, the seconds of its stages left out. */
async function figuresOf({ importId }: Report): Promise<Figure[]> {
  const figures = await told.figures((line) => line["importId"] === importId);
  return figures.filter(({ name }) => name !== "StageSeconds");
}

const count = (name: string, value: number, dimensions = {}): Figure => ({ name, unit: "Count", value, dimensions });
const inAnyOrder = (figures: readonly Figure[]): unknown => expect.arrayContaining(figures as Figure[]) as unknown;

describe("an import", () => {
  it("leaves one line and one metric a chunk and stage, each with all that tells it from others", async () => {
    const { importId } = await pipeline.import("incoming/simple/lines.csv", body("L"));
    const lines = await told.lines((line) => line["importId"] === importId && !("_aws" in line));
    const each = lines.map(({ stage, chunk = 0 }) => `${stage as string} ${chunk as number}`).sort();
    const chunked = ["Restructure", "Mapping", "Validator", "Compare", "NotePrepared", "Import", "CloseChunk"];
    const expected = ["Receive", "Plan", "Decide", "Report"].map((stage) => `${stage} 0`);
    expect(each).toEqual([...expected, ...chunked.flatMap((stage) => [`${stage} 1`, `${stage} 2`])].sort());
    const { owner } = await pipeline.entry(importId);
    for (const line of lines) {
      expect(line).toMatchObject({ level: "INFO", service: "product-import-dev", feed: "simple", execution: owner });
      expect(line["function_request_id"]).toMatch(/^[0-9a-f-]{36}$/);
      expect(line["seconds"]).toBeGreaterThan(0);
    }
    expect(lines.find(({ stage, chunk }) => stage === "Mapping" && chunk === 2)).toMatchObject({ records: 2 });
    expect(lines.find(({ stage }) => stage === "Plan")).toMatchObject({ records: 5 });

    const requests = new Set(lines.map((line) => line["function_request_id"]));
    const seconds = await told.figures((line) => requests.has(line["function_request_id"]) && "StageSeconds" in line);
    expect(seconds.map(({ dimensions }) => dimensions["stage"]).sort()).toEqual(
      lines.map(({ stage }) => stage as string).sort(),
    );
    for (const { unit, value, dimensions } of seconds) {
      expect([unit, Object.keys(dimensions)]).toEqual(["Seconds", ["stage"]]);
      expect(value).toBeGreaterThan(0);
    }
  });

  it("is measured once, by feed, outcome and code", async () => {
    const report = await pipeline.import("incoming/simple/measured.csv", body("M"));
    const figures = await figuresOf(report);
    const expected = [
      count("FailedImports", 0),
      count("UnbalancedImports", 0),
      count("RejectedImports", 0),
      { name: "FailurePercent", unit: "Percent", value: 40, dimensions: {} },
      { name: "ImportSeconds", unit: "Seconds", value: report.seconds, dimensions: { feed: "simple" } },
      count("Records", 3, { feed: "simple", outcome: "created" }),
      count("Records", 2, { feed: "simple", outcome: "failed" }),
      count("DeadLetters", 2, { feed: "simple", code: "BAD_MONEY" }),
    ];
    expect(figures).toEqual(inAnyOrder(expected));
    expect(figures).toHaveLength(expected.length);
  });

  it("is measured once where Report is called again", async () => {
    pipeline.faults = ({ state, attempt }) =>
      state === "Report" && attempt === 1 ? { after: "Throttled" } : undefined;
    const report = await pipeline.import("incoming/simple/twice.csv", body("T"));
    const calls = await told.lines((line) => line["importId"] === report.importId && line["stage"] === "Report");
    expect(calls.filter((line) => !("_aws" in line))).toHaveLength(2);
    expect((await figuresOf(report)).filter(({ name }) => name === "FailedImports")).toHaveLength(1);
  });

  it("that is rejected counts as that, and under no name that upstream can invent", async () => {
    const report = await pipeline.import("incoming/nobody-knows-me/a.csv", body("R"));
    const expected = [
      count("FailedImports", 0),
      count("UnbalancedImports", 0),
      count("RejectedImports", 1),
      { name: "ImportSeconds", unit: "Seconds", value: report.seconds, dimensions: { feed: "(none)" } },
    ];
    const figures = await figuresOf(report);
    expect(figures).toEqual(inAnyOrder(expected));
    expect(figures).toHaveLength(expected.length);
  });

  it("that failed and is run again counts twice as an import, and each record once", async () => {
    pipeline.faults = ({ state }) => (state === "ImportChunks" ? { before: "States.Runtime" } : undefined);
    const report = await pipeline.import("incoming/simple/again.csv", body("A"));
    expect(report).toMatchObject({ status: "FAILED", outcomes: { failed: 5 } });
    pipeline.faults = () => undefined;
    const rerun = { importId: report.importId, who: "test", reason: "a test" };
    const machine = pipeline.engine.output("import_machine_arn");
    await pipeline.engine.ended(pipeline.engine.startExecution(machine, { rerun }).executionArn);
    const figures = await figuresOf(report);
    const sum = (name: string) =>
      figures.filter((one) => one.name === name).reduce((all, { value }) => all + Number(value), 0);
    expect(figures.filter(({ name }) => name === "FailedImports")).toHaveLength(2);
    expect(sum("FailedImports")).toBe(1);
    expect(sum("Records")).toBe(5);
    expect(sum("DeadLetters")).toBe(5);
  });
});

describe("a run", () => {
  it("says whether it failed, once", async () => {
    const { run } = await pipeline.reprocess();
    const { run: failed } = await pipeline.reprocess({ corrections: await pipeline.upload("sku,name\n1,Hat\n") });
    for (const [{ runId }, value] of [
      [run, 0],
      [failed, 1],
    ] as const)
      expect(await told.figures((line) => line["runId"] === runId && "FailedRuns" in line)).toEqual([
        count("FailedRuns", value),
      ]);
    const [line] = await told.lines(
      (one) => one["stage"] === "Settle" && one["runId"] === run.runId && !("_aws" in one),
    );
    expect(line).toMatchObject({ execution: run.execution, level: "INFO" });
  });
});

describe("a sweep", () => {
  /** What a sweep measures, so many hours from now; hours come in whole ones. */
  async function swept(hours: number): Promise<Figure[]> {
    await pipeline.sweep(hours * 60);
    const sweeps = await told.lines(({ stage, message }) => stage === "Sweep" && message === "Sweep succeeded");
    const last = sweeps.at(-1)!["function_request_id"];
    const figures = await told.figures((line) => line["function_request_id"] === last && !("StageSeconds" in line));
    return figures.map((figure) => ({ ...figure, value: Math.floor(Number(figure.value)) }));
  }
  const hours = (name: string, value: number, dimensions = {}): Figure => ({ name, unit: "None", value, dimensions });

  it("measures how long dead letters have been open, in all and by feed", async () => {
    const figures = (await swept(48)).filter(({ name }) => name === "OldestOpenFailureHours");
    const fixtures = readdirSync(join(import.meta.dirname, "../fixtures/feeds")).map((file) => basename(file, ".json"));
    const others = figures.flatMap(({ dimensions: { feed } }) =>
      feed === undefined || feed === "simple" ? [] : [feed],
    );
    expect(others).toEqual(expect.arrayContaining(["bagisto", ...fixtures.filter((feed) => feed !== "simple")]));
    const expected = [
      hours("OldestOpenFailureHours", 48),
      hours("OldestOpenFailureHours", 48, { feed: "simple" }),
      ...others.map((feed) => hours("OldestOpenFailureHours", 0, { feed })),
    ];
    expect(figures).toEqual(inAnyOrder(expected));
    expect(figures).toHaveLength(expected.length);
  });

  it("counts the feeds that are silent: they never sent anything, or not for longer than they may", async () => {
    const ofSilence = async (at: number) => (await swept(at)).filter(({ name }) => !name.startsWith("Oldest"));
    expect(await ofSilence(0)).toEqual([count("SilentFeeds", 1)]);
    await pipeline.import("incoming/quiet/a.csv", "Artikel;Preis\nQ1;1\n");
    expect(await ofSilence(0)).toEqual([count("SilentFeeds", 0), hours("HoursSinceImport", 0, { feed: "quiet" })]);
    expect(await ofSilence(27)).toEqual([count("SilentFeeds", 1), hours("HoursSinceImport", 27, { feed: "quiet" })]);
  });
});

describe("what the Lambdas say", () => {
  it("never holds a cell, neither in the logs nor in a notice", async () => {
    const text = await told.text();
    expect(text).toContain("BAD_MONEY");
    expect(text).not.toContain(secret);
    const notices = pipeline.engine.notices().map(({ message }) => message);
    expect(notices.length).toBeGreaterThan(5);
    expect(notices.join()).not.toContain(secret);
  });

  it("has the commands to run next in every notice, as ops reads them", () => {
    for (const { message } of pipeline.engine.notices()) expect(commandsOf(message)).not.toEqual([]);
  });
});
