import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { bundleLambdas } from "../../scripts/build.ts";
import { Pipeline, simpleFile } from "../support/engine.ts";

const fixtures = join(import.meta.dirname, "../fixtures");
const folder = mkdtempSync(join(tmpdir(), "product-import-deploy-"));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("a file of a feed that is not there yet", () => {
  it("is rejected, and goes in when it is run again after the feed was added: a new file, no code", async () => {
    const feeds = join(folder, "feeds");
    cpSync(join(fixtures, "feeds"), feeds, { recursive: true });
    cpSync(join(feeds, "simple.json"), join(feeds, "late.json"));
    const bundles = join(folder, "lambdas");
    await bundleLambdas(feeds, bundles, undefined, fixtures);
    const pipeline = new Pipeline();
    await pipeline.start();
    try {
      const report = await pipeline.import("incoming/late/early.csv", simpleFile([["LATE1", "Hat", "1", ""]]));
      expect(report).toMatchObject({ status: "REJECTED", rejection: { code: "UNKNOWN_FEED" } });
      await pipeline.deploy(bundles);
      const rerun = { importId: report.importId, who: "anna", reason: "the feed was added" };
      const { executionArn } = pipeline.engine.startExecution(pipeline.engine.output("import_machine_arn"), { rerun });
      expect(await pipeline.engine.ended(executionArn)).toMatchObject({ status: "SUCCEEDED" });
      expect(await pipeline.entry(report.importId)).toMatchObject({
        status: "COMPLETED",
        balanced: true,
        rerun: { who: "anna" },
      });
      expect(await pipeline.product("simple", "LATE1")).toBeDefined();
    } finally {
      await pipeline.stop();
    }
  });
});
