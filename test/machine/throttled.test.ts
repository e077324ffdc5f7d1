import { expect, it } from "vitest";
import { pipelineForFile, simpleFile } from "../support/engine.ts";
import type { Call } from "../support/permissions.ts";

// Import begins no write that it may not end: with two seconds more than the longest takes, it has two seconds.
const pipeline = pipelineForFile({ chunkRecords: 800, writeConcurrency: 100 }, [], true, (stack) => {
  for (const lambda of Object.values(stack.resource.aws_lambda_function))
    if (lambda.function_name.endsWith("-import")) lambda.timeout = 94;
});
const records = 800;
const writesPerSecond = 200;

/** Tokens that come at a steady rate and are never saved for more than a tenth of a second. */
function bucket(perSecond: number): () => boolean {
  let tokens = 0;
  let at = Date.now();
  return () => {
    const now = Date.now();
    tokens = Math.min(perSecond / 10, tokens + ((now - at) / 1000) * perSecond);
    at = now;
    if (tokens < 1) return false;
    tokens--;
    return true;
  };
}

function writtenKey({ headers, body }: Call): string | undefined {
  const target = String(headers["x-amz-target"] ?? "");
  if (!/\.(PutItem|UpdateItem)$/.test(target) || body?.["TableName"] !== pipeline.engine.output("products_table"))
    return undefined;
  const { Key, Item } = body as Record<string, Record<string, { S: string }>>;
  return (Key ?? Item)!["product"]!.S;
}

it("writes to a table that takes 200 a second what it would write to a faster one: each product once, in as many attempts as it takes", async () => {
  const take = bucket(writesPerSecond);
  const written = new Map<string, number>();
  const counts = { throttled: 0, attempts: 0 };
  pipeline.judge.takes = (call) => {
    const key = writtenKey(call);
    if (key === undefined) return true;
    if (!take()) {
      counts.throttled++;
      return false;
    }
    written.set(key, (written.get(key) ?? 0) + 1);
    return true;
  };
  pipeline.faults = ({ state }) => {
    if (state === "Import") counts.attempts++;
    return undefined;
  };
  const rows = Array.from({ length: records }, (_, index) => [`T-${index}`, "Hat", "1", ""]);
  const report = await pipeline.import("incoming/simple/throttled.csv", simpleFile(rows));
  expect(report).toMatchObject({ status: "COMPLETED", balanced: true, outcomes: { created: records, failed: 0 } });
  expect(written.size).toBe(records);
  expect([...written.values()].filter((times) => times > 1)).toEqual([]);
  // Or nothing was tried here: the table was too slow for one attempt.
  expect(counts.throttled).toBeGreaterThan(records / 20);
  expect(counts.attempts).toBeGreaterThan(1);
});
