import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { pipelineForFile, simpleFile } from "../support/engine.ts";
import type { ShownImport } from "../../scripts/ops/imports.ts";
import { askOps, projectFor, runOps } from "./run-ops.ts";

const pipeline = pipelineForFile();
const ops = projectFor(pipeline);
const good = [["0017", "Hat", "12.50", ""]];
afterEach(() => {
  pipeline.faults = () => undefined;
});

/** An import that the machine gives up, for a cause that is gone afterwards. */
async function failedImport(key: string): Promise<string> {
  pipeline.faults = ({ state }) => (state === "Plan" ? { before: "OutOfOrder" } : undefined);
  const { importId, status } = await pipeline.import(key, simpleFile(good));
  pipeline.faults = () => undefined;
  expect(status).toBe("FAILED");
  return importId;
}

describe("imports", () => {
  beforeAll(async () => {
    await pipeline.import("incoming/simple/good.csv", simpleFile(good));
    await pipeline.import("incoming/simple/bad.csv", simpleFile([["1", "", "2", ""]]));
    await pipeline.import("incoming/nobody/undeclared.csv", simpleFile(good));
    await pipeline.import("incoming/stray.csv", simpleFile(good));
  });

  test("lists all, newest first, those of no feed and of undeclared ones too", async () => {
    const { code, answer } = await askOps<ShownImport[]>(ops.project, "imports");
    expect(answer.map(({ feed, status, file }) => [feed, status, file.key])).toEqual([
      ["(none)", "REJECTED", "incoming/stray.csv"],
      ["nobody", "REJECTED", "incoming/nobody/undeclared.csv"],
      ["simple", "COMPLETED_WITH_FAILURES", "incoming/simple/bad.csv"],
      ["simple", "COMPLETED", "incoming/simple/good.csv"],
    ]);
    expect(code).toBe(0);
  });

  test("lists those of a feed, in a status, since a time; and exits 4 where there is none", async () => {
    const rejected = await askOps<ShownImport[]>(ops.project, "imports", "--status", "rejected", "--since", "1h");
    expect(rejected.answer).toHaveLength(2);
    const ofFeed = await runOps(ops.project, "imports", "--feed", "simple", "--status", "COMPLETED");
    expect(ofFeed.stdout).toMatch(/simple +incoming\/simple\/good\.csv +COMPLETED +1 +0\n/);
    const none = await askOps(ops.project, "imports", "--since", "2100-01-01");
    expect([none.answer, none.stderr, none.code]).toEqual([[], "No import fits.\n", 4]);
  });

  test("shows one with its outcomes and its failures by code, and fetches its reports", async () => {
    const { importId } = (await pipeline.entries()).find(({ file }) => file.key.endsWith("bad.csv"))!;
    const out = join(pipeline.dataDir, "fetched");
    const { answer, code } = await askOps<ShownImport & { files: Record<string, string> }>(
      ...[ops.project, "imports", "show", importId, "--out", out],
    );
    expect(answer).toMatchObject({ importId, outcomes: { failed: 1 }, failuresByCode: { MISSING_ATTRIBUTE: 1 } });
    expect(code).toBe(0);
    expect(existsSync(answer.files["page"]!)).toBe(true);
    expect(readFileSync(answer.files["failedRecords"]!, "utf8")).toBe(await pipeline.failedRecords(importId));
    const { stdout } = await runOps(ops.project, "imports", "show", importId);
    expect(stdout).toMatch(/^MISSING_ATTRIBUTE +1$/m);
    expect(stdout).toContain(`/reports/${importId}/failed-records.csv`);
  });

  test("says so, and exits 4, where there is no import of that id", async () => {
    for (const id of ["0".repeat(32), "nonsense"]) {
      const { code, stderr } = await runOps(ops.project, "imports", "show", id);
      expect([code, stderr]).toEqual([4, expect.stringContaining(`There is no import ${id}`)]);
      expect(stderr).toContain('"IMPORT_ENVIRONMENT=dev npm run ops -- imports --local"');
    }
  });
});

describe("imports rerun", () => {
  test("runs a failed import again from its archived original, and keeps who and why", async () => {
    const importId = await failedImport("incoming/simple/again.csv");
    const { code, answer } = await askOps<ShownImport>(
      ...[ops.project, "imports", "rerun", importId, "--reason", "the cause is gone"],
    );
    expect([code, answer.status]).toEqual([0, "COMPLETED"]);
    expect(answer.rerun).toMatchObject({ who: "local:tester", reason: "the cause is gone" });
    expect(await pipeline.report(await pipeline.entry(importId))).toMatchObject({
      status: "COMPLETED",
      balanced: true,
    });
  });

  test("exits 1 where it ends as it did before", async () => {
    const rejected = (await pipeline.entries()).find(({ feed }) => feed === "nobody")!;
    const { code, stdout } = await runOps(ops.project, "imports", "rerun", rejected.importId, "--reason", "try");
    expect([code, stdout]).toEqual([1, expect.stringContaining("Rejected as UNKNOWN_FEED")]);
  });

  test("refuses one that is neither rejected nor failed, in a sentence", async () => {
    const done = (await pipeline.entries()).find(({ status }) => status === "COMPLETED")!;
    const { code, stderr } = await runOps(ops.project, "imports", "rerun", done.importId, "--reason", "again");
    expect([code, stderr]).toEqual([1, expect.stringContaining("is COMPLETED; only one that is REJECTED or FAILED")]);
  });
});
