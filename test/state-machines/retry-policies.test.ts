import { describe, expect, it } from "vitest";
import { synthesised } from "../infra/synthesised.ts";
import { machinesOf, type Retrier } from "./machines.ts";

const doubling = { IntervalSeconds: 2, BackoffRate: 2, JitterStrategy: "FULL" };

/** Somebody refused: it costs nothing to ask again, and helps nobody to give up. */
const refused = (MaxAttempts: number): Retrier => ({
  ErrorEquals: ["Throttled", "EnrichmentThrottled", "Lambda.TooManyRequestsException"],
  ...{ ...doubling, MaxAttempts, MaxDelaySeconds: 120 },
});

/** An attempt that ended before its work did: the stages of a chunk go on where it stood, and need some attempts to find what it died of. */
const ended = (MaxAttempts: number): Retrier => ({
  ErrorEquals: [
    ...["Unfinished", "Runtime.ExitError", "Runtime.OutOfMemory", "Runtime.UnhandledPromiseRejection"],
    ...["Lambda.Unknown", "Sandbox.Timedout", "States.Timeout"],
  ],
  ...{ ...doubling, MaxAttempts, MaxDelaySeconds: 60 },
});

/** A fault of a service, or of the way to it. */
const faults: Retrier = {
  ErrorEquals: [
    ...["Unavailable", "TimedOut", "EnrichmentUnavailable", "EnrichmentTimedOut", "Lambda.ServiceException"],
    ...["Lambda.AWSLambdaException", "Lambda.SdkClientException", "Lambda.ClientExecutionTimeoutException"],
  ],
  ...{ ...doubling, MaxAttempts: 4, MaxDelaySeconds: 60 },
};

const policies = {
  /** A Lambda that is called once an import. */
  once: [refused(30), ended(4), faults],
  /** A stage of a chunk, which leaves a trail for its next attempt. */
  stage: [refused(30), ended(20), faults],
  /** The same behind the brake, where chunks wait for others. */
  writingStage: [refused(200), ended(20), faults],
  /** What writes behind the brake and begins anew each time. */
  writing: [refused(200), ended(4), faults],
};

const policyOf: Readonly<Record<string, keyof typeof policies>> = {
  ...{ Restructure: "stage", Mapping: "stage", Validator: "stage", Compare: "stage" },
  ...{ ClaimFailures: "writingStage", Import: "writingStage" },
  ...{ CloseChunk: "writing", CloseRemainingChunk: "writing" },
};

const tasks = machinesOf(synthesised()).flatMap(({ states }) => states);
const lambdas = tasks.filter(([, { Resource }]) => Resource?.includes("lambda:invoke"));

describe("the policy of a Lambda's Task", () => {
  it.each(lambdas)("is one of four: %s", (name, { Retry = [] }) => {
    expect(Retry.map(sorted)).toEqual(policies[policyOf[name] ?? "once"].map(sorted));
  });

  it("is named for states that are there", () => {
    const names = lambdas.map(([name]) => name);
    expect(names).toEqual(expect.arrayContaining(Object.keys(policyOf)));
  });
});

function sorted(retrier: Retrier): Retrier {
  return { ...retrier, ErrorEquals: [...retrier.ErrorEquals].sort() };
}
