import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startEngine, type Engine } from "../../scripts/local/engine.ts";
import { writeStack } from "./stack.ts";

const folder = mkdtempSync(join(tmpdir(), "rules-"));
let engine: Engine;
const machines = { see: { StartAt: "See", States: { See: { Type: "Succeed" } } } };
const lambdas = { echo: { source: "export const handler = async (event) => ({ heard: event });" } };

function stackWith(name: string, target: object, rule: object = {}): string {
  const directory = join(folder, name);
  const pattern = JSON.stringify({ "detail-type": ["Asked"] });
  return writeStack(directory, {
    machines,
    lambdas,
    more: {
      aws_cloudwatch_event_rule: { asked: { name: "test-asked", event_pattern: pattern, ...rule } },
      aws_cloudwatch_event_target: {
        asked: { rule: "test-asked", arn: "${aws_sfn_state_machine.see.arn}", ...target },
      },
      // Known, and never fired: the engine has no clock.
      aws_scheduler_schedule: { nightly: { schedule_expression: "rate(1 minute)" } },
    },
  });
}

beforeAll(async () => {
  const stackFile = stackWith("part", { input_path: "$.detail.request" });
  engine = await startEngine({ dataDir: join(folder, "data"), stackFile });
});
afterAll(async () => {
  await engine.stop();
  rmSync(folder, { recursive: true });
});

async function ask(): Promise<string[]> {
  const before = engine.executions().length;
  const Detail = JSON.stringify({ request: { who: "anna" } });
  await new EventBridgeClient(engine.client("EVENTBRIDGE")).send(
    new PutEventsCommand({ Entries: [{ Source: "test", DetailType: "Asked", Detail }] }),
  );
  await engine.waitForIdle();
  return engine
    .executions()
    .slice(before)
    .map(({ input }) => input);
}

describe("a rule", () => {
  test("hands its target the part of the event that input_path names", async () => {
    expect(await ask()).toEqual(['{"who":"anna"}']);
  });

  test("does nothing while it is switched off", async () => {
    engine.switchRule("test-asked", false);
    expect(await ask()).toEqual([]);
    engine.switchRule("test-asked", true);
    expect(await ask()).toHaveLength(1);
  });

  test("cannot be switched where there is none of that name", () => {
    expect(() => {
      engine.switchRule("other", true);
    }).toThrow("Rule other does not exist.");
  });

  test("fails by its name where its target asks for what is not emulated", async () => {
    const path = startEngine({
      dataDir: join(folder, "a"),
      stackFile: stackWith("a", { input_path: "$.resources[0]" }),
    });
    await expect(path).rejects.toThrow("the input_path $.resources[0]");
    const input = startEngine({ dataDir: join(folder, "b"), stackFile: stackWith("b", { input: "{}" }) });
    await expect(input).rejects.toThrow("input of a rule's target");
  });
});

describe("a Lambda", () => {
  test("can be invoked by its name", async () => {
    expect(await engine.invoke("test-echo", { a: 1 })).toEqual({ heard: { a: 1 } });
    await expect(engine.invoke("test-none", {})).rejects.toThrow("Function not found: test-none");
  });
});
