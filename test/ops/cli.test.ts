import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { pipelineForFile, simpleFile } from "../support/engine.ts";

const pipeline = pipelineForFile();
const root = join(import.meta.dirname, "../..");

/** Runs `npm run ops -- …` as npm would. */
async function ops(args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const env = { PATH: process.env["PATH"], ...environment };
  const child = spawn(process.execPath, [join(root, "scripts/ops.ts"), ...args], { cwd: root, env });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  return { stdout, stderr, code: child.exitCode };
}

describe("npm run ops", { timeout: 120_000 }, () => {
  test("asks an engine that is up on a data directory, and leaves it up", async () => {
    await pipeline.import("incoming/simple/x.csv", simpleFile([["a", "Hat", "free", ""]]));
    const local = ["--local", "--data-dir", join(pipeline.dataDir, "data")];
    const listed = await ops(["failures", "--feed", "simple", "--json", ...local]);
    expect(JSON.parse(listed.stdout)).toMatchObject([{ key: "a", code: "BAD_MONEY", status: "OPEN" }]);
    expect(listed.code).toBe(0);
    const [{ id }] = JSON.parse(listed.stdout) as [{ id: string }];
    const parked = await ops(["park", id, "--reason", "not ours", ...local]);
    expect([parked.code, parked.stdout]).toEqual([0, expect.stringContaining("PARKED")]);
    const [letter] = await pipeline.deadLetters(id.split("-")[0]!);
    expect(letter!.history[1]!.by!.who).toMatch(/^local:./);
  });

  test("helps, and explains itself with 2 for wrong usage, without asking anybody", async () => {
    const helped = await ops(["imports", "--help"]);
    expect([helped.code, helped.stdout]).toEqual([0, expect.stringContaining("Lists imports, newest first.")]);
    const wrong = await ops(["imports", "--bogus"]);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("Unknown option '--bogus'.\n\nUsage:")]);
  });

  test("exits 1 with a sentence where it has no credentials, and where nothing answers", async () => {
    const nobody = await ops(["events"], { HOME: pipeline.dataDir, AWS_EC2_METADATA_DISABLED: "true" });
    expect([nobody.code, nobody.stderr]).toEqual([1, expect.stringMatching(/^No AWS credentials were found: .*\n$/)]);
    const credentials = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };
    const silent = await ops(["events"], { ...credentials, AWS_ENDPOINT_URL: "http://127.0.0.1:9" });
    expect([silent.code, silent.stderr]).toEqual([1, expect.stringContaining("Nothing answers at http://127.0.0.1:9")]);
  });
});
