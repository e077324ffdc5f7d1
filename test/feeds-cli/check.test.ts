import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { check, checkText } from "../../scripts/feeds/check.ts";
import { feeds } from "./run-feeds.ts";

const folder = mkdtempSync(join(tmpdir(), "feeds-check-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test("check names every fault of every feed with its path", () => {
  mkdirSync(join(folder, "feeds"));
  const right = { catalog: "a", key: "b", columns: { b: {} }, mapping: {} };
  writeFileSync(join(folder, "feeds/a.json"), JSON.stringify(right));
  writeFileSync(join(folder, "feeds/b.json"), JSON.stringify({ ...right, key: "c", mapping: { name: "d" } }));
  writeFileSync(join(folder, "feeds/c.json"), "");
  const checked = check(folder);
  expect(checked.map(({ file, faults }) => [file, faults.length])).toEqual([
    ["feeds/a.json", 0],
    ["feeds/b.json", 2],
    ["feeds/c.json", 1],
  ]);
  const text = checkText(checked);
  expect(text).toContain('feeds/b.json: /mapping/name: no column "d" is declared\n');
  expect(text).toContain("feeds/c.json: the file is not JSON:");
  expect(text).toMatch(/\n2 of 3 files are wrong\.$/);
});

test("the feeds that ship are right", async () => {
  const { stdout, code } = await feeds("check", "--json");
  expect((JSON.parse(stdout) as { file: string }[]).map(({ file }) => file)).toContain("feeds/bagisto.json");
  expect(code).toBe(0);
});
