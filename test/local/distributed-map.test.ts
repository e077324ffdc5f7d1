import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startEngine, type Engine } from "../../scripts/local/engine.ts";
import { invoke, writeStack } from "./stack.ts";

const lambdas = {
  work: {
    source: `export const handler = async (event) => {
        if (event.item?.fail) throw Object.assign(new Error("bad item"), { name: event.item.fail });
        await new Promise((resolve) => setTimeout(resolve, event.item?.ms ?? 0));
        return { ...event, done: true };
      };`,
  },
};

const map = (rest: object, reader = "JSON") => ({
  StartAt: "Each",
  States: {
    Each: {
      Type: "Map",
      Label: "Items",
      ItemReader: {
        Resource: "arn:aws:states:::s3:getObject",
        ReaderConfig: { InputType: reader },
        Parameters: { "Bucket.$": "$.bucket", "Key.$": "$.key" },
      },
      ItemSelector: {
        "item.$": "$$.Map.Item.Value",
        "index.$": "$$.Map.Item.Index",
        "bucket.$": "$.bucket",
        "parent.$": "$$.Execution.Id",
      },
      ItemProcessor: {
        ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" },
        StartAt: "Note",
        States: {
          Note: { Type: "Pass", Parameters: { "own.$": "$$.Execution.Id" }, ResultPath: "$.note", Next: "Work" },
          Work: invoke("work", { Retry: [{ ErrorEquals: ["Again"], MaxAttempts: 2 }], End: true }),
        },
      },
      MaxConcurrency: 3,
      ResultWriter: { Resource: "arn:aws:states:::s3:putObject", Parameters: { Bucket: "work", Prefix: "results" } },
      Catch: [
        { ErrorEquals: ["States.ItemReaderFailed"], ResultPath: "$.error", Next: "Unread" },
        { ErrorEquals: ["States.ExceedToleratedFailureThreshold"], ResultPath: "$.error", Next: "TooMany" },
      ],
      End: true,
      ...rest,
    },
    Unread: { Type: "Succeed" },
    TooMany: { Type: "Succeed" },
  },
});

const machines = {
  tolerant: map({ ToleratedFailurePercentage: 100 }),
  strict: map({}),
  half: map({ ToleratedFailurePercentage: 50 }),
  two: map({ ToleratedFailureCount: 2, MaxConcurrency: 1 }),
  lines: map({ ResultPath: null }, "JSONL"),
};

let directory: string;
let engine: Engine;
let s3: S3Client;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "engine-"));
  const stackFile = writeStack(directory, { lambdas, machines });
  engine = await startEngine({ dataDir: join(directory, "data"), stackFile, retryDelayMilliseconds: 1 });
  s3 = new S3Client(engine.client("S3"));
});
afterAll(async () => {
  await engine.stop();
  rmSync(directory, { recursive: true });
});

async function runs(machine: string, body: string) {
  const key = `manifests/${machine} +ü.json`;
  await s3.send(new PutObjectCommand({ Bucket: "work", Key: key, Body: body }));
  const { executionArn } = engine.startExecution(engine.output(machine), { bucket: "work", key });
  return engine.ended(executionArn);
}
const childrenOf = (executionArn: string) =>
  engine
    .executions()
    .filter(({ input, mapRunArn }) => mapRunArn && (JSON.parse(input) as { parent: string }).parent === executionArn);
async function read<T>(Key: string): Promise<T> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: "work", Key }));
  return JSON.parse(await Body!.transformToString()) as T;
}
const items = (...fails: (string | null)[]) => JSON.stringify(fails.map((fail) => ({ ...(fail && { fail }) })));

interface Exported {
  MapRunArn: string;
  ResultWriterDetails: { Bucket: string; Key: string };
}
interface Manifest {
  MapRunArn: string;
  ResultFiles: { SUCCEEDED: { Key: string }[]; FAILED: { Key: string }[]; PENDING: [] };
}

