import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import { afterEach, describe, expect, it } from "vitest";
import { setTimeout as pause } from "node:timers/promises";
import { pipelineForFile, simpleFile } from "../support/engine.ts";

const pipeline = pipelineForFile({ chunkRecords: 3 }, ["execution-ended"]);
afterEach(() => {
  pipeline.faults = () => undefined;
});

type Row = Record<string, string>;
let files = 0;
const importText = (text: string) => pipeline.import(`incoming/simple/returned-${++files}.csv`, text);
const csvOf = async (importId: string) => pipeline.failedRecords(importId);
const rowsOf = async (importId: string): Promise<Row[]> => parse(await csvOf(importId), { bom: true, columns: true });
const csv = (rows: readonly Row[]) => stringify([...rows], { header: true, quoted: true });
const letterOf = async (importId: string) => (await pipeline.deadLetters(importId))[0]!;
const giveUp = (state: string) => {
  pipeline.faults = (call) => (call.state === state ? { before: "TypeError" } : undefined);
};

/** Old hat fails in a first file as its third record, New hat is stored by a second one. Gives the import of the first. */
async function oldThenNew(sku: string) {
  const old = await importText(
    simpleFile([
      [`${sku}-a`, "Cap", "1", ""],
      [`${sku}-b`, "Cap", "1", ""],
      [sku, "Old hat", "no price", ""],
    ]),
  );
  await pause(1100);
  await importText(simpleFile([[sku, "New hat", "1", ""]]));
  return old;
}

/** Runs whatever can be run of an import, and drops its failed-records CSV again as it is. */
async function tryEverything(importId: string): Promise<void> {
  await pipeline.reprocess({ filter: { importId } });
  await pipeline.reprocess({ filter: { importId }, includeFinal: true });
  await pipeline.reprocess({ corrections: await pipeline.upload(await csvOf(importId)) });
  await importText(await csvOf(importId));
}

describe("a returned row of unknown age", () => {
  it.each(
    ["Restructure", "ClaimFailures"].flatMap((state) =>
      ["", `${"0".repeat(32)}-1-1`].map((id) => [state, id] as const),
    ),
  )("whose %s is given up, with the identity %j, never rolls a product back", async (state, _failure) => {
    const sku = `AGE-${++files}`;
    const old = await oldThenNew(sku);
    const [row] = await rowsOf(old.importId);
    giveUp(state);
    const again = await importText(csv([{ ...row!, price: "1", _failure }]));
    pipeline.faults = () => undefined;
    expect(again).toMatchObject({ balanced: true, outcomes: { failed: 1 }, failuresByCode: { FAILURE_UNKNOWN: 1 } });
    expect(again.failures[0]!.message).toContain("correct the record in the failed-records CSV that it first stood in");
    await tryEverything(again.importId);
    expect(await pipeline.product("simple", sku)).toMatchObject({ body: { name: "New hat" } });
    expect(await letterOf(old.importId)).toMatchObject({ status: "OPEN", attempts: 1 });
  });

  it("that an earlier version has left as healing is refused by the run and as a row", async () => {
    const sku = "AGE-EARLIER";
    const old = await oldThenNew(sku);
    const [row] = await rowsOf(old.importId);
    const again = await importText(csv([{ ...row!, price: "1", _failure: "" }]));
    const errors = [{ code: "CRASHED", message: "It crashed." }] as const;
    await pipeline.rewrite(await letterOf(again.importId), { code: "CRASHED", heals: true, errors });
    expect((await pipeline.reprocess({ filter: { importId: again.importId } })).counts).toMatchObject({
      selected: 0,
      skipped: { refused: 1 },
    });
    await tryEverything(again.importId);
    expect(await pipeline.product("simple", sku)).toMatchObject({ body: { name: "New hat" } });
  });
});

