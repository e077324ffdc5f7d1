import type { RecordErrorCode } from "#errors/catalogue.ts";

/**
 * Failures of the machinery. The class name is what a state machine's ErrorEquals sees, so each is a literal (a minifier
 * renames classes) and interface. Which of them are retried, and for how long, stands in state-machines/*.asl.json.
 */
export abstract class InfrastructureError extends Error {}

/** One that may pass by itself: the state machines try again. */
export abstract class PassingError extends InfrastructureError {}

/** A service of ours answered 429 or its like: retried longest. */
export class Throttled extends PassingError {
  override readonly name = "Throttled";
}
/** A service of ours answered 5xx, or the connection broke. */
export class Unavailable extends PassingError {
  override readonly name = "Unavailable";
}
/** A call to a service of ours took too long. */
export class TimedOut extends PassingError {
  override readonly name = "TimedOut";
}
/** The time of an attempt was up; what it did is noted, and the next one goes on. */
export class Unfinished extends PassingError {
  override readonly name = "Unfinished";
}
/** The feed's external service answered 429. */
export class EnrichmentThrottled extends PassingError {
  override readonly name = "EnrichmentThrottled";
}
/** The feed's external service answered 5xx, or could not be reached. */
export class EnrichmentUnavailable extends PassingError {
  override readonly name = "EnrichmentUnavailable";
}
/** The feed's external service did not answer in time. */
export class EnrichmentTimedOut extends PassingError {
  override readonly name = "EnrichmentTimedOut";
}
/** The feed's external service answered another 4xx, or something that is not what its contract says: never retried. */
export class EnrichmentBadAnswer extends InfrastructureError {
  override readonly name = "EnrichmentBadAnswer";
}
/** Lines went missing or appeared between two stages: a bug, never retried. */
export class NotConserved extends InfrastructureError {
  override readonly name = "NotConserved";
}

const codes: Readonly<Record<string, RecordErrorCode>> = {
  Throttled: "THROTTLED",
  "Lambda.TooManyRequestsException": "THROTTLED",
  EnrichmentThrottled: "THROTTLED",
  Unavailable: "STORE_UNAVAILABLE",
  EnrichmentUnavailable: "SERVICE_UNAVAILABLE",
  TimedOut: "TIMED_OUT",
  Unfinished: "TIMED_OUT",
  EnrichmentTimedOut: "TIMED_OUT",
  "States.Timeout": "TIMED_OUT",
  "Sandbox.Timedout": "TIMED_OUT",
  EnrichmentBadAnswer: "SERVICE_BAD_ANSWER",
  "Lambda.ServiceException": "SERVICE_UNAVAILABLE",
  "Lambda.AWSLambdaException": "SERVICE_UNAVAILABLE",
  "Lambda.SdkClientException": "SERVICE_UNAVAILABLE",
  "Lambda.ClientExecutionTimeoutException": "TIMED_OUT",
};

/** The record error code for an error name as a Catch sees it. What is not known is a crash. */
export function codeOfError(name: string): RecordErrorCode {
  return codes[name] ?? "CRASHED";
}
