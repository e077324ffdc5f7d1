import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Outlook } from "#outlook/outlook.ts";
import type { ShownImport } from "../../scripts/ops/imports.ts";
import { pipelineForFile, simpleFile } from "../support/engine.ts";
import { askOps, projectFor, runOps } from "./run-ops.ts";

const pipeline = pipelineForFile();
const ops = projectFor(pipeline);
const because = ["--reason", "looked at it"];

function fileOf(name: string, rows: readonly (readonly string[])[]): string {
  const path = join(pipeline.dataDir, name);
  writeFileSync(path, simpleFile(rows));
  return path;
}

test("a preview tells what the import would do, and is let in without a second upload", async () => {
  await pipeline.import("incoming/simple/before.csv", simpleFile([["P1", "Hat", "1", ""]]));
  const file = fileOf("look.csv", [
    ["P1", "Hat", "9", ""],
    ["P2", "Cap", "free", ""],
  ]);
  const { code, stdout, stderr } = await runOps(ops.project, "preview", file, "--feed", "simple");
  expect([code, stderr]).toEqual([0, expect.stringContaining("PREVIEWED")]);
  expect(stdout).toContain("preview/simple/look.csv: PREVIEWED");
  expect(stdout).toMatch(/would be +records\n-+ +-+\nupdated +1\nfailed +1\n/);
  expect(stdout).toMatch(/field that changes +products\n-+ +-+\nprice +1\n/);
  expect(stdout).toMatch(/largest price changes +before +after\n.*\nP1 +1 EUR +9 EUR\n/);
  expect(stdout).toContain("BAD_MONEY");
  expect(await pipeline.product("simple", "P1")).toMatchObject({ body: { price: "1" } });

  const { importId } = (await pipeline.entries()).at(-1)!;
  const shown = await askOps<ShownImport & { outlook: Outlook }>(ops.project, "imports", "show", importId);
  expect(shown.answer).toMatchObject({ status: "PREVIEWED", outlook: { outcomes: { updated: 1, failed: 1 } } });
  const released = await askOps<ShownImport>(ops.project, "imports", "release", importId, ...because);
  expect([released.code, released.answer.status]).toEqual([0, "COMPLETED_WITH_FAILURES"]);
  expect(released.answer.released).toMatchObject({ who: "local:tester", reason: "looked at it" });
  expect(await pipeline.product("simple", "P1")).toMatchObject({ body: { price: "9" } });

  const again = await runOps(ops.project, "imports", "release", importId, ...because);
  expect([again.code, again.stderr]).toEqual([
    1,
    `Import ${importId} is COMPLETED_WITH_FAILURES; only one that is HELD or PREVIEWED can be released. What failed in it is for reprocess: its records are in the catalogue, or are failures.`,
  ]);
});

test("a preview can be discarded; one that is rejected exits 1 and says why", async () => {
  await runOps(ops.project, "preview", fileOf("other.csv", [["P3", "Hat", "1", ""]]), "--feed", "simple");
  const { importId } = (await pipeline.entries()).at(-1)!;
  const { code, stdout } = await runOps(ops.project, "imports", "discard", importId, ...because);
  expect(code).toBe(0);
  expect(stdout).toContain("Rejected as DISCARDED: local:tester has discarded the file: looked at it");
  expect(stdout).toMatch(/held +1\n/);
  expect(await pipeline.product("simple", "P3")).toBeUndefined();

  const none = await runOps(ops.project, "preview", fileOf("none.csv", [["P4", "Hat", "1", ""]]), "--feed", "nobody");
  expect([none.code, none.stdout]).toEqual([1, expect.stringContaining("Rejected as UNKNOWN_FEED")]);
  const back = fileOf("back.csv", []);
  writeFileSync(back, "sku,name,price,barcode,_failure\nP5,Hat,1,,x\n");
  const failures = await runOps(ops.project, "preview", back, "--feed", "simple");
  expect([failures.code, failures.stdout]).toEqual([1, expect.stringContaining("Rejected as PREVIEWED_FAILURES")]);
});
