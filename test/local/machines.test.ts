import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startEngine, type Engine } from "../../scripts/local/engine.ts";
import type { Execution } from "../../scripts/local/executions.ts";
import type { Fault, StateCall } from "../../scripts/local/step-functions.ts";
import { invoke, writeStack } from "./stack.ts";

const lambdas = {
  echo: { source: "export const handler = async (event) => event;" },
  environment: {
    source: `export const handler = async (event, context) => ({
      bucket: process.env.WORK_BUCKET, endpoint: process.env.AWS_ENDPOINT_URL_S3, name: context.functionName,
      arn: context.invokedFunctionArn, left: context.getRemainingTimeInMillis(), request: context.awsRequestId });`,
  },
  counter: { source: "let calls = 0; export const handler = async () => ({ calls: ++calls });" },
  thrower: {
    source: "export const handler = async ({ name }) => { throw Object.assign(new Error('no'), { name }); };",
  },
  sleeper: {
    source: "export const handler = ({ ms }) => new Promise((done) => setTimeout(() => done({ slept: ms }), ms));",
    timeout: 1,
  },
  dying: { source: "export const handler = async () => { process.exit(3); };" },
  hungry: {
    source: "export const handler = async () => { const all = []; for (;;) all.push(new Array(1e6).fill({})); };",
  },
  large: { source: "export const handler = async ({ bytes }) => 'x'.repeat(bytes - 2);" },
  broken: { source: "throw new TypeError('not today');" },
};

const retry = (ErrorEquals: string[], MaxAttempts: number) => ({ ErrorEquals, MaxAttempts, IntervalSeconds: 30 });
const caught = { ErrorEquals: ["States.ALL"], ResultPath: "$.error", Next: "Caught" };
const end = { Type: "Pass", End: true };

const machines = {
  echo: { StartAt: "Echo", States: { Echo: invoke("echo") } },
  environment: { StartAt: "Look", States: { Look: invoke("environment") } },
  counter: { StartAt: "Count", States: { Count: invoke("counter") } },
  thrower: {
    StartAt: "Throw",
    States: {
      Throw: invoke("thrower", {
        Retry: [retry(["Throttled"], 2)],
        Catch: [{ ...caught, ErrorEquals: ["Throttled"] }],
        Next: "Done",
      }),
      Caught: end,
      Done: end,
    },
  },
  sleeper: { StartAt: "Sleep", States: { Sleep: invoke("sleeper") } },
  hurried: {
    StartAt: "Sleep",
    States: {
      Sleep: invoke("sleeper", {
        TimeoutSeconds: 0.2,
        Catch: [
          { ...caught, ErrorEquals: ["States.TaskFailed"], Next: "Wrong" },
          { ...caught, ErrorEquals: ["States.Timeout"] },
        ],
        End: true,
      }),
      Caught: end,
      Wrong: end,
    },
  },
  impatient: { StartAt: "Sleep", TimeoutSeconds: 0.3, States: { Sleep: invoke("sleeper") } },
  dying: { StartAt: "Die", States: { Die: invoke("dying") } },
  hungry: { StartAt: "Eat", States: { Eat: invoke("hungry") } },
  broken: { StartAt: "Load", States: { Load: invoke("broken") } },
  large: { StartAt: "Grow", States: { Grow: invoke("large", { Catch: [caught], End: true }), Caught: end } },
  larger: {
    StartAt: "Grow",
    States: {
      Grow: invoke("large", {
        OutputPath: "$",
        ResultSelector: { "one.$": "$.Payload", "two.$": "$.Payload" },
        Catch: [caught],
        Next: "After",
      }),
      After: end,
      Caught: end,
    },
  },
  context: {
    StartAt: "Inline",
    States: {
      Inline: {
        Type: "Map",
        ItemsPath: "$.items",
        ItemSelector: { "item.$": "$$.Map.Item.Value" },
        ItemProcessor: {
          StartAt: "Look",
          States: {
            Look: {
              Type: "Pass",
              Parameters: {
                "id.$": "$$.Execution.Id",
                "input.$": "$$.Execution.Input.items",
                "state.$": "$$.State.Name",
                "item.$": "$.item",
              },
              End: true,
            },
          },
        },
        End: true,
      },
    },
  },
  notice: {
    StartAt: "Announce",
    States: {
      Announce: {
        Type: "Task",
        Resource: "arn:aws:states:::events:putEvents",
        Parameters: { Entries: [{ Source: "test", DetailType: "Done", "Detail.$": "$", EventBusName: "test-bus" }] },
        ResultPath: null,
        Next: "Notify",
      },
      Notify: {
        Type: "Task",
        Resource: "arn:aws:states:::sns:publish",
        Parameters: { TopicArn: "${aws_sns_topic.notices.arn}", "Message.$": "$.text", Subject: "Hello" },
        End: true,
      },
    },
  },
  lost: {
    StartAt: "Notify",
    States: {
      Notify: {
        Type: "Task",
        Resource: "arn:aws:states:::sns:publish",
        Parameters: { TopicArn: "arn:aws:sns:eu-west-1:000000000000:other", Message: "x" },
        Catch: [{ ...caught, ErrorEquals: ["SNS.NotFoundException"] }],
        End: true,
      },
      Caught: end,
    },
  },
  parent: {
    StartAt: "Child",
    States: {
      Child: {
        Type: "Task",
        Resource: "arn:aws:states:::states:startExecution.sync:2",
        Parameters: {
          "StateMachineArn.$": "$.machine",
          Input: { "name.$": "$.name", "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID.$": "$$.Execution.Id" },
        },
        Catch: [{ ...caught, ErrorEquals: ["States.TaskFailed"] }],
        End: true,
      },
      Caught: end,
    },
  },
};

