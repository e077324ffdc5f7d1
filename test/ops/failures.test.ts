import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { beforeAll, describe, expect, test } from "vitest";
import { pipelineForFile, simpleFile } from "../support/engine.ts";
import type { ShownFailure, WholeFailure } from "../../scripts/ops/failures.ts";
import type { Moved } from "../../scripts/ops/transitions.ts";
import { askOps, projectFor, runOps } from "./run-ops.ts";

const pipeline = pipelineForFile();
const ops = projectFor(pipeline);
const file = join(import.meta.dirname, "../../samples/bagisto/damaged.csv");
let simple = "";
let bagisto = "";

beforeAll(async () => {
  const bad = [
    ["0017", "Hat", "1,2,3", ""],
    ["0018", "=1+1", "free", ""],
    ["0019", "Cap", "1", "123"],
  ];
  const quoted = bad.map((cells) => cells.map((cell) => `"${cell}"`));
  simple = (await pipeline.import("incoming/simple/bad.csv", simpleFile(quoted))).importId;
  bagisto = (await pipeline.import("incoming/bagisto/damaged.csv", readFileSync(file))).importId;
});

const list = (...args: string[]) => askOps<ShownFailure[]>(ops.project, "failures", ...args);

describe("failures", () => {
  test("lists what failed and why, for programs", async () => {
    const { code, answer } = await list("--import", simple);
    expect(code).toBe(0);
    expect(answer[0]).toEqual({
      ...{ id: `${simple}-1-1`, importId: simple, feed: "simple", record: 1, line: 2, key: "0017" },
      ...{ code: "BAD_MONEY", status: "OPEN", attempts: 1, heals: false },
      ...{ column: "price", value: "1,2,3", failedAt: expect.any(String) as string },
      message: expect.stringContaining('Column "price" has "1,2,3"') as string,
    });
    expect(answer.map(({ code }) => code)).toEqual(["BAD_MONEY", "BAD_MONEY", "BAD_BARCODE"]);
  });

  test("takes every filter, alone and together", async () => {
    const counts = await Promise.all(
      [
        ["--feed", "simple"],
        ["--feed", "bagisto"],
        ["--sku", "0018"],
        ["--code", "BAD_MONEY"],
        ["--code", "BAD_MONEY", "--feed", "bagisto"],
        ["--import", bagisto, "--code", "MISSING_KEY"],
        ["--status", "open"],
        ["--since", "1h", "--feed", "simple"],
      ].map(async (args) => (await list(...args)).answer.length),
    );
    expect(counts).toEqual([3, 10, 1, 4, 2, 1, 13, 3]);
  });

  test("counts by code for people", async () => {
    const { stdout } = await runOps(ops.project, "failures");
    expect(stdout).toMatch(/^code +OPEN +REPROCESSING +RESOLVED +PARKED +all$/m);
    expect(stdout).toMatch(/^BAD_MONEY +4 +0 +0 +0 +4$/m);
  });

  test.each([
    [["--sku", "1"]],
    [["--status", "RESOLVED"]],
    [["--since", "2100-01-01"]],
    [["--import", "0".repeat(32)]],
  ])("exits 4 and gives an empty list where nothing fits %s", async (args) => {
    const { code, answer, stderr } = await list(...args);
    expect([code, answer, stderr]).toEqual([4, [], "No failure fits.\n"]);
  });

  test("names the feeds that there are, where another was asked for", async () => {
    const { stderr } = await list("--feed", "smple");
    expect(stderr).toContain("smple is no feed of this checkout; there are bagisto, simple.");
  });
});

describe("failures show", () => {
  test("shows the original cells by column, the history, and what to do", async () => {
    const { answer } = await askOps<WholeFailure>(ops.project, "failures", "show", `${simple}-1-2`);
    expect(answer).toMatchObject({
      cells: { sku: "0018", name: "=1+1", price: "free", barcode: "" },
      history: [{ what: "failed", attempt: 1, importId: simple, code: "BAD_MONEY" }],
      todo: ["Write an amount with a known currency.", expect.stringContaining("failures export") as string],
    });
    expect(answer.todo[1]).toContain(
      `"IMPORT_ENVIRONMENT=dev npm run ops -- reprocess --import ${simple} --include-final --reason TEXT --local"`,
    );
    const { stdout } = await runOps(ops.project, "failures", "show", `${simple}-1-2`);
    expect(stdout).toMatch(/^price +free$/m);
  });

  test("shows the text of a record that does not line up with its header", async () => {
    const { answer } = await askOps<WholeFailure>(ops.project, "failures", "show", `${bagisto}-1-3`);
    expect(answer.raw).toMatch(/^DMG-003,/);
    expect(answer.cells).toBeUndefined();
  });

  test("says so, and exits 4, where there is no failure of that id", async () => {
    const { code, stderr } = await runOps(ops.project, "failures", "show", `${simple}-1-99`);
    expect([code, stderr]).toEqual([4, expect.stringContaining(`There is no failure ${simple}-1-99`)]);
    expect(stderr).toContain('"IMPORT_ENVIRONMENT=dev npm run ops -- failures --local"');
  });
});

