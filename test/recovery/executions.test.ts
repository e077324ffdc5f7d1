import { SFNClient } from "@aws-sdk/client-sfn";
import { beforeEach, describe, expect, it } from "vitest";
import { Executions, nameFor } from "#recovery/executions.ts";
import { AnsweringServer } from "./answering-server.ts";

const server = new AnsweringServer();
const executions = () => new Executions(new SFNClient(server.client), "arn:machine");
beforeEach(() => {
  server.asked.length = 0;
});

describe("an execution", () => {
  it.each([
    ["RUNNING", true],
    ["PENDING_REDRIVE", true],
    ["SUCCEEDED", false],
    ["FAILED", false],
    ["TIMED_OUT", false],
    ["ABORTED", false],
  ])("that is %s runs: %s", async (status, runs) => {
    server.answer = () => ({ body: { status } });
    expect(await executions().isRunning("arn:one")).toBe(runs);
  });

  it("that Step Functions does not know does not run", async () => {
    server.answer = () => ({ error: "ExecutionDoesNotExist" });
    expect(await executions().isRunning("arn:one")).toBe(false);
  });

  it("that cannot be asked for is no reason to take it for dead", async () => {
    server.answer = () => ({ error: "AccessDeniedException" });
    await expect(executions().isRunning("arn:one")).rejects.toMatchObject({ name: "AccessDeniedException" });
  });

  it("is asked for once, however many imports it owns", async () => {
    server.answer = () => ({ body: { status: "RUNNING" } });
    const one = executions();
    await Promise.all([one.isRunning("arn:one"), one.isRunning("arn:one"), one.isRunning("arn:two")]);
    expect(server.asked.map(({ body }) => body).sort()).toEqual([
      '{"executionArn":"arn:one"}',
      '{"executionArn":"arn:two"}',
    ]);
  });
});

describe("starting the import machine", () => {
  it("is told apart from having been started before", async () => {
    server.answer = () => ({ body: { executionArn: "arn:x", startDate: 1 } });
    expect(await executions().start("close-1", { close: {} })).toBe(true);
    expect(JSON.parse(server.asked[0]!.body)).toEqual({
      stateMachineArn: "arn:machine",
      name: "close-1",
      input: '{"close":{}}',
    });
    server.answer = () => ({ error: "ExecutionAlreadyExists" });
    expect(await executions().start("close-1", { close: {} })).toBe(false);
    server.answer = () => ({ error: "ExecutionLimitExceeded" });
    await expect(executions().start("close-1", {})).rejects.toMatchObject({ name: "ExecutionLimitExceeded" });
  });
});

describe("the name of what is started", () => {
  const importId = "0123456789abcdef0123456789abcdef";
  const owner = `arn:aws:states:eu-central-1:123456789012:execution:product-import-prod-import-machine:${"x".repeat(80)}`;
  const at = (time: string) => new Date(`2026-01-01T${time}Z`);

  it("is one that Step Functions takes", () => {
    expect(nameFor("close", [importId, owner], 10, new Date())).toMatch(/^[\w-]{1,80}$/);
  });

  it("is the same for all who see the same need at about the same time", () => {
    const name = nameFor("close", [importId, owner], 10, at("10:00:00"));
    expect(nameFor("close", [importId, owner], 10, at("10:09:59"))).toBe(name);
    expect(nameFor("close", [importId, owner], 10, at("10:10:00"))).not.toBe(name);
    expect(nameFor("close", [importId, `${owner}y`], 10, at("10:00:00"))).not.toBe(name);
  });
});
