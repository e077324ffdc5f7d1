import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { compileFeed } from "#feeds/compile.ts";
import { referencesIn } from "#references/load.ts";
import { tryFile } from "../../scripts/feeds/try.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/feeds-by-example.md"), "utf8");
const examples = page.split(/^## /m).slice(1);
const folder = mkdtempSync(join(tmpdir(), "feeds-by-example-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("feeds by example", () => {
  it("are there", () => {
    expect(examples.length).toBeGreaterThan(10);
  });

  it.each(examples.map((text) => [text.split("\n")[0]!, text]))("%s", async (_heading, text) => {
    const catalog = block(text, "json catalog");
    writeFileSync(join(folder, "brands.csv"), block(text, "csv brands") ?? "");
    const feed = compileFeed("example", json(block(text, "json feed")), {
      references: referencesIn(folder),
      catalogs: () => (catalog === undefined ? {} : (json(catalog) as object)),
    });
    const file = join(folder, "example.csv");
    writeFileSync(file, block(text, "csv")!);
    const { shown, unread, absent, rejection } = await tryFile(file, feed, Infinity);
    expect({ rejection, absent, unread }).toEqual({ absent: [], unread: [] });
    expect(shown.flatMap(({ errors, warnings }) => [...errors, ...warnings])).toEqual([]);
    expect(shown.map(({ product }) => product)).toEqual(json(block(text, "json products")));
  });
});

/** The first block of code of that kind. */
function block(text: string, kind: string): string | undefined {
  return new RegExp(`^\`\`\`${kind}\n([\\s\\S]*?)^\`\`\``, "m").exec(text)?.[1];
}

function json(text: string | undefined): unknown {
  return JSON.parse(text!);
}