describe("failures export", () => {
  test("writes the failed-records CSV of an import as its report has it", async () => {
    const out = join(pipeline.dataDir, "simple.csv");
    const { code, answer } = await askOps(ops.project, "failures", "export", "--import", simple, "--out", out);
    expect([code, answer]).toEqual([0, { file: out, records: 3, codes: { BAD_MONEY: 2, BAD_BARCODE: 1 } }]);
    expect(readFileSync(out, "utf8")).toBe(await pipeline.failedRecords(simple));
  });

  test("says what to do next, as a command that reaches the same deployment", async () => {
    const out = join(pipeline.dataDir, "my file.csv");
    const { stdout } = await runOps(ops.project, "failures", "export", "--import", simple, "--out", out);
    const next = `IMPORT_ENVIRONMENT=dev npm run ops -- reprocess --corrections '${out}' --reason TEXT --local`;
    expect(stdout.split("\n")).toContain(next);
    expect(stdout).toContain("delete the records that you have not corrected (each run is an attempt)");
  });

  test("makes one header of several, each cell under its own column", async () => {
    const out = join(pipeline.dataDir, "all.csv");
    await runOps(ops.project, "failures", "export", "--code", "BAD_MONEY", "--out", out);
    const rows: Record<string, string>[] = parse(readFileSync(out), { columns: true, bom: true });
    expect(rows.map((row) => [row["sku"], row["price"], row["barcode"], row["locale"]])).toEqual(
      expect.arrayContaining([
        ["0017", "1,2,3", "", ""],
        ["DMG-005", "twenty-one", "", "en"],
      ]),
    );
    expect(Object.keys(rows[0]!).slice(-7)[0]).toBe("_failure");
  });

  test("writes no file where nothing fits", async () => {
    const out = join(pipeline.dataDir, "none.csv");
    const { code } = await runOps(ops.project, "failures", "export", "--status", "PARKED", "--out", out);
    expect(code).toBe(4);
    expect(() => readFileSync(out)).toThrow("ENOENT");
  });
});

describe("park and reopen", () => {
  test("give up on failures and take them back, with who and why in the history", async () => {
    const id = `${bagisto}-1-5`;
    const parked = await askOps<Moved[]>(ops.project, "park", id, "--reason", "not ours");
    expect([parked.code, parked.answer]).toMatchObject([0, [{ id, done: true, status: "PARKED" }]]);
    const reopened = await askOps<Moved[]>(ops.project, "reopen", id, "--reason", "ours after all");
    expect([reopened.code, reopened.answer]).toMatchObject([0, [{ id, done: true, status: "OPEN" }]]);
    const { answer } = await askOps<WholeFailure>(ops.project, "failures", "show", id);
    expect(answer.history.slice(1)).toMatchObject([
      { what: "parked", by: { who: "local:tester", reason: "not ours", filter: `failure ${id}` } },
      { what: "reopened", by: { who: "local:tester", reason: "ours after all" } },
    ]);
  });

  test("do what they can, and say of each other failure why not", async () => {
    const [open, parked] = [`${bagisto}-1-6`, `${bagisto}-1-7`];
    await runOps(ops.project, "park", parked, "--reason", "r");
    const { code, answer } = await askOps<Moved[]>(ops.project, "park", open, parked, "nonsense", "--reason", "r");
    expect(code).toBe(1);
    expect(answer.map(({ done, message }) => [done, message])).toEqual([
      [true, "It is PARKED: given up."],
      [false, "It is PARKED; only what is OPEN can be parked."],
      [
        false,
        expect.stringContaining('There is no such failure: "IMPORT_ENVIRONMENT=dev npm run ops -- failures --local"'),
      ],
    ]);
  });

  test("exit 4 where no failure has such an id", async () => {
    expect((await runOps(ops.project, "reopen", "a", "b", "--reason", "r")).code).toBe(4);
  });
});
