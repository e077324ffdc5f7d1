import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import { afterEach, describe, expect, test } from "vitest";
import { pipelineForFile, simpleFile } from "../support/engine.ts";
import type { WholeFailure } from "../../scripts/ops/failures.ts";
import { askOps, projectFor, runOps } from "./run-ops.ts";

const pipeline = pipelineForFile();
const ops = projectFor(pipeline);
afterEach(() => {
  pipeline.faults = () => undefined;
});

interface RunAnswer {
  readonly runId: string;
  readonly skippedWhy: Record<string, number>;
}

/** An import whose records wait for the store, and one record that only a change heals. */
async function importWithFailures(name: string): Promise<string> {
  pipeline.faults = ({ state }) => (state === "Import" ? { before: "Unavailable" } : undefined);
  const rows = ["a", "b"].map((sku) => [`${name}-${sku}`, "Hat", "1", ""]);
  const file = simpleFile([...rows, [`${name}-c`, "Hat", "free", ""]]);
  const { importId, outcomes } = await pipeline.import(`incoming/simple/${name}.csv`, file);
  pipeline.faults = () => undefined;
  expect(outcomes.failed).toBe(3);
  return importId;
}

/** Exports the failures of an import and changes a column of the rows. */
async function exported(importId: string, change: (row: Record<string, string>) => object): Promise<string> {
  const file = join(pipeline.dataDir, `${importId}.csv`);
  await runOps(ops.project, "failures", "export", "--import", importId, "--out", file);
  const rows: Record<string, string>[] = parse(readFileSync(file), { columns: true, bom: true });
  writeFileSync(
    file,
    stringify(
      rows.map((row) => ({ ...row, ...change(row) })),
      { header: true },
    ),
  );
  return file;
}

describe("reprocess", () => {
  test("says in a dry run what would run, and what would not and why, and takes nothing", async () => {
    const importId = await importWithFailures("dry");
    const would = await askOps(ops.project, "reprocess", "--import", importId, "--dry-run");
    expect([would.code, would.answer]).toEqual([
      0,
      { dryRun: true, wouldRun: { STORE_UNAVAILABLE: 2 }, wouldNot: { final: { BAD_MONEY: 1 } } },
    ]);
    const all = await askOps(ops.project, "reprocess", "--import", importId, "--include-final", "--dry-run");
    expect(all.answer).toMatchObject({ wouldRun: { STORE_UNAVAILABLE: 2, BAD_MONEY: 1 }, wouldNot: {} });
    expect((await pipeline.deadLetters(importId)).map(({ status }) => status)).toEqual(["OPEN", "OPEN", "OPEN"]);
    const { stdout } = await runOps(ops.project, "reprocess", "--import", importId, "--dry-run");
    expect(stdout).toContain("Would not run: only a change heals it");
  });

  test("runs what time has healed, follows the run, and keeps who, why and which on every dead letter", async () => {
    const importId = await importWithFailures("heals");
    const { code, answer } = await askOps<RunAnswer>(
      ...[ops.project, "reprocess", "--import", importId, "--reason", "the store is up"],
    );
    expect([code, answer]).toMatchObject([
      0,
      { status: "DONE", selected: 2, resolved: 2, failedAgain: 0, parked: 0, skipped: 1, skippedWhy: { final: 1 } },
    ]);
    const letters = await pipeline.deadLetters(importId);
    expect(letters.map(({ status }) => status)).toEqual(["RESOLVED", "RESOLVED", "OPEN"]);
    expect(letters[0]!.history[1]).toMatchObject({
      what: "claimed",
      by: { who: "local:tester", reason: "the store is up", filter: `importId ${importId}` },
    });
    expect((await pipeline.runs()).at(-1)).toMatchObject({ runId: answer.runId, who: "local:tester" });
  });

  test("exits 4 where a run found nothing to do", async () => {
    const importId = (await pipeline.import("incoming/simple/final.csv", simpleFile([["f", "Hat", "x", ""]]))).importId;
    const { code, answer } = await askOps<RunAnswer>(
      ...[ops.project, "reprocess", "--import", importId, "--reason", "r"],
    );
    expect([code, answer]).toMatchObject([4, { selected: 0, skipped: 1 }]);
    expect((await runOps(ops.project, "reprocess", "--sku", "nobody", "--dry-run")).code).toBe(4);
  });

  test("shows what failed again, for people", async () => {
    const importId = (await pipeline.import("incoming/simple/still.csv", simpleFile([["s", "Hat", "x", ""]]))).importId;
    const { code, stdout } = await runOps(
      ...[ops.project, "reprocess", "--import", importId, "--include-final", "--reason", "a limit was raised"],
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^failed again +1$/m);
    expect(stdout).toMatch(new RegExp(`^${importId}-1-1 +1 +2 +s +OPEN +2 +BAD_MONEY`, "m"));
  });
});

