import { describe, expect, it } from "vitest";
import { synthesised } from "../infra/synthesised.ts";
import { machinesOf, type State } from "./machines.ts";
import { worstSeconds } from "./worst-time.ts";

const machines = machinesOf(synthesised());

describe.each(machines)("$name", ({ definition, states }) => {
  it("has time for its slowest way, on which all that may fail fails as often and as late as it can", () => {
    expect(worstSeconds(definition)).toBeLessThan(definition.TimeoutSeconds!);
  });

  const waits = states.filter(([, { Resource }]) => Resource?.includes("states:startExecution.sync"));
  it.each(waits)("%s waits for longer than the machine may take that it started", (_name, state) => {
    const started = machines.find(({ arn }) => arn === state.Parameters?.["StateMachineArn"]);
    const seconds = started!.definition.TimeoutSeconds!;
    // Else the Task gives up first, and the machine is stopped where it would have ended by itself.
    expect(state.TimeoutSeconds).toBeGreaterThan(seconds);
    expect(definition.TimeoutSeconds).toBeGreaterThan(seconds);
  });
});

describe("a machine that waits for another", () => {
  it("is in the stack", () => {
    const resources = machines.flatMap(({ states }) => states.map(([, { Resource }]) => Resource));
    expect(resources.filter((one) => one?.includes("startExecution.sync"))).toHaveLength(1);
  });
});

describe("the slowest way", () => {
  const task = (more: Partial<State> = {}): State => ({ Type: "Task", TimeoutSeconds: 100, ...more });
  const retry = { ErrorEquals: ["Unavailable"], IntervalSeconds: 2, BackoffRate: 2, MaxAttempts: 4 };
  const seconds = (states: Record<string, State>) => worstSeconds({ StartAt: "A", States: states });

  it("tries a Task as often as it may, and waits between, at most MaxDelaySeconds at a time", () => {
    expect(seconds({ A: task({ Retry: [retry] }) })).toBe(5 * 100 + 2 + 4 + 8 + 16);
    expect(seconds({ A: task({ Retry: [{ ...retry, MaxDelaySeconds: 5 }] }) })).toBe(5 * 100 + 2 + 4 + 5 + 5);
  });

  it("takes what a retrier does not say as AWS does: 3 attempts, after 1, 2 and 4 seconds", () => {
    expect(seconds({ A: task({ Retry: [{ ErrorEquals: ["States.ALL"] }] }) })).toBe(4 * 100 + 1 + 2 + 4);
  });

  it("adds up retriers, for each counts its own attempts", () => {
    expect(seconds({ A: task({ Retry: [retry, { ...retry, ErrorEquals: ["TimedOut"] }] }) })).toBe(9 * 100 + 2 * 30);
  });

  it("spends only the delays on attempts that were refused", () => {
    const refused = { ...retry, ErrorEquals: ["Throttled", "Lambda.TooManyRequestsException"] };
    expect(seconds({ A: task({ Retry: [refused] }) })).toBe(100 + 30);
    const either = { ...retry, ErrorEquals: ["Throttled", "Unavailable"] };
    expect(seconds({ A: task({ Retry: [either] }) })).toBe(5 * 100 + 30);
  });

  it("goes wherever it takes longest: through choices, defaults and catches", () => {
    const end: State = { Type: "Succeed" };
    const long = task({ TimeoutSeconds: 1000 });
    const choice = { Type: "Choice", Choices: [{ Next: "B" }], Default: "C" };
    expect(seconds({ A: choice, B: long, C: end })).toBe(1000);
    expect(seconds({ A: choice, B: end, C: long })).toBe(1000);
    const caught = { Catch: [{ ErrorEquals: ["States.ALL"], Next: "C" }] };
    expect(seconds({ A: task({ ...caught, Next: "B" }), B: end, C: long })).toBe(1100);
  });

  it("runs a Map's states once", () => {
    const map: State = { Type: "Map", ItemProcessor: { StartAt: "B", States: { B: task({ Next: "C" }), C: task() } } };
    expect(seconds({ A: { ...map, Next: "D" }, D: task() })).toBe(300);
  });

  it("cannot be told of a machine that goes in circles, or of states that wait for nobody knows how long", () => {
    expect(() => seconds({ A: task({ Next: "B" }), B: task({ Next: "A" }) })).toThrow("The way A, B, A has no end.");
    expect(() => seconds({ A: { Type: "Task" } })).toThrow("A is a Task whose time nobody can tell.");
    expect(() => seconds({ A: { Type: "Wait" } })).toThrow("A is a Wait whose time nobody can tell.");
  });
});