describe("a distributed Map", () => {
  test("runs each item of a JSON array as an execution of its own and writes the results", async () => {
    const { status, output, executionArn } = await runs("tolerant", items(null, null, null, null, null));
    expect(status).toBe("SUCCEEDED");
    const { MapRunArn, ResultWriterDetails } = JSON.parse(output!) as Exported;
    expect(MapRunArn).toMatch(/^arn:aws:states:eu-west-1:000000000000:mapRun:test-tolerant\/Items:[0-9a-f-]{36}$/);
    expect(ResultWriterDetails.Key).toMatch(/^results\/[0-9a-f-]{36}\/manifest\.json$/);

    const children = childrenOf(executionArn);
    expect(children).toHaveLength(5);
    for (const child of children) {
      expect(child.executionArn).toMatch(/:execution:test-tolerant\/Items:[0-9a-f-]{36}$/);
      expect(JSON.parse(child.output!)).toMatchObject({
        bucket: "work",
        done: true,
        note: { own: child.executionArn },
      });
    }
    const { ResultFiles } = await read<Manifest>(ResultWriterDetails.Key);
    const done = await read<{ Output: string; Status: string }[]>(ResultFiles.SUCCEEDED[0]!.Key);
    expect(done.map(({ Output }) => (JSON.parse(Output) as { index: number }).index)).toEqual([0, 1, 2, 3, 4]);
    expect(ResultFiles).toMatchObject({ FAILED: [], PENDING: [] });
  });

  test("tolerates failed children and lists them by their error", async () => {
    const { status, output } = await runs("tolerant", items("Odd", null, "Odd", "Odd"));
    expect(status).toBe("SUCCEEDED");
    const { ResultWriterDetails } = JSON.parse(output!) as Exported;
    const { ResultFiles } = await read<Manifest>(ResultWriterDetails.Key);
    const failed = await read<{ Error: string; Status: string; Input: string }[]>(ResultFiles.FAILED[0]!.Key);
    expect(failed.map(({ Error, Status }) => [Error, Status])).toEqual(Array(3).fill(["Odd", "FAILED"]));
  });

  test.each([
    ["strict", items(null, "Odd"), "TooMany"],
    ["half", items(null, "Odd", null, "Odd"), undefined],
    ["half", items("Odd", "Odd", null), "TooMany"],
    ["two", items("Odd", null, "Odd", null), undefined],
    ["two", items("Odd", "Odd", "Odd", null, null), "TooMany"],
  ])("%s, given %s, ends in %s", async (machine, body, next) => {
    const { states, status } = await runs(machine, body);
    expect([status, states?.[1]]).toEqual(["SUCCEEDED", next]);
  });

  test("starts no further child once too many failed", async () => {
    const { executionArn } = await runs("two", items("Odd", "Odd", "Odd", null, null));
    expect(childrenOf(executionArn)).toHaveLength(3);
  });

  test("retries inside the child", async () => {
    const { output } = await runs("tolerant", items("Again"));
    const { ResultWriterDetails } = JSON.parse(output!) as Exported;
    const { ResultFiles } = await read<Manifest>(ResultWriterDetails.Key);
    expect(await read<object[]>(ResultFiles.FAILED[0]!.Key)).toMatchObject([{ Error: "Again" }]);
  });

  test("reads JSON Lines, and keeps its input where ResultPath is null", async () => {
    const { output, executionArn } = await runs("lines", '{"a":1}\n{"a":2}\n\n');
    expect(childrenOf(executionArn).map(({ input }) => (JSON.parse(input) as { item: object }).item)).toEqual([
      { a: 1 },
      { a: 2 },
    ]);
    expect(JSON.parse(output!)).toMatchObject({ bucket: "work" });
  });

  test("runs as many children at once as MaxConcurrency says", async () => {
    const { executionArn } = await runs("tolerant", JSON.stringify(Array(7).fill({ ms: 60 })));
    const children = childrenOf(executionArn);
    const together = children.map(
      ({ startDate }) => children.filter((one) => one.startDate <= startDate && one.stopDate! > startDate).length,
    );
    expect(Math.max(...together)).toBe(3);
  });

  test("ends its children when its execution is stopped", async () => {
    const key = "manifests/slow.json";
    await s3.send(
      new PutObjectCommand({ Bucket: "work", Key: key, Body: JSON.stringify(Array(5).fill({ ms: 2_000 })) }),
    );
    const { executionArn } = engine.startExecution(engine.output("tolerant"), { bucket: "work", key });
    while (childrenOf(executionArn).length < 3) await new Promise((resolve) => setTimeout(resolve, 10));
    engine.stopExecution(executionArn);
    await engine.waitForIdle();
    expect((await engine.ended(executionArn)).status).toBe("ABORTED");
    expect(childrenOf(executionArn).map(({ status }) => status)).toEqual(Array(3).fill("ABORTED"));
  });

  test("does nothing for an empty list", async () => {
    expect((await runs("strict", "[]")).status).toBe("SUCCEEDED");
  });

  test.each([
    ["no JSON", "oops"],
    ["no array", '{"a":1}'],
  ])("fails as States.ItemReaderFailed where the object is %s", async (_, body) => {
    expect((await runs("strict", body)).states).toEqual(["Each", "Unread"]);
  });

  test("fails as States.ItemReaderFailed where there is no object", async () => {
    const { executionArn } = engine.startExecution(engine.output("strict"), {
      bucket: "work",
      key: "missing",
    });
    const { output } = await engine.ended(executionArn);
    expect(JSON.parse(output!)).toMatchObject({ error: { Error: "States.ItemReaderFailed" } });
  });

  test.each([
    ["ResultWriter undefined", { ResultWriter: undefined }],
    ["ItemBatcher", { ItemBatcher: { MaxItemsPerBatch: 10 } }],
    ["s3:listObjectsV2", { ItemReader: { Resource: "arn:aws:states:::s3:listObjectsV2", ReaderConfig: {} } }],
    [
      "the InputType CSV",
      { ItemReader: { Resource: "arn:aws:states:::s3:getObject", ReaderConfig: { InputType: "CSV" } } },
    ],
  ])("keeps the engine from starting where it asks for %s", async (name, rest) => {
    const other = mkdtempSync(join(tmpdir(), "engine-"));
    const stackFile = writeStack(other, { lambdas, machines: { odd: map(rest) } });
    await expect(startEngine({ dataDir: join(other, "data"), stackFile })).rejects.toThrow(name);
    rmSync(other, { recursive: true });
  });
});