describe("a failed-records CSV whose header a program has rewritten", () => {
  const [first, ...others] = ["in capitals", "with characters that do not show"];
  const rewritten = (how: string, header: string) =>
    how === first ? header.toUpperCase() : header.replaceAll("_", "\u200b_");

  it.each([first, ...others])("%s is one all the same: its rows keep their ages", async (how) => {
    const sku = `REWRITTEN-${how.length}`;
    const old = await oldThenNew(sku);
    const [header, ...rows] = (await csvOf(old.importId)).split("\r\n");
    const back = (price: string) => [rewritten(how, header!), ...rows].join("\r\n").replace("no price", price);
    expect(await importText(back("still none"))).toMatchObject({ failuresByCode: { BAD_MONEY: 1 } });
    const again = await importText(back("7"));
    expect(again).toMatchObject({ outcomes: { superseded: 1 } });
    expect(await pipeline.product("simple", sku)).toMatchObject({ body: { name: "New hat" } });
    expect(await letterOf(old.importId)).toMatchObject({ status: "RESOLVED" });
  });

  it("gives a CSV with the bookkeeping columns once, where its rows fail again", async () => {
    const old = await oldThenNew("REWRITTEN-ONCE");
    const [header, ...rows] = (await csvOf(old.importId)).split("\r\n");
    const again = await importText([rewritten(first, header!), ...rows].join("\r\n"));
    const [row] = await rowsOf(again.importId);
    expect(Object.keys(row!).filter((name) => name.toLowerCase() === "_failure")).toEqual(["_failure"]);
    expect(await importText(csv([{ ...row!, PRICE: "7" }]))).toMatchObject({ outcomes: { superseded: 1 } });
  });
});

describe("a returned row that cannot be read as cells", () => {
  const slips: readonly [string, (text: string) => string][] = [
    ["with a comma too many", (text) => text.replace("no price", "1,50")],
    ["with a broken quote", (text) => text.replace("no price", 'say "1"')],
    [
      "that was saved with quotes, a comma too many",
      (text) => csv(parse(text, { bom: true, columns: true })).replace('"no price"', "1,50"),
    ],
    ["that is larger than a record may be", (text) => text.replace("Old hat", `Old hat,${"x".repeat(300_000)}`)],
  ];

  it.each(slips)("%s fails again under its identity, and is mended in the CSV of that import", async (name, slip) => {
    const sku = `SLIP-${name.length}`;
    const old = await oldThenNew(sku);
    const again = await importText(slip(await csvOf(old.importId)));
    expect(again).toMatchObject({ balanced: true, outcomes: { failed: 1 } });
    expect(again.failuresByCode).not.toHaveProperty("FAILURE_UNKNOWN");
    const original = await letterOf(old.importId);
    expect(original).toMatchObject({ status: "OPEN", attempts: 2, code: again.failures[0]!.code });
    expect(await pipeline.deadLetters(again.importId)).toEqual([]);
    expect(await pipeline.deadLetters(again.importId, true)).toMatchObject([{ id: original.id }]);

    const [row] = await rowsOf(again.importId);
    const mended = { ...row!, sku, name: "Old hat", price: "1.50", barcode: "" };
    expect(await importText(csv([mended]))).toMatchObject({ outcomes: { superseded: 1 } });
    expect(await pipeline.product("simple", sku)).toMatchObject({ body: { name: "New hat" } });
    expect(await letterOf(old.importId)).toMatchObject({ status: "RESOLVED" });
  });

  it.each(slips)("%s keeps its identity where its chunk is stopped", async (name, slip) => {
    const sku = `STOP-${name.length}`;
    const old = await oldThenNew(sku);
    giveUp("Restructure");
    const again = await importText(slip(await csvOf(old.importId)));
    expect(again).toMatchObject({ balanced: true, failuresByCode: { CRASHED: 1 } });
    const original = await letterOf(old.importId);
    expect(original).toMatchObject({ status: "OPEN" });
    expect(await pipeline.deadLetters(again.importId, true)).toMatchObject([{ id: original.id }]);
  });

  it("and in which no identity is found is refused: that is said first", async () => {
    const sku = "NO-IDENTITY";
    const old = await oldThenNew(sku);
    const { id } = await letterOf(old.importId);
    const again = await importText((await csvOf(old.importId)).replace("no price", "1,50").replace(id, ""));
    expect(again.failures.map(({ code }) => code)).toEqual(["FAILURE_UNKNOWN", "RAGGED_RECORD"]);
    expect(again.failures[0]!.message).toContain("correct the record in the failed-records CSV that it first stood in");
    await tryEverything(again.importId);
    expect(await pipeline.product("simple", sku)).toMatchObject({ body: { name: "New hat" } });
  });
});

