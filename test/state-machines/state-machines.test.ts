import { readdirSync } from "node:fs";
import { join } from "node:path";
import statesLanguage from "amazon-states-language-service";
import validate from "asl-validator";
import { describe, expect, it } from "vitest";
import * as infrastructure from "#errors/infrastructure.ts";
import { NotOwner } from "#imports/imports-table.ts";
import { synthesised } from "../infra/synthesised.ts";
import { machinesOf } from "./machines.ts";

const machines = machinesOf(synthesised());

// Names that Step Functions gives errors, its own and those of Lambda and of a nested start: a misspelt one would match nothing.
const awsErrors = new Set([
  ...["ALL", "Timeout", "TaskFailed", "Permissions", "DataLimitExceeded", "Runtime"].map((name) => `States.${name}`),
  ...["ItemReaderFailed", "ResultWriterFailed", "ExceedToleratedFailureThreshold"].map((name) => `States.${name}`),
  ...["ServiceException", "AWSLambdaException", "SdkClientException"].map((name) => `Lambda.${name}`),
  ...["ClientExecutionTimeoutException", "TooManyRequestsException", "Unknown"].map((name) => `Lambda.${name}`),
  ...["Runtime.ExitError", "Runtime.OutOfMemory", "Runtime.UnhandledPromiseRejection", "Sandbox.Timedout"],
  // AWS's page on nested executions writes ExecutionLimitExceeded; what it throws ends in Exception, as far as anybody has seen.
  ...["ExecutionLimitExceeded", "ExecutionLimitExceededException"].map((name) => `StepFunctions.${name}`),
  ...["ThrottlingException", "SdkClientException"].map((name) => `StepFunctions.${name}`),
]);
const ourErrors = new Set(
  [...Object.values(infrastructure), NotOwner].flatMap((value) => (typeof value === "function" ? [value.name] : [])),
);

it("every machine of the project is in the stack", () => {
  expect(machines).toHaveLength(readdirSync(join(import.meta.dirname, "../../state-machines")).length);
});

describe.each(machines)("$name", ({ name, definition, states }) => {
  it("is valid by the states language", () => {
    const { isValid, errorsText } = validate(definition, { checkPaths: true, checkArn: false });
    expect(isValid, errorsText("\n")).toBe(true);
  });

  // The two overlook different things: the validator, values that AWS does not know; AWS's service, paths that are none.
  it("is valid by AWS's language service", async () => {
    expect(await faultsOf(name, definition)).toEqual([]);
  });

  const tasks = states.filter(([, state]) => state.Type === "Task");

  it.each(tasks)(
    "%s has a time-out, retries with a cap and jitter, and a catch-all that keeps the input",
    (_name, state) => {
      expect(state.TimeoutSeconds).toBeGreaterThan(0);
      expect(state.Retry?.length).toBeGreaterThan(0);
      for (const retrier of state.Retry!)
        expect(retrier).toMatchObject({ JitterStrategy: "FULL", MaxDelaySeconds: expect.any(Number) as number });
      expect(state.Catch?.at(-1)).toMatchObject({
        ErrorEquals: ["States.ALL"],
        ResultPath: expect.stringMatching(/^\$\./) as string,
      });
    },
  );

  it("names States.ALL alone and last, as AWS demands", () => {
    for (const [, { Retry = [], Catch = [] }] of states)
      for (const rules of [Retry, Catch])
        for (const [index, { ErrorEquals }] of rules.entries())
          if (ErrorEquals.includes("States.ALL")) expect([ErrorEquals.length, index]).toEqual([1, rules.length - 1]);
  });

  it("names only errors that exist", () => {
    const names = states.flatMap(([, { Retry = [], Catch = [] }]) =>
      [...Retry, ...Catch].flatMap(({ ErrorEquals }) => ErrorEquals),
    );
    expect(names.filter((name) => !awsErrors.has(name) && !ourErrors.has(name))).toEqual([]);
  });

  it("retries no Map as a whole but for a manifest that could not be read: a retry would run every child again", () => {
    const maps = states.filter(([, state]) => state.Type === "Map");
    expect(
      maps
        .flatMap(([, { Retry = [] }]) => Retry.flatMap(({ ErrorEquals }) => ErrorEquals))
        .filter((name) => name !== "States.ItemReaderFailed"),
    ).toEqual([]);
  });
});

/** What AWS's language service, the one of its editors, says against a definition: the line, and why. */
async function faultsOf(name: string, definition: object): Promise<string[]> {
  const text = JSON.stringify(definition, undefined, 2);
  const document = statesLanguage.TextDocument.create(`file:///${name}.asl.json`, "asl", 1, text);
  const service = statesLanguage.getLanguageService({});
  const faults = await service.doValidation(document, service.parseJSONDocument(document));
  return faults.map(
    ({ message, range }) =>
      `${text.split("\n")[range.start.line]!.trim()} ${typeof message === "string" ? message : message.value}`,
  );
}
