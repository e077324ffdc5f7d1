import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import { afterEach, describe, expect, it } from "vitest";
import type { WholeFailure } from "../../scripts/ops/failures.ts";
import { askOps, projectFor, runOps } from "../ops/run-ops.ts";
import { pipelineForFile } from "../support/engine.ts";

const pipeline = pipelineForFile({ chunkRecords: 2 }, ["execution-ended"]);
const ops = projectFor(pipeline);
afterEach(() => {
  pipeline.faults = () => undefined;
});

type Row = Record<string, string>;
let files = 0;
const importText = (text: string) => pipeline.import(`incoming/shop/groups-${++files}.csv`, text);
const shopFile = (...rows: string[]) => ["Handle,Title,Price,Seen", ...rows].map((row) => `${row}\n`).join("");
const rowsOf = async (importId: string): Promise<Row[]> =>
  parse(await pipeline.failedRecords(importId), { bom: true, columns: true });
const csv = (rows: readonly Row[]) => stringify([...rows], { header: true, quoted: true });
const letterOf = async (importId: string) => (await pipeline.deadLetters(importId))[0]!;
const reprocessCsv = async (rows: readonly Row[]) =>
  pipeline.reprocess({ corrections: await pipeline.upload(csv(rows)) });
const giveUp = (state: string, chunk?: number) => {
  pipeline.faults = (call) => {
    const of = (call.event as { chunk?: { chunk: number } }).chunk?.chunk;
    return call.state === state && (chunk === undefined || chunk === of) ? { before: "TypeError" } : undefined;
  };
};

/** A file whose first record has three rows, the middle one of them bad, and whose second record is good. */
const withBadRow = (handle: string) =>
  shopFile(`${handle},Hat,1,2026-01-01`, ",,,yesterday", `${handle},,,2026-01-03`, `${handle}-cap,Cap,2,`);
const mended = (rows: readonly Row[]) => rows.map((row, at) => (at === 1 ? { ...row, Seen: "2026-01-02" } : row));
const addedRow = (row: Row, cells: Row): Row => ({
  ...Object.fromEntries(Object.keys(row).map((name) => [name, ""])),
  ...cells,
});

