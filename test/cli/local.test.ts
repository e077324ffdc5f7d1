import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const directory = mkdtempSync(join(tmpdir(), "cli-"));
const dataDir = join(directory, "data");
const sample = join(root, "samples/bagisto/damaged.csv");
afterAll(() => {
  rmSync(directory, { recursive: true });
});

/** Starts what `npm run local -- …` does. */
function start(...args: string[]) {
  const child = spawn(process.execPath, [join(root, "scripts/local.ts"), ...args], { cwd: root });
  const done = Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  return { child, done: done.then(([stdout, stderr, [code]]) => ({ stdout, stderr, code: code as number | null })) };
}
const local = (...args: string[]) => start(...args).done;

interface Shown {
  status: string;
  balanced: boolean;
  records: number;
  failures: object[];
  reports: { report: string; failedRecords: string };
}

describe("npm run local -- import", { timeout: 120_000 }, () => {
  test("prints a report as one JSON object, progress on stderr, and exits 0 though records failed", async () => {
    const { stdout, stderr, code } = await local(
      "import",
      sample,
      "--feed",
      "bagisto",
      "--json",
      "--data-dir",
      dataDir,
    );
    const report = JSON.parse(stdout) as Shown;
    expect(report).toMatchObject({ status: "COMPLETED_WITH_FAILURES", balanced: true, records: 15 });
    expect(report.failures).toHaveLength(10);
    expect([existsSync(report.reports.report), existsSync(report.reports.failedRecords)]).toEqual([true, true]);
    expect(stderr).toContain("15 of 15 records done");
    expect(code).toBe(0);
  });

  test("sees what an earlier run stored, prints a table, and exits 3 for a rejected file", async () => {
    const again = await local("import", sample, "--feed", "bagisto", "--data-dir", dataDir);
    expect(again.stdout).toMatch(/^unchanged +[1-9]/m);
    expect(again.stdout).toMatch(/^ +2 +3 +DMG-002 .*RAGGED_RECORD/m);
    expect(again.code).toBe(0);

    const empty = join(directory, "empty.csv");
    writeFileSync(empty, "");
    const rejected = await local("import", empty, "--feed", "bagisto", "--data-dir", dataDir);
    expect(rejected.stdout).toContain("Rejected as EMPTY_FILE");
    expect(rejected.code).toBe(3);
  });

  test("takes a name as long as the file system's, less what the store puts behind it, and explains a longer one", async () => {
    const named = (length: number): string => join(directory, `${"n".repeat(length - 4)}.csv`);
    for (const length of [233, 234]) writeFileSync(named(length), "");
    const longest = await local("import", named(233), "--feed", "bagisto", "--data-dir", dataDir);
    expect(longest.stdout).toContain("Rejected as EMPTY_FILE");
    const longer = await local("import", named(234), "--feed", "bagisto", "--data-dir", dataDir);
    expect(longer.stderr).toContain(
      "The file's name has 234 bytes, and the store on this machine takes names of at most 233: give the file a shorter name.",
    );
    expect(longer.code).toBe(1);
  });
});

describe("npm run local", { timeout: 120_000 }, () => {
  test("keeps the engine up, refuses a second one, and ends cleanly on Ctrl-C", async () => {
    const { child, done } = start("--data-dir", dataDir);
    let said = "";
    const ended = done.then(({ stderr }) => Promise.reject(new Error(`It ended at once: ${stderr}`)));
    while (!said.includes("Ctrl-C")) said += String(await Promise.race([once(child.stdout, "data"), ended]));
    const second = await local("import", sample, "--feed", "bagisto", "--data-dir", dataDir);
    expect(second.stderr).toContain(`Another engine (process ${child.pid}) works on this data directory`);
    expect(second.code).toBe(1);

    const endpoint = /AWS_ENDPOINT_URL_S3=(\S+)/.exec(said)![1]!;
    const credentials = { accessKeyId: "S3RVER", secretAccessKey: "S3RVER" };
    const s3 = new S3Client({
      endpoint,
      credentials,
      region: "eu-central-1",
      requestChecksumCalculation: "WHEN_REQUIRED",
    });
    const Bucket = /^product-import-\S+-inbox-\d+/m.exec(said)![0];
    await s3.send(new PutObjectCommand({ Bucket, Key: "incoming/bagisto/x.csv", Body: "x" }));
    child.kill("SIGINT");
    expect((await done).code).toBe(0);
  });

  test.each([
    ["an unknown option", ["--bogus"]],
    ["an unknown command", ["export"]],
    ["no feed", ["import", sample]],
    ["no such file", ["import", "missing.csv", "--feed", "bagisto"]],
    ["two files", ["import", sample, sample, "--feed", "bagisto"]],
  ])("explains itself and exits 2 for %s", async (_, args) => {
    const { stderr, code } = await local(...args);
    expect(stderr).toContain("Usage:");
    expect(code).toBe(2);
  });
});
