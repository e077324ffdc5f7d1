import { describe, expect, it } from "vitest";
import { defaults } from "../../infra/config.ts";
import importMachine from "../../state-machines/import.asl.json" with { type: "json" };
import { synthesised, type Synthesised } from "./synthesised.ts";

/** The part of a Retry that says how long it is tried. */
interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds: number;
  readonly BackoffRate: number;
  readonly MaxAttempts: number;
  readonly MaxDelaySeconds: number;
}

const stack = synthesised();
const preparers = ["plan", "restructure", "mapping", "validator", "compare"];
const writers = ["claim-failures", "import", "close-chunk"];

describe("the brake", () => {
  it("holds what prepares and what writes chunks", () => {
    expect(reservedIn(stack)).toEqual(
      Object.fromEntries([
        ...preparers.map((name) => [name, defaults.reservedPreparers]),
        ...writers.map((name) => [name, defaults.reservedWriters]),
      ]),
    );
  });

  it("leaves an account of the usual 1,000 Lambdas the 100 that AWS demands, whatever the configuration", () => {
    const most = reservedIn(synthesised({ reservedPreparers: 120, reservedWriters: 100 }));
    expect(1000 - Object.values(most).reduce((total, one) => total + one, 0)).toBeGreaterThanOrEqual(100);
  });

  it("is off where the configuration says 0", () => {
    expect(reservedIn(synthesised({ reservedPreparers: 0, reservedWriters: 0 }))).toEqual({});
  });

  it.each(["ClaimFailures", "Import", "CloseChunk"])("is outlasted by every throttle retry of %s", (state) => {
    const retriers = throttleRetriers(importMachine, state);
    expect(retriers.length).toBeGreaterThan(0);
    for (const retrier of retriers) expect(lostBehindBrake(retrier, defaults.reservedWriters)).toBe(0);
  });

  it.each(["Restructure", "Mapping", "Validator", "Compare"])("is outlasted by the throttle retries of %s", (state) => {
    const [retrier] = throttleRetriers(importMachine, state);
    expect(lostBehindBrake(retrier!, defaults.reservedPreparers)).toBe(0);
  });

  it("would not be outlasted by writers that try ten times", () => {
    const [retrier] = throttleRetriers(importMachine, "Import");
    expect(lostBehindBrake({ ...retrier!, MaxAttempts: 10 }, defaults.reservedWriters)).toBeGreaterThan(1000);
  });
});

/** Reserved concurrency by Lambda. */
function reservedIn(of: Synthesised): Record<string, number> {
  return Object.fromEntries(
    Object.entries(of.all("aws_lambda_function")).flatMap(([name, { reserved_concurrent_executions: reserved }]) =>
      reserved === undefined ? [] : [[name.split("_function_")[0]!, Number(reserved)]],
    ),
  );
}

/** The retriers for throttles of every Task of that name, wherever it stands in the machine. */
function throttleRetriers(machine: unknown, state: string): Retrier[] {
  if (typeof machine !== "object" || machine === null) return [];
  return Object.entries(machine).flatMap(([name, value]) => {
    const own = name === state ? ((value as { Retry?: Retrier[] }).Retry ?? []) : [];
    const throttles = own.filter(({ ErrorEquals }) => ErrorEquals.includes("Lambda.TooManyRequestsException"));
    return [...throttles, ...throttleRetriers(value, state)];
  });
}

/**
 * Plays 300 imports that come at once, each with 100,000 records: how many chunks give up before a Lambda is free. A
 * chunk of 5,000 takes five seconds (1,000 records a second); whoever finds all Lambdas busy waits as full jitter says.
 */
function lostBehindBrake(retrier: Retrier, lambdas: number): number {
  const { IntervalSeconds, BackoffRate, MaxAttempts, MaxDelaySeconds } = retrier;
  const random = generator(1);
  const timeline: Try[][] = [];
  const at = (second: number, one: Try) => void (timeline[Math.ceil(second)] ??= []).push(one);
  const next = (second: number, file: number) => {
    if (untouched[file]! > 0) at(second, { file, attempt: 0 });
    untouched[file]! -= 1;
  };
  const untouched = Array.from({ length: 300 }, () => 100_000 / defaults.chunkRecords);
  for (const file of untouched.keys())
    for (let chunk = 0; chunk < defaults.importConcurrency; chunk++) next(random() * 5, file);
  const busyUntil: number[] = [];
  let lost = 0;
  for (let second = 0; second < timeline.length; second++) {
    while (busyUntil[0] !== undefined && busyUntil[0] <= second) busyUntil.shift();
    for (const { file, attempt } of timeline[second] ?? []) {
      if (busyUntil.length < lambdas) {
        busyUntil.push(second + 5);
        next(second + 5, file);
      } else if (attempt < MaxAttempts) {
        const delay = Math.min(MaxDelaySeconds, IntervalSeconds * BackoffRate ** attempt);
        at(second + Math.max(random() * delay, 0.1), { file, attempt: attempt + 1 });
      } else {
        lost += 1;
        next(second + 1, file);
      }
    }
  }
  return lost;
}

/** A chunk that asks for a Lambda; `attempt` retries are behind it. */
interface Try {
  readonly file: number;
  readonly attempt: number;
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