describe("a returned row that fails twice", () => {
  it("is mended in the CSV of the import in which it failed last", async () => {
    const old = await oldThenNew("TWICE");
    const [row] = await rowsOf(old.importId);
    const again = await importText(csv([{ ...row!, price: "99999" }]));
    const [still] = await rowsOf(again.importId);
    expect(await importText(csv([{ ...still!, price: "9" }]))).toMatchObject({ outcomes: { superseded: 1 } });
    expect(await letterOf(old.importId)).toMatchObject({ status: "RESOLVED" });
  });
});

describe("a corrections import whose chunks are closed", () => {
  const taken = async () => {
    const letters = await pipeline.scan(pipeline.engine.output("failures_table"));
    return letters.filter(({ status }) => status === "REPROCESSING");
  };

  it.each(["run again", "taken over"])("takes nothing when it is %s", async (how) => {
    const report = await importText(simpleFile([[`CLOSED-${how.length}`, "Hat", "no price", ""]]));
    const text = await csvOf(report.importId);
    const key = `incoming/simple/returned-${++files}.csv`;
    pipeline.faults = (call) =>
      call.state === "Report" || (how === "taken over" && call.state.startsWith("Report"))
        ? { before: "TypeError" }
        : undefined;
    await pipeline.drop(key, text);
    await pipeline.idle();
    pipeline.faults = () => undefined;
    const [first] = pipeline.executionsOf(key);
    const { importId } = (await pipeline.entries()).find((entry) => entry.file.key === key)!;
    const input = JSON.parse(first!.input) as object;
    const again = how === "run again" ? { rerun: { importId, who: "test", reason: "a test" } } : input;
    const second = pipeline.engine.startExecution(first!.stateMachineArn, again);
    expect(await pipeline.engine.ended(second.executionArn)).toMatchObject({ status: "SUCCEEDED" });
    expect(await pipeline.entry(importId)).toMatchObject({ status: "COMPLETED_WITH_FAILURES", balanced: true });
    expect(await letterOf(report.importId)).toMatchObject({ status: "OPEN", attempts: 2 });
    expect(await taken()).toEqual([]);
  });
});

