/** Thrown where the stack or a caller asks for something of AWS that the engine does not have; the message names it. */
export class NotEmulated extends Error {
  override readonly name = "NotEmulated";
  constructor(what: string) {
    super(`The local engine does not know ${what}.`);
  }
}

/** An error as a state machine sees it: the name is what ErrorEquals matches, the message becomes the Cause. */
export class StateError extends Error {
  override readonly name: string;
  // The interpreter asks for these two; AWS lets nothing retry or catch the errors that end an execution.
  readonly isRetryable: boolean;
  readonly isCatchable: boolean;
  constructor(name: string, cause: string) {
    super(cause);
    this.name = name;
    this.isRetryable = this.isCatchable = !["States.DataLimitExceeded", "States.Runtime"].includes(name);
  }
}
