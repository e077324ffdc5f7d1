/** Thrown where the stack or a caller asks for something of AWS that the engine does not have; the message names it. */
export class NotEmulated extends Error {
  override readonly name = "NotEmulated";
  constructor(what: string) {
    super(`The local engine does not know ${what}.`);
  }
}

/** A call that AWS would refuse; `name` is AWS's name of the error. */
export class Refused extends Error {
  override readonly name: string;
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** An error as a state machine sees it: the name is what ErrorEquals matches, the message becomes the Cause. */
export class StateError extends Refused {
  // The interpreter asks for these two; AWS lets nothing retry or catch the errors that end an execution.
  readonly isRetryable = !["States.DataLimitExceeded", "States.Runtime"].includes(this.name);
  readonly isCatchable = this.isRetryable;
}