describe("a group with a bad row", () => {
  it("becomes one dead letter with all its rows, comes back corrected, and is stored", async () => {
    const report = await importText(withBadRow("STORY"));
    expect(report).toMatchObject({
      ...{ balanced: true, records: 2, outcomes: { created: 1, failed: 1 }, failuresByCode: { BAD_DATE: 1 } },
      failures: [
        { record: 1, line: 3, column: "Seen", message: expect.stringMatching(/^Line 3: Column "Seen"/) as string },
      ],
    });
    expect(await letterOf(report.importId)).toMatchObject({
      key: "STORY",
      line: 2,
      rows: [
        { line: 2, cells: ["STORY", "Hat", "1", "2026-01-01"] },
        { line: 3, cells: ["", "", "", "yesterday"] },
        { line: 4, cells: ["STORY", "", "", "2026-01-03"] },
      ],
    });
    const rows = await rowsOf(report.importId);
    expect(rows.map((row) => [row["Seen"], row["_record"], row["_line"]])).toEqual([
      ["2026-01-01", "1", "2"],
      ["yesterday", "1", "3"],
      ["2026-01-03", "1", "4"],
    ]);
    const again = await importText(csv(mended(rows)));
    expect(again).toMatchObject({ balanced: true, records: 1, outcomes: { created: 1 } });
    const { status, history } = await letterOf(report.importId);
    expect([status, history[1]!.corrections]).toEqual([
      "RESOLVED",
      [{ row: 3, column: "Seen", before: "yesterday", after: "2026-01-02" }],
    ]);
  });

  it("keeps its age: a newer product stays", async () => {
    const old = await importText(withBadRow("AGE"));
    await pause(1100);
    await importText(shopFile("AGE,New hat,1,"));
    const rows = mended(await rowsOf(old.importId));
    expect(await importText(csv(rows))).toMatchObject({ outcomes: { superseded: 1 } });
    expect(await pipeline.product("shop", "AGE")).toMatchObject({ body: { name: "New hat" } });
    expect(await letterOf(old.importId)).toMatchObject({ status: "RESOLVED" });
  });

  it("fails again as it is, told by the lines of its own file, and is mended in the CSV of that import", async () => {
    const report = await importText(withBadRow("AGAIN"));
    const { id, errors } = await letterOf(report.importId);
    const other = await importText(shopFile("OTHER,Hat,1,tomorrow", ",,,never"));
    const rows = await rowsOf(report.importId);
    const again = await importText(csv([...(await rowsOf(other.importId)), ...rows]));
    expect(again).toMatchObject({ balanced: true, records: 2, failuresByCode: { BAD_DATE: 2 } });
    expect(again.failures.at(-1)).toMatchObject({ line: 5, message: expect.stringMatching(/^Line 5: /) as string });
    expect(await letterOf(report.importId)).toMatchObject({ status: "OPEN", attempts: 2, errors });
    const traced = (await rowsOf(again.importId)).filter((row) => row["_failure"] === id);
    expect(traced.map((row) => row["_line"])).toEqual(["2", "3", "4"]);
    expect(await importText(csv(mended(traced)))).toMatchObject({ outcomes: { created: 1 } });
    expect(await letterOf(report.importId)).toMatchObject({ status: "RESOLVED" });
  });

  it("is refused without one of its rows, and stays as it is", async () => {
    const report = await importText(withBadRow("MISSING"));
    const [first, , third] = await rowsOf(report.importId);
    const again = await importText(csv([first!, third!]));
    expect(again).toMatchObject({ records: 1, failuresByCode: { FAILURE_ALTERED: 1 } });
    expect(again.failures[0]!.message).toContain("has 3 rows, and 2 came back in one piece");
    expect(await letterOf(report.importId)).toMatchObject({ status: "OPEN", attempts: 1, rows: [{}, {}, {}] });
    expect(await pipeline.product("shop", "MISSING")).toBeUndefined();
  });

  it("is refused where other rows stand between its own", async () => {
    const report = await importText(withBadRow("TORN") + shopFile("TORN-2,Hat,1,never").split("\n")[1]!);
    const [a, b, c, d] = (await rowsOf(report.importId)) as [Row, Row, Row, Row];
    const again = await importText(csv([a, { ...b, Seen: "" }, { ...d, Seen: "" }, c]));
    expect(again).toMatchObject({
      records: 3,
      outcomes: { created: 1, failed: 2 },
      failuresByCode: { FAILURE_ALTERED: 2 },
    });
    expect(await letterOf(report.importId)).toMatchObject({ status: "OPEN", attempts: 1 });
  });

  it("is stored without a row whose cells are emptied, and with one that was added", async () => {
    const report = await importText(withBadRow("ROWS"));
    const [first, second, third] = (await rowsOf(report.importId)) as [Row, Row, Row];
    const added = addedRow(first, { Handle: "ROWS", Seen: "2026-01-09" });
    const again = await reprocessCsv([first, { ...second, Seen: "" }, added, third]);
    expect(again.counts).toMatchObject({ selected: 1, resolved: 1 });
    const { history, rows } = await letterOf(report.importId);
    expect(rows).toMatchObject([
      { line: 2 },
      { line: 3, cells: ["", "", "", ""] },
      { cells: ["ROWS", "", "", "2026-01-09"] },
      { line: 4 },
    ]);
    expect(history[1]!.corrections).toEqual([
      { row: 3, column: "Seen", before: "yesterday", after: "" },
      { row: "added", column: "Handle", before: "", after: "ROWS" },
      { row: "added", column: "Seen", before: "", after: "2026-01-09" },
    ]);
  });

  it("keeps a row that does not line up as its text, and takes its cells from a person", async () => {
    const report = await importText(shopFile("RAGGED,Hat,1,", "RAGGED,,1,50,", "cap,Cap,1,"));
    expect(report).toMatchObject({ failuresByCode: { RAGGED_RECORD: 1 }, failures: [{ line: 3 }] });
    const [first, second] = (await rowsOf(report.importId)) as [Row, Row];
    expect([first["_raw"], second["_raw"], second["Handle"]]).toEqual(["", "RAGGED,,1,50,", ""]);
    const again = await importText(csv([first, { ...second, Handle: "RAGGED", Price: "1.50" }]));
    expect(again).toMatchObject({ outcomes: { created: 1 } });
    expect(await letterOf(report.importId)).toMatchObject({ status: "RESOLVED" });
  });

  it.each(["Restructure", "ClaimFailures", "Mapping"])(
    "keeps its identity where %s of the chunk that it comes back in is given up",
    async (state) => {
      const report = await importText(withBadRow(`STOP-${state}`));
      giveUp(state);
      const rows = mended(await rowsOf(report.importId));
      const again = await importText(csv(rows));
      expect(again).toMatchObject({ balanced: true, records: 1, failuresByCode: { CRASHED: 1 } });
      pipeline.faults = () => undefined;
      const { id, status } = await letterOf(report.importId);
      expect(status).toBe("OPEN");
      expect(await pipeline.deadLetters(again.importId, true)).toMatchObject([{ id }]);
      expect(await importText(csv(mended(await rowsOf(again.importId))))).toMatchObject({ outcomes: { created: 1 } });
    },
  );
});

