import { afterEach, describe, expect, it } from "vitest";
import { pipelineForFile, simpleFile } from "../support/engine.ts";

// A regular expression that takes for ever ends with the Lambda, and not before.
const pipeline = pipelineForFile({ chunkRecords: 10 }, [], true, (stack) => {
  for (const lambda of Object.values(stack.resource.aws_lambda_function))
    if (lambda.function_name.endsWith("-restructure")) lambda.timeout = 2;
});
afterEach(() => {
  pipeline.faults = () => undefined;
});

const hats = (skus: readonly string[]) => simpleFile(skus.map((sku) => [sku, "Hat", "1", ""]));
let files = 0;

describe("a Lambda that is killed once", () => {
  it.each([
    ["Receive", 7],
    ["Plan", 7],
    ["Restructure", 7],
    ["Mapping", 1],
    ["Mapping", 7],
    ["Validator", 7],
    ["Compare", 7],
    ["NotePrepared", 7],
    ["Decide", 7],
    ["Import", 7],
    ["CloseChunk", 7],
    ["Report", 7],
  ])("in %s of a file of %i costs no record", async (state, records) => {
    const file = ++files;
    pipeline.faults = (call) => (call.state === state && call.attempt === 1 ? { crashAfterMs: 0 } : undefined);
    const skus = Array.from({ length: records }, (_, index) => `K${file}-${index}`);
    const report = await pipeline.import(`incoming/simple/killed-${file}.csv`, hats(skus));
    expect(report).toMatchObject({ status: "COMPLETED", balanced: true, outcomes: { created: records, failed: 0 } });
  });

  it("in ClaimFailures costs no correction", async () => {
    const failed = await pipeline.import("incoming/simple/bad.csv", "sku,name,price,barcode\nBAD-1,Hat,dear,\n");
    const csv = (await pipeline.failedRecords(failed.importId)).replace("dear", "2");
    pipeline.faults = (call) =>
      call.state === "ClaimFailures" && call.attempt === 1 ? { crashAfterMs: 0 } : undefined;
    const { counts } = await pipeline.reprocess({ corrections: await pipeline.upload(csv) });
    expect(counts).toMatchObject({ selected: 1, resolved: 1 });
  });
});

describe("a record that kills its Lambda whenever it comes to it", () => {
  it("fails alone, in a few attempts, and all others of its chunk are stored", async () => {
    const skus = Array.from({ length: 5 }, (_, index) => `D-${index}`);
    skus[2] = `${"a".repeat(60)}!`;
    let attempts = 0;
    pipeline.faults = (call) => {
      if (call.state === "Restructure") attempts = Math.max(attempts, call.attempt);
      return undefined;
    };
    const report = await pipeline.import("incoming/second/deadly.csv", hats(skus));
    expect(report).toMatchObject({
      ...{ status: "COMPLETED_WITH_FAILURES", balanced: true, outcomes: { created: 4, failed: 1 } },
      failures: [{ record: 3, line: 4, code: "CRASHED" }],
    });
    expect(attempts).toBeLessThan(8);
    const [letter] = await pipeline.deadLetters(report.importId);
    expect(letter).toMatchObject({ status: "OPEN", cells: [skus[2], "Hat", "1", ""] });
    expect(letter!.errors[0]!.message).toMatch(/^Restructure ended without a result whenever it came to this record/);
  });
});
