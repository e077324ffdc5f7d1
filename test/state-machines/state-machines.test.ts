import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import validate from "asl-validator";
import { describe, expect, it } from "vitest";
import * as infrastructure from "#errors/infrastructure.ts";
import { NotOwner } from "#imports/imports-table.ts";

interface State {
  readonly Type: string;
  readonly TimeoutSeconds?: number;
  readonly Retry?: { ErrorEquals: string[]; MaxDelaySeconds?: number; JitterStrategy?: string }[];
  readonly Catch?: { ErrorEquals: string[]; ResultPath?: string }[];
  readonly ItemProcessor?: { readonly States: Record<string, State> };
}

const folder = join(import.meta.dirname, "../../state-machines");
const machines = readdirSync(folder).map((file) => {
  // Numbers stand as quoted placeholders, so that the file is JSON.
  const text = readFileSync(join(folder, file), "utf8").replaceAll(/"\$\{\w+Concurrency\}"/g, "10");
  const definition = JSON.parse(text) as { readonly States: Record<string, State> };
  return { file, definition, states: statesOf(definition.States) };
});

function statesOf(states: Record<string, State>): [string, State][] {
  return Object.entries(states).flatMap(([name, state]) => [
    [name, state] as [string, State],
    ...statesOf(state.ItemProcessor?.States ?? {}),
  ]);
}

/** Names that Step Functions and its integrations give errors. */
const awsErrors = /^(States|Lambda|Sandbox|StepFunctions)\./;
const ourErrors = new Set(
  [...Object.values(infrastructure), NotOwner].flatMap((value) => (typeof value === "function" ? [value.name] : [])),
);

describe.each(machines)("$file", ({ definition, states }) => {
  it("is valid by the states language", () => {
    const { isValid, errorsText } = validate(definition, { checkPaths: true, checkArn: false });
    expect(isValid, errorsText("\n")).toBe(true);
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

  it("names only errors that exist", () => {
    const names = states.flatMap(([, { Retry = [], Catch = [] }]) =>
      [...Retry, ...Catch].flatMap(({ ErrorEquals }) => ErrorEquals),
    );
    expect(names.filter((name) => !awsErrors.test(name) && !ourErrors.has(name))).toEqual([]);
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