describe("a row that cannot be read among the rows that come back", () => {
  it("fails the group above it, and the one that now lacks it is left alone: nothing is stored in part", async () => {
    const report = await importText(
      shopFile("UNREAD-1,Hat,1,never", ",,,2026-01-01", "UNREAD-2,Cap,2,never", ",,,2026-01-02"),
    );
    const text = (await pipeline.failedRecords(report.importId)).replaceAll("never", "2026-01-09");
    const again = await importText(text.replace("UNREAD-2,Cap,", 'UNREAD-2,3" cap,'));
    expect(again).toMatchObject({ balanced: true, records: 2, outcomes: { failed: 2, created: 0 } });
    const [above, below] = await pipeline.deadLetters(report.importId);
    expect(above).toMatchObject({ status: "OPEN", attempts: 2, code: "MALFORMED_RECORD", rows: [{}, {}] });
    expect(below).toMatchObject({ status: "OPEN", attempts: 1, code: "BAD_DATE" });
    expect(again.failures.map(({ code }) => code)).toContain("FAILURE_ALTERED");
    expect(await importText(text)).toMatchObject({ outcomes: { created: 2 } });
  });
});

describe("groups of a chunk that was stopped", () => {
  it("are one failure each, and stored by their reprocessing", async () => {
    giveUp("Mapping");
    const report = await importText(shopFile("CRASH-1,Hat,1,", ",,,2026-01-01", "", ",,,2026-01-02", "CRASH-2,Cap,1,"));
    expect(report).toMatchObject({ balanced: true, records: 2, failuresByCode: { CRASHED: 2 } });
    pipeline.faults = () => undefined;
    const letters = await pipeline.deadLetters(report.importId);
    expect(letters.map(({ rows, cells }) => rows?.map(({ line }) => line) ?? cells?.[0])).toEqual([
      [2, 3, 5],
      "CRASH-2",
    ]);
    const { counts } = await pipeline.reprocess({ filter: { importId: report.importId } });
    expect(counts).toMatchObject({ selected: 2, resolved: 2 });
    expect(await pipeline.product("shop", "CRASH-1")).toMatchObject({ body: { name: "Hat" } });
  });
});

describe("a group whose rows do not stand together", () => {
  const scattered = (key: string, bad = "") =>
    shopFile(
      ...[`${key},Hat,1,2026-01-01`, `${key}-a,A,1,`, `${key}-b,B,1,`, `${key}-c,C,1,`],
      ...[`${key},,,${bad}`, ",,,", `${key}-d,D,1,`, `${key},Hat again,,`],
    );

  it("fails in every record that has some of them, in whatever chunk, whatever else is wrong, with the lines of the others", async () => {
    const report = await importText(scattered("SC", "never"));
    expect(report).toMatchObject({
      ...{ balanced: true, outcomes: { created: 4, failed: 3, superseded: 0 } },
      ...{ failuresByCode: { SCATTERED_GROUP: 3 }, repeatedKeys: { keys: 0, records: 0 }, warnings: [] },
    });
    const messages = report.failures.map(({ code, message }) => [code, message.split(" of the file")[0]]);
    expect(messages).toEqual([
      ["SCATTERED_GROUP", "Other rows of its group begin at lines 6 and 9"],
      ["SCATTERED_GROUP", "Other rows of its group begin at lines 2 and 9"],
      ["BAD_DATE", expect.stringContaining('Column "Seen"')],
      ["SCATTERED_GROUP", "Other rows of its group begin at lines 2 and 6"],
    ]);
    expect(await pipeline.product("shop", "SC")).toBeUndefined();
  });

  it.each(["Restructure", "Mapping", "Validator", "Compare", "NotePrepared", "Import"])(
    "fails alike where %s of a chunk is given up: no part of it is run again as if it had crashed",
    async (state) => {
      giveUp(state, 1);
      const report = await importText(scattered(`SC-${state}`));
      expect(report).toMatchObject({ balanced: true, failuresByCode: { SCATTERED_GROUP: 3, CRASHED: 1 } });
      pipeline.faults = () => undefined;
      const { counts } = await pipeline.reprocess({ filter: { importId: report.importId } });
      expect(counts).toMatchObject({ selected: 1, resolved: 1 });
      expect(await pipeline.product("shop", `SC-${state}`)).toBeUndefined();
    },
  );

  it("fails again as it is, and is stored once a person has put its rows together", async () => {
    const report = await importText(shopFile("TOG,Hat,1,", "TOG-a,A,1,", "TOG,,,2026-01-02"));
    const [first, second] = (await rowsOf(report.importId)) as [Row, Row];
    expect((await reprocessCsv([first, second])).counts).toMatchObject({ failedAgain: 2, resolved: 0 });
    const together = [first, addedRow(second, { Handle: second["Handle"]!, Seen: second["Seen"]! })];
    expect((await reprocessCsv(together)).counts).toMatchObject({ resolved: 1 });
    expect(await pipeline.product("shop", "TOG")).toMatchObject({ body: { name: "Hat" } });
    expect((await pipeline.deadLetters(report.importId)).map(({ status }) => status)).toEqual(["RESOLVED", "OPEN"]);
  });

  it("is none that stands in two files whose failures come back in one", async () => {
    giveUp("Mapping");
    const imports = [];
    for (const name of ["Old hat", "New hat"]) {
      imports.push(await importText(shopFile(`TWO,${name},1,`, ",,,2026-01-01")));
      await pause(1100);
    }
    pipeline.faults = () => undefined;
    const rows = (await Promise.all(imports.map(({ importId }) => rowsOf(importId)))).flat();
    expect((await reprocessCsv(rows)).counts).toMatchObject({ resolved: 2, failedAgain: 0 });
    expect(await pipeline.product("shop", "TWO")).toMatchObject({ body: { name: "New hat" } });
  });
});