let directory: string;
let engine: Engine;
let faults: (call: StateCall) => Fault | undefined = () => undefined;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "engine-"));
  const rules = {
    echoed: { pattern: { source: ["test"] }, target: "${aws_sfn_state_machine.echo.arn}", bus: "test-bus" },
    failed: {
      pattern: {
        source: ["aws.states"],
        detail: { status: ["FAILED"], stateMachineArn: [{ suffix: ":test-thrower" }] },
      },
      target: "${aws_lambda_function.echo.arn}",
    },
  };
  const stackFile = writeStack(directory, { lambdas, machines, rules });
  engine = await startEngine({
    dataDir: join(directory, "data"),
    stackFile,
    retryDelayMilliseconds: 1,
    faults: (call) => faults(call),
  });
});
afterAll(async () => {
  await engine.stop();
  rmSync(directory, { recursive: true });
});
beforeEach(() => {
  faults = () => undefined;
});

const runs = (machine: string, input: unknown = {}) =>
  engine.ended(engine.startExecution(engine.output(machine), input).executionArn);
const outputOf = (execution: Execution) => JSON.parse(execution.output ?? "null") as Record<string, unknown>;

describe("a Lambda", () => {
  test("is given its environment and a context", async () => {
    const seen = outputOf(await runs("environment"));
    expect(seen).toMatchObject({
      bucket: "work",
      endpoint: engine.environment["AWS_ENDPOINT_URL_S3"],
      name: "test-environment",
      arn: "arn:aws:lambda:eu-west-1:000000000000:function:test-environment:1",
    });
    expect(seen["left"]).toBeGreaterThan(9_000);
    expect(seen["request"]).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("keeps its sandbox from one event to the next", async () => {
    expect(outputOf(await runs("counter"))).toEqual({ calls: 1 });
    expect(outputOf(await runs("counter"))).toEqual({ calls: 2 });
  });

  test("that throws fails the state by the error's name", async () => {
    const { status, error, cause } = await runs("thrower", { name: "Odd" });
    expect([status, error]).toEqual(["FAILED", "Odd"]);
    expect(JSON.parse(cause!)).toMatchObject({ errorType: "Odd", errorMessage: "no" });
  });

  test("that takes longer than its time-out fails as Sandbox.Timedout", async () => {
    const { error, cause } = await runs("sleeper", { ms: 5_000 });
    expect(error).toBe("Sandbox.Timedout");
    expect(cause).toContain("Task timed out after 1.00 seconds");
    expect(outputOf(await runs("sleeper", { ms: 1 }))).toEqual({ slept: 1 });
  });

  test.each([
    ["dying", "Runtime.ExitError"],
    ["hungry", "Runtime.OutOfMemory"],
  ])("that is %s fails as %s", async (machine, name) => {
    expect((await runs(machine)).error).toBe(name);
  });

  test("whose module throws fails by that error's name", async () => {
    expect((await runs("broken")).error).toBe("TypeError");
  });
});

describe("a state machine", () => {
  test("retries an error by its name, then catches it", async () => {
    const { states, output } = await runs("thrower", { name: "Throttled" });
    expect(states).toEqual(["Throw", "Caught"]);
    expect(JSON.parse(output!)).toMatchObject({ name: "Throttled", error: { Error: "Throttled" } });
  });

  test("retries a crash between and goes on", async () => {
    faults = ({ attempt }) => (attempt < 3 ? { before: "Throttled" } : undefined);
    const { error } = await runs("thrower", { name: "Odd" });
    expect(error).toBe("Odd");
  });

  test("fails a state that takes too long as States.Timeout, which States.TaskFailed does not catch", async () => {
    expect((await runs("hurried", { ms: 800 })).states).toEqual(["Sleep", "Caught"]);
  });

  test("that takes too long as a whole is TIMED_OUT", async () => {
    expect((await runs("impatient", { ms: 900 })).status).toBe("TIMED_OUT");
  });

  test("lets almost 256 KiB pass", async () => {
    expect((await runs("large", { bytes: 262_000 })).status).toBe("SUCCEEDED");
  });

  test.each([
    ["a result", "large", 262_144],
    ["an output", "larger", 200_000],
  ])("fails %s above 262144 bytes as States.DataLimitExceeded, past every Catch", async (_, machine, bytes) => {
    const { status, error, states } = await runs(machine, { bytes });
    expect([status, error, states]).toEqual(["FAILED", "States.DataLimitExceeded", ["Grow"]]);
  });

  test("shows the execution in its context, inside an inline Map too", async () => {
    const { output, executionArn } = await runs("context", { items: ["a"] });
    expect(JSON.parse(output!)).toEqual([{ id: executionArn, input: ["a"], state: "Look", item: "a" }]);
  });

  test("puts events that rules match, and publishes notices", async () => {
    const { output } = await runs("notice", { text: "done" });
    await engine.waitForIdle();
    expect(engine.notices().at(-1)).toMatchObject({
      messageId: outputOf({ output } as Execution)["MessageId"],
      message: "done",
      subject: "Hello",
    });
    expect(engine.events().at(-1)).toMatchObject({ source: "test", "detail-type": "Done", detail: { text: "done" } });
    const started = engine.executions().at(-1)!;
    expect(started.name).toBe(engine.events().at(-1)!.id);
    expect(outputOf(started)).toMatchObject({ detail: { text: "done" } });
  });

  test("fails a notice to an unknown topic by a name that a Catch knows", async () => {
    expect((await runs("lost")).states).toEqual(["Notify", "Caught"]);
  });

  test("starts another machine and waits for it", async () => {
    const { output, executionArn } = await runs("parent", { machine: engine.output("echo"), name: "n" });
    expect(JSON.parse(output!)).toMatchObject({
      Status: "SUCCEEDED",
      Output: { name: "n", AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: executionArn },
    });
  });

  test("catches another machine's failure as States.TaskFailed", async () => {
    const { states, output } = await runs("parent", { machine: engine.output("thrower"), name: "Odd" });
    expect(states).toEqual(["Child", "Caught"]);
    expect(output).toContain("Odd");
  });

  test("is ABORTED when it is stopped", async () => {
    const { executionArn } = engine.startExecution(engine.output("sleeper"), { ms: 500 });
    engine.stopExecution(executionArn);
    expect((await engine.ended(executionArn)).status).toBe("ABORTED");
  });
});

describe("an engine", () => {
  const task = (Resource: string, Parameters: object) => ({ Type: "Task", Resource, Parameters, End: true });
  test.each([
    ["the resource dynamodb:putItem", task("arn:aws:states:::dynamodb:putItem", {})],
    ["the resource lambda:invoke.waitForTaskToken", task("arn:aws:states:::lambda:invoke.waitForTaskToken", {})],
    [
      "the parameter InvocationType of lambda:invoke",
      task("arn:aws:states:::lambda:invoke", { InvocationType: "Event" }),
    ],
    ["JSONata", { ...end, QueryLanguage: "JSONata" }],
    [
      "the Terraform expression ${aws_kinesis_stream.x.arn}",
      task("arn:aws:states:::sns:publish", { TopicArn: "${aws_kinesis_stream.x.arn}" }),
    ],
  ])("does not start where a state asks for %s", async (name, state) => {
    const other = mkdtempSync(join(tmpdir(), "engine-"));
    const stackFile = writeStack(other, { machines: { odd: { StartAt: "Odd", States: { Odd: state } } } });
    await expect(startEngine({ dataDir: join(other, "data"), stackFile })).rejects.toThrow(name);
    rmSync(other, { recursive: true });
  });
});

describe("a fault", () => {
  test("before a call keeps the Lambda from running", async () => {
    const { calls } = outputOf(await runs("counter"));
    faults = ({ functionName }) => (functionName === "test-counter" ? { before: "Unavailable" } : undefined);
    expect((await runs("counter")).error).toBe("Unavailable");
    faults = () => undefined;
    expect(outputOf(await runs("counter"))).toEqual({ calls: Number(calls) + 1 });
  });

  test("after a call loses the Lambda's answer", async () => {
    const { calls } = outputOf(await runs("counter"));
    faults = ({ state }) => (state === "Count" ? { after: "Unavailable" } : undefined);
    expect((await runs("counter")).error).toBe("Unavailable");
    faults = () => undefined;
    expect(outputOf(await runs("counter"))).toEqual({ calls: Number(calls) + 2 });
  });

  test("can delay a call beyond the state's time, or kill the sandbox at work", async () => {
    faults = () => ({ delayMs: 500 });
    expect((await runs("hurried", { ms: 1 })).states).toEqual(["Sleep", "Caught"]);
    faults = () => ({ crashAfterMs: 50 });
    expect((await runs("sleeper", { ms: 800 })).error).toBe("Runtime.ExitError");
  });
});
