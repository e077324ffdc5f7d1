import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { afterEach, beforeEach, expect, it } from "vitest";
import { loadFeeds } from "#feeds/load.ts";
import { pacedFile, writeFeeds } from "../../scripts/e2e/paced-feed.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "product-import-test-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

it("is a feed that can be deployed, whose revision tells its editions apart", () => {
  const revisions = (["first", "second"] as const).map((edition) => {
    writeFeeds(folder, edition);
    const feeds = loadFeeds(folder);
    return [feeds.get("paced")?.revision, feeds.get("bagisto")?.revision];
  });
  expect(revisions[0]![0]).toBeDefined();
  expect(revisions[0]![0]).not.toBe(revisions[1]![0]);
  expect(revisions[0]![1]).toBe(revisions[1]![1]);
});

it("has files of as many records as are asked for, each with a key of its own", () => {
  const rows: Record<string, string>[] = parse(pacedFile("slow", 60), { columns: true });
  expect(new Set(rows.map(({ sku }) => sku)).size).toBe(60);
  expect(new Set(rows.map((row) => row["attribute_family_code"]))).toEqual(new Set(["slow"]));
});
