import type { Retrier, State, States } from "./machines.ts";

// Errors of attempts that took no time, for they never began: somebody refused them, or a Map had no manifest to run. (What our
// stores or a feed's service refuse comes from a Lambda that ran, but for the seconds only in which its client gave up.)
const refusals = new Set([
  "Throttled",
  "EnrichmentThrottled",
  "Lambda.TooManyRequestsException",
  "StepFunctions.ExecutionLimitExceeded",
  "StepFunctions.ExecutionLimitExceededException",
  "StepFunctions.ThrottlingException",
  "StepFunctions.SdkClientException",
  "States.ItemReaderFailed",
]);

/**
 * Seconds of the slowest way through these states: each Task runs into its time-out as often as it may, each delay is as long
 * as full jitter can make it, and each Map takes as long as the slowest of its children. Throws on a way that comes back to
 * a state it has passed, on a Task without a time-out, and on states that it cannot measure.
 */
export function worstSeconds({ StartAt, States }: States): number {
  const measured = new Map<string, number>();
  const from = (name: string, passed: readonly string[]): number => {
    if (passed.includes(name)) throw new Error(`The way ${[...passed, name].join(", ")} has no end.`);
    const known = measured.get(name);
    if (known !== undefined) return known;
    const state = States[name];
    if (!state) throw new Error(`There is no state ${name}.`);
    const rest = Math.max(0, ...nextOf(state).map((next) => from(next, [...passed, name])));
    const seconds = secondsOf(name, state) + rest;
    measured.set(name, seconds);
    return seconds;
  };
  return from(StartAt, []);
}

/** Seconds between the attempts of a retrier that has made all of them. */
function delaySeconds({ IntervalSeconds = 1, BackoffRate = 2, MaxAttempts = 3, MaxDelaySeconds }: Retrier): number {
  let seconds = 0;
  for (let attempt = 0; attempt < MaxAttempts; attempt++)
    seconds += Math.min(MaxDelaySeconds ?? Infinity, IntervalSeconds * BackoffRate ** attempt);
  return seconds;
}

function nextOf({ Next, Default, Choices = [], Catch = [] }: State): string[] {
  const ways = [Next, Default, ...[...Choices, ...Catch].map((one) => one.Next)];
  return ways.filter((name) => name !== undefined);
}

function secondsOf(name: string, state: State): number {
  const { Retry = [] } = state;
  const tried = Retry.filter(({ ErrorEquals }) => !ErrorEquals.every((error) => refusals.has(error)));
  const attempts = 1 + sum(tried.map(({ MaxAttempts = 3 }) => MaxAttempts));
  return attempts * attemptSeconds(name, state) + sum(Retry.map(delaySeconds));
}

function attemptSeconds(name: string, { Type, TimeoutSeconds, ItemProcessor }: State): number {
  if (["Pass", "Choice", "Succeed", "Fail"].includes(Type)) return 0;
  if (Type === "Map" && ItemProcessor) return worstSeconds(ItemProcessor);
  if (Type === "Task" && TimeoutSeconds) return TimeoutSeconds;
  throw new Error(`${name} is a ${Type} whose time nobody can tell.`);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
