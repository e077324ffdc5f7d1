import type { Context } from "aws-lambda";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { lambda } from "#aws/lambda.ts";
import * as infrastructure from "#errors/infrastructure.ts";
import { PassingError, Throttled } from "#errors/infrastructure.ts";
import importMachine from "../../state-machines/import.asl.json" with { type: "json" };
import reprocessMachine from "../../state-machines/reprocess.asl.json" with { type: "json" };

// Read where the middleware is loaded, as in a Lambda.
vi.hoisted(() => {
  process.env["POWERTOOLS_SERVICE_NAME"] = "product-import-test";
  process.env["POWERTOOLS_METRICS_NAMESPACE"] = "ProductImport";
});

const context = { awsRequestId: "request-1", functionName: "test", invokedFunctionArn: "arn:test:1" } as Context;
const input = {
  import: { importId: "0".repeat(32), feed: "shoes", owner: "arn:execution" },
  chunk: { chunk: 2, records: 5 },
};
const about = { importId: "0".repeat(32), feed: "shoes", chunk: 2, records: 5, execution: "arn:execution" };

let written = "";
beforeEach(() => {
  written = "";
  for (const channel of [process.stdout, process.stderr])
    vi.spyOn(channel, "write").mockImplementation((text) => {
      written += String(text);
      return true;
    });
  vi.stubEnv("_X_AMZN_TRACE_ID", "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=557abcec3ee5a047;Sampled=1");
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** What a Lambda wrote while it did that work: its lines in the log, and its metrics. */
async function told(work: (input: unknown) => Promise<unknown>, given: unknown = input, accepted = true) {
  const schema = Object.assign(() => accepted, { errors: [{ instancePath: "/import", message: "must be object" }] });
  const handler = lambda<unknown, unknown>("Mapping", schema, work) as unknown as Handler;
  const error = await handler(given, context).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  const lines = written
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  return { error, log: lines.filter((line) => !("_aws" in line)), metrics: lines.filter((line) => "_aws" in line) };
}
type Handler = (input: unknown, context: Context) => Promise<unknown>;

describe("a Lambda", () => {
  it("says in one line that it succeeded, with all that tells the invocation from others", async () => {
    const { log } = await told(() => Promise.resolve(null));
    expect(log).toEqual([
      expect.objectContaining({
        ...about,
        ...{ level: "INFO", message: "Mapping succeeded", stage: "Mapping", service: "product-import-test" },
        function_request_id: "request-1",
        xray_trace_id: "1-5759e988-bd862e3fe1be46a994272793",
        seconds: expect.any(Number) as number,
      }),
    ]);
  });

  it("says of which import it was where only its answer knows", async () => {
    const { log } = await told(() => Promise.resolve(input), { event: {}, owner: "arn:execution" });
    expect(log).toMatchObject([about]);
  });

  it("measures its stage, once, whether it succeeds or fails", async () => {
    for (const work of [() => Promise.resolve(null), () => Promise.reject(new Error("no"))]) {
      written = "";
      const { metrics } = await told(work);
      expect(metrics).toEqual([
        expect.objectContaining({
          ...{
            service: "product-import-test",
            stage: "Mapping",
            StageSeconds: expect.any(Number) as number,
            function_request_id: "request-1",
          },
          ...{ importId: about.importId, feed: "shoes", chunk: "2", execution: "arn:execution" },
        }),
      ]);
      const { CloudWatchMetrics } = metrics[0]!["_aws"] as { CloudWatchMetrics: unknown };
      expect(CloudWatchMetrics).toMatchObject([
        {
          Namespace: "ProductImport",
          Dimensions: [["service", "stage"]],
          Metrics: [{ Name: "StageSeconds", Unit: "Seconds" }],
        },
      ]);
    }
  });

  it("says with which error it failed, and no stack", async () => {
    const { error, log } = await told(() => Promise.reject(new TypeError("x is not a function")));
    expect(error).toMatchObject({ name: "TypeError" });
    const failed = { name: "TypeError", message: "x is not a function" };
    expect(log).toEqual([
      expect.objectContaining({ ...about, level: "ERROR", message: "Mapping failed", error: failed }),
    ]);
  });

  it("warns where the state machine tries again, by the name of the error that it sees", async () => {
    const slowDown = Object.assign(new Error("Reduce your request rate."), { name: "SlowDown" });
    const { error, log } = await told(() => Promise.reject(slowDown));
    expect(error).toBeInstanceOf(Throttled);
    expect(log).toMatchObject([{ ...about, level: "WARN", error: { name: "Throttled" } }]);
  });

  it.each([null, undefined, 5, "text", [], { import: null }, { import: { importId: 5 }, chunk: "x" }])(
    "refuses %j in one line as well",
    async (given) => {
      const { error, log, metrics } = await told(() => Promise.resolve(null), given, false);
      expect(error).toMatchObject({ name: "BadRequestError", message: expect.stringContaining("/import") as string });
      expect(log).toMatchObject([{ level: "ERROR", error: { name: "BadRequestError" }, stage: "Mapping" }]);
      expect(metrics).toHaveLength(1);
    },
  );

  it("says nothing in a line of what the invocation before was about", async () => {
    await told(() => Promise.resolve(null));
    written = "";
    const { log, metrics } = await told(() => Promise.resolve(null), {});
    for (const line of [...log, ...metrics])
      for (const name of Object.keys(about)) expect(line).not.toHaveProperty(name);
  });
});

describe("an error that passes by itself", () => {
  it("is one that the machines try again, and no other is", () => {
    const retried = new Set(
      [importMachine, reprocessMachine].flatMap((machine) =>
        [...JSON.stringify(machine).matchAll(/"ErrorEquals":(\[[^\]]*\]),"Interval/g)].flatMap(
          ([, names]) => JSON.parse(names!) as string[],
        ),
      ),
    );
    const classes = Object.entries(infrastructure).filter(
      ([name]) => !/^(InfrastructureError|PassingError|codeOf)/.test(name),
    );
    expect(classes.length).toBeGreaterThan(5);
    for (const [name, one] of classes)
      expect([name, (one as { prototype: unknown }).prototype instanceof PassingError]).toEqual([
        name,
        retried.has(name),
      ]);
  });
});
