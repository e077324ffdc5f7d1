import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Redriven, Undelivered } from "../../scripts/ops/events.ts";
import type { Project } from "../../scripts/ops/project.ts";
import { pipelineForFile, simpleFile } from "../support/engine.ts";
import { QueueServer } from "./queue-server.ts";
import { askOps, projectFor, queueClient, runOps } from "./run-ops.ts";

const pipeline = pipelineForFile();
const ops = projectFor(pipeline);
const queue = new QueueServer();
let project: Project;
const wait = (key: string, target: string, code = "NO_PERMISSIONS") => {
  const detail = { bucket: { name: ops.project.names.inboxBucket }, object: { key } };
  const event = { "detail-type": "Object Created", time: "2026-01-01T00:00:00Z", detail };
  queue.put(JSON.stringify(event), { ERROR_CODE: code, ERROR_MESSAGE: "no", RETRY_ATTEMPTS: "0", TARGET_ARN: target });
};

beforeAll(async () => {
  project = { ...ops.project, sqs: queueClient(pipeline, await queue.start()) };
});
afterAll(() => {
  queue.stop();
});

describe("events", () => {
  test("exits 4 where nothing waits, and on the engine, which has no queue", async () => {
    expect(await askOps(project, "events")).toMatchObject({ code: 4, answer: [] });
    const { code, stdout } = await runOps(ops.project, "events");
    expect([code, stdout]).toEqual([4, "Nothing waits: the engine has no queue, it starts executions itself.\n"]);
  });

  test("lists what waits, and leaves it waiting", async () => {
    for (let n = 0; n < 12; n++) wait(`incoming/simple/${n}.csv`, project.names.importMachine);
    const { code, answer } = await askOps<Undelivered[]>(project, "events");
    expect([code, answer.length]).toEqual([0, 12]);
    expect(answer[0]).toMatchObject({
      about: "incoming/simple/0.csv",
      errorCode: "NO_PERMISSIONS",
      errorMessage: "no",
    });
    expect(answer[0]).not.toHaveProperty("receipt");
    expect(queue.free).toHaveLength(12);
  });
});

describe("events --redrive", { timeout: 120_000 }, () => {
  test("starts the import of each file, and empties the queue", async () => {
    await pipeline.drop("incoming/simple/0.csv", simpleFile([["a", "Hat", "1", ""]]));
    await pipeline.idle();
    const before = (await pipeline.importIds()).length;
    const { code, answer } = await askOps<Redriven[]>(project, "events", "--redrive");
    expect([code, answer.every(({ done }) => done), queue.length]).toEqual([0, true, 0]);
    await pipeline.idle();
    // File 0 was imported already, and the others are gone: each execution ended quietly.
    const ended = pipeline.engine
      .executions()
      .filter((one) => answer.some(({ execution }) => execution === one.executionArn));
    expect(ended.map(({ status }) => status)).toEqual(Array(12).fill("SUCCEEDED"));
    expect(await pipeline.importIds()).toHaveLength(before);
  });

  test("starts a reprocessing with the detail of its event", async () => {
    const detail = { who: "another system", reason: "asked by event" };
    const event = JSON.stringify({ "detail-type": "ReprocessRequested", time: "2026-01-01T00:00:00Z", detail });
    queue.put(event, { ERROR_CODE: "THROTTLING", TARGET_ARN: project.names.reprocessMachine });
    expect((await askOps(project, "events", "--redrive")).code).toBe(0);
    await pipeline.idle();
    expect((await pipeline.runs()).at(-1)).toMatchObject({ ...detail, status: "DONE" });
  });

  test("leaves what it cannot start, says why, and exits 1", async () => {
    wait("incoming/simple/x.csv", "arn:aws:lambda:eu-central-1:000000000000:function:watchdog");
    queue.put("no event", { TARGET_ARN: project.names.importMachine });
    const { code, answer } = await askOps<Redriven[]>(project, "events", "--redrive");
    expect([code, answer.map(({ message }) => message)]).toEqual([
      1,
      [
        expect.stringContaining("which this command cannot start"),
        expect.stringContaining("The message holds no event"),
      ],
    ]);
    expect(queue.free).toHaveLength(2);
  });
});
