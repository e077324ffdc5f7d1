import type { Execution } from "./executions.ts";
import type { Json, JsonObject, State } from "./interpreter.ts";

/** A state at work. */
export interface Work {
  readonly execution: Execution;
  readonly context: JsonObject;
  readonly name: string;
  readonly state: State;
  readonly input: Json;
  /** Aborted when the execution ends. */
  readonly signal: AbortSignal;
  /** Awaited by the call once it waits for no other: from then on its time counts. */
  readonly started: () => Promise<void>;
  readonly crashAfterMs: number | undefined;
}