describe("support staff", () => {
  it("see every row of a failed group, and what was corrected in which", async () => {
    const report = await importText(withBadRow("OPS"));
    const { id } = await letterOf(report.importId);
    const { answer } = await askOps<WholeFailure>(ops.project, "failures", "show", id);
    expect(answer).toMatchObject({
      ...{ record: 1, line: 3, key: "OPS" },
      rows: [
        { line: 2, cells: { Handle: "OPS", Title: "Hat", Price: "1", Seen: "2026-01-01" } },
        { line: 3, cells: { Handle: "", Seen: "yesterday" } },
        { line: 4, cells: { Seen: "2026-01-03" } },
      ],
    });
    const file = join(pipeline.dataDir, "groups.csv");
    await runOps(ops.project, "failures", "export", "--import", report.importId, "--out", file);
    const rows = await rowsOf(report.importId);
    writeFileSync(file, csv(mended(rows)));
    const dry = await askOps(ops.project, "reprocess", "--corrections", file, "--dry-run", "--reason", "r");
    expect(dry.answer).toMatchObject({ wouldRun: { BAD_DATE: 1 }, refused: [] });
    const run = await askOps(ops.project, "reprocess", "--corrections", file, "--reason", "r");
    expect(run.answer).toMatchObject({ selected: 1, resolved: 1 });
    const { stdout } = await runOps(ops.project, "failures", "show", id);
    expect(stdout).toMatch(/^Line 3:\ncolumn +cell$/m);
    expect(stdout).toContain('Line 3: Seen: "yesterday" became "2026-01-02"');
  });

  it("are told of a group that lacks rows before anything runs", async () => {
    const report = await importText(withBadRow("DRY"));
    const file = join(pipeline.dataDir, "lacking.csv");
    writeFileSync(file, csv((await rowsOf(report.importId)).slice(0, 2)));
    const { answer } = await askOps(ops.project, "reprocess", "--corrections", file, "--dry-run", "--reason", "r");
    expect(answer).toMatchObject({ wouldRun: {}, refused: [{ row: 1, code: "FAILURE_ALTERED" }] });
  });

  it("get the rows of groups under the columns of several imports", async () => {
    const first = await importText(withBadRow("UNION-1"));
    await importText("Seen,Handle,Extra\nnever,UNION-2,x\n2026-01-01,,y\n");
    const file = join(pipeline.dataDir, "union.csv");
    await runOps(ops.project, "failures", "export", "--feed", "shop", "--code", "BAD_DATE", "--out", file);
    expect(first.outcomes.failed).toBe(1);
    const { counts } = await pipeline.reprocess({ filter: { feed: "shop", sku: "UNION-1" }, includeFinal: true });
    expect(counts).toMatchObject({ selected: 1, failedAgain: 1 });
    expect(await letterOf(first.importId)).toMatchObject({ attempts: 2, rows: [{}, {}, {}] });
  });
});