describe("reprocess --corrections", () => {
  test("applies what a person corrected, cell by cell, and closes the failure", async () => {
    const importId = await importWithFailures("corrected");
    const file = await exported(importId, ({ price }) => ({ price: price === "free" ? "3.50" : price! }));
    const dry = await runOps(ops.project, "reprocess", "--corrections", file, "--dry-run");
    expect(dry.stdout).toContain("1 of the 3 rows that would run are corrected.");
    const { code, answer } = await askOps(
      ops.project,
      "reprocess",
      "--corrections",
      file,
      "--reason",
      "asked the supplier",
    );
    expect([code, answer]).toMatchObject([0, { selected: 3, resolved: 3, failedAgain: 0, skipped: 0, refused: [] }]);
    const shown = await askOps<WholeFailure>(ops.project, "failures", "show", `${importId}-1-3`);
    expect(shown.answer.history[1]).toMatchObject({
      corrections: [{ column: "price", before: "free", after: "3.50" }],
      by: { reason: "asked the supplier" },
    });
    expect(await pipeline.product("simple", "corrected-c")).toMatchObject({ body: { price: "3.50" } });
  });

  test("refuses a row that came back without its failure, and says what to do with what it has left", async () => {
    const importId = await importWithFailures("ageless");
    const returned = (await pipeline.failedRecords(importId)).replaceAll(importId, "f".repeat(32));
    const { importId: ageless } = await pipeline.import("incoming/simple/ageless-again.csv", returned);
    const [letter] = await pipeline.deadLetters(ageless);
    const file = join(pipeline.dataDir, "ageless.csv");
    writeFileSync(file, await pipeline.failedRecords(ageless));
    const { code, stderr } = await runOps(ops.project, "reprocess", "--corrections", file, "--reason", "r");
    expect([code, stderr]).toEqual([4, expect.stringContaining("that it first stood in")]);
    expect(stderr).not.toContain("right environment");

    const dry = await runOps(ops.project, "reprocess", "--import", ageless, "--include-final", "--dry-run");
    expect(dry.stdout).toContain("nobody knows how old its record is");
    const { stdout } = await runOps(ops.project, "failures", "show", letter!.id);
    expect(stdout).toContain(`park ${letter!.id} --reason TEXT`);
    expect(stdout).not.toContain("include-final");
  });

  test("refuses by row what names no failure, was altered, or is not open, and runs the others", async () => {
    const importId = await importWithFailures("refused");
    await runOps(ops.project, "park", `${importId}-1-1`, "--reason", "r");
    const file = join(pipeline.dataDir, "refused.csv");
    await runOps(ops.project, "failures", "export", "--import", importId, "--out", file);
    const lines = readFileSync(file, "utf8").split("\r\n");
    const bogus = lines[1]!.replace(importId, "f".repeat(32));
    const altered = lines[2]!.replace(`${importId}-1-3,3,`, `${importId}-1-3,4,`);
    writeFileSync(file, [lines[0], lines[1], bogus, altered, ""].join("\r\n"));

    const { code, answer, stderr } = await askOps(ops.project, "reprocess", "--corrections", file, "--reason", "r");
    expect([code, answer]).toMatchObject([
      0,
      {
        resolved: 1,
        refused: [
          { row: 2, code: "FAILURE_UNKNOWN" },
          { row: 3, code: "FAILURE_ALTERED" },
        ],
      },
    ]);
    expect(stderr).toContain("Row 2 was refused (FAILURE_UNKNOWN)");

    const again = await runOps(ops.project, "reprocess", "--corrections", file, "--reason", "r");
    expect([again.code, again.stderr]).toEqual([4, expect.stringContaining("No row of the file can run")]);
    expect(again.stderr).toContain("is RESOLVED and was left alone");
    expect(again.stderr).not.toContain("right environment");
  });

  test.each([[["--dry-run"]], [["--reason", "r"]]])(
    "asks for the environment where it knows no row of the file: %j",
    async (options) => {
      const importId = await importWithFailures(`elsewhere${options.length}`);
      const file = join(pipeline.dataDir, "elsewhere.csv");
      await runOps(ops.project, "failures", "export", "--import", importId, "--out", file);
      writeFileSync(file, readFileSync(file, "utf8").replaceAll(importId, "f".repeat(32)));
      const { code, stderr } = await runOps(ops.project, "reprocess", "--corrections", file, ...options);
      // The rows that are refused are what a dry run matched.
      expect(code).toBe(options.length === 1 ? 0 : 4);
      expect(stderr).toContain("No row of the file names a failure: is product-import-dev the right environment?");
    },
  );

  test("says what is wrong with a file that is no failed-records CSV", async () => {
    const file = join(pipeline.dataDir, "other.csv");
    writeFileSync(file, simpleFile([["a", "b", "c", "d"]]));
    const { code, stderr } = await runOps(ops.project, "reprocess", "--corrections", file, "--reason", "r");
    expect([code, stderr]).toEqual([1, expect.stringContaining(`${file}: The corrections have no column _failure`)]);
  });
});