describe("a record of empty cells", () => {
  const blanks = [",,,", '"",,," "', "   ", "\u00a0,,,"];

  it.each(["Restructure", "Mapping"])(
    "is blank where %s of its chunk is given up, as it is where all goes well",
    async (state) => {
      const text = simpleFile([[`BLANK-${state}`, "Hat", "1", ""]]) + `${blanks.join("\n")}\n`;
      expect(await importText(text)).toMatchObject({ outcomes: { blank: blanks.length } });
      giveUp(state);
      expect(await importText(text)).toMatchObject({ balanced: true, outcomes: { blank: blanks.length, failed: 1 } });
    },
  );

  it.each([{ cells: ["", " ", "", ""] }, { raw: "," }])(
    "that an earlier version has failed resolves its dead letter as blank (%j)",
    async (original) => {
      const report = await importText(simpleFile([[`EARLIER-${++files}`, "Hat", "no price", ""]]));
      const errors = [{ code: "CRASHED", message: "It crashed." }] as const;
      const { cells: _none, ...letter } = await letterOf(report.importId);
      await pipeline.rewrite({ ...letter, ...original }, { code: "CRASHED", heals: true, errors });
      const { counts, run } = await pipeline.reprocess({ filter: { importId: report.importId } });
      expect(counts).toMatchObject({ selected: 1, resolved: 1, failedAgain: 0 });
      expect(await pipeline.entry(run.imports![0]!.importId)).toMatchObject({ outcomes: { blank: 1 } });
      const { status, history } = await letterOf(report.importId);
      expect([status, history.at(-1)]).toMatchObject(["RESOLVED", { outcome: "blank" }]);
    },
  );

  it("fails again, and heals, where the chunk that it comes back in is stopped", async () => {
    const report = await importText(simpleFile([["EARLIER-STOP", "Hat", "no price", ""]]));
    const errors = [{ code: "CRASHED", message: "It crashed." }] as const;
    await pipeline.rewrite(await letterOf(report.importId), {
      code: "CRASHED",
      heals: true,
      errors,
      cells: ["", "", "", ""],
    });
    giveUp("ClaimFailures");
    expect((await pipeline.reprocess({ filter: { importId: report.importId } })).counts).toMatchObject({
      failedAgain: 1,
    });
    pipeline.faults = () => undefined;
    expect(await letterOf(report.importId)).toMatchObject({ status: "OPEN", heals: true });
    expect((await pipeline.reprocess({ filter: { importId: report.importId } })).counts).toMatchObject({ resolved: 1 });
  });

  it("that a person has emptied fails, and its dead letter stays as it is", async () => {
    const report = await importText(simpleFile([["EMPTIED", "Hat", "no price", ""]]));
    const [row] = await rowsOf(report.importId);
    const again = await importText(csv([{ ...row!, sku: "", name: "", price: " " }]));
    expect(again).toMatchObject({ outcomes: { failed: 1 }, failuresByCode: { MISSING_KEY: 1 } });
    expect(await letterOf(report.importId)).toMatchObject({
      status: "OPEN",
      attempts: 1,
      cells: ["EMPTIED", "Hat", "no price", ""],
    });
  });
});

describe("a row that its feed leaves out", () => {
  const importRaw = (text: string) => pipeline.import(`incoming/raw/returned-${++files}.csv`, text);
  const history = async (importId: string) => (await letterOf(importId)).history.at(-1);

  it("resolves its failure, where its chunk was stopped and it comes back", async () => {
    giveUp("Restructure");
    const report = await importRaw('sku,name,price\n# 3" is 76 mm\nTotal,,12\n');
    expect(report).toMatchObject({ balanced: true, outcomes: { leftOut: 1, failed: 1 } });
    pipeline.faults = () => undefined;
    expect((await pipeline.reprocess({ filter: { importId: report.importId } })).counts).toMatchObject({ resolved: 1 });
    expect(await letterOf(report.importId)).toMatchObject({ status: "RESOLVED" });
    expect(await history(report.importId)).toMatchObject({ what: "resolved", outcome: "leftOut" });
  });

  it("resolves its failure, where its cells do not line up with the header and a person leaves it as it is", async () => {
    giveUp("Restructure");
    const report = await importRaw("sku,name,price\nTotal\nRAW-2\nTotal,of,all,12\n");
    pipeline.faults = () => undefined;
    const [, ragged] = await rowsOf(report.importId);
    expect(ragged).toMatchObject({ _code: "CRASHED", _raw: "RAW-2" });
    expect(await importRaw(await csvOf(report.importId))).toMatchObject({ outcomes: { leftOut: 2, failed: 1 } });
    expect((await pipeline.deadLetters(report.importId)).map(({ status }) => status)).toEqual([
      ...["RESOLVED", "OPEN", "RESOLVED"],
    ]);
  });

  it("resolves its failure, where a person has made it one", async () => {
    const report = await importRaw('sku,name,price\nRAW-1,3" pipe,dear\n');
    const [row] = await rowsOf(report.importId);
    expect(row).toMatchObject({ name: '3" pipe' });
    expect(await importRaw(csv([{ ...row!, sku: "Total" }]))).toMatchObject({ outcomes: { leftOut: 1 } });
    expect(await history(report.importId)).toMatchObject({ what: "resolved", outcome: "leftOut" });
  });
});
