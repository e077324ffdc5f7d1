import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { afterAll, describe, expect, inject, it } from "vitest";
import type { InvalidFeed } from "#feeds/invalid-feed.ts";
import { build, bundleLambdas } from "../../scripts/build.ts";

const feeds = join(import.meta.dirname, "../../schemas/feeds");
const folder = mkdtempSync(join(tmpdir(), "product-import-build-"));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("a build", () => {
  it("puts the bundle and the feeds of the folder it was given into every archive", () => {
    const files = unzipSync(readFileSync(join(inject("lambdas"), "mapping.zip")));
    expect(Object.keys(files)).toEqual(expect.arrayContaining(["index.mjs", "feeds/bagisto.json"]));
  });

  it("makes the same bytes of the same sources, so that a second deploy changes nothing", async () => {
    const [first, second] = [await digests(join(folder, "a")), await digests(join(folder, "b"))];
    expect(second).toEqual(first);
  });

  it("refuses a feed that is wrong, or leaves it out of every archive where it is asked to", async () => {
    const [own, out] = [join(folder, "feeds"), join(folder, "c")];
    cpSync(feeds, own, { recursive: true });
    writeFileSync(join(own, "broken.json"), "{");
    await expect(build({ feeds: own, out })).rejects.toThrow("feeds/broken.json: the file is not JSON");

    const broken: string[] = [];
    await build({ feeds: own, out, leaveOut: ({ feed }: InvalidFeed) => broken.push(feed) });
    expect(broken).toEqual(["broken"]);
    const files = Object.keys(unzipSync(readFileSync(join(out, "mapping.zip"))));
    expect(files).toContain("feeds/bagisto.json");
    expect(files).not.toContain("feeds/broken.json");
  });

  it("keeps every bundle below a megabyte", () => {
    const bundles = readdirSync(inject("lambdas"), { recursive: true, encoding: "utf8" });
    const sizes = bundles
      .filter((file) => file.endsWith(".mjs"))
      .map((file) => statSync(join(inject("lambdas"), file)).size);
    const handlers = readdirSync(join(import.meta.dirname, "../../handlers")).filter((file) => file.endsWith(".ts"));
    expect(sizes).toHaveLength(handlers.length);
    expect(Math.max(...sizes)).toBeLessThan(1_000_000);
  });
});

/** The SHA-256 of each Lambda's archive, built into a folder. */
async function digests(out: string): Promise<string[]> {
  const built = await bundleLambdas(feeds, out);
  return [...built.keys()].map((name) =>
    createHash("sha256")
      .update(readFileSync(join(out, `${name}.zip`)))
      .digest("hex"),
  );
}
