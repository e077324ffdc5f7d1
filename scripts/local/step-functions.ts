import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { NotEmulated, Refused, StateError } from "./errors.ts";
import { Executions, type Execution } from "./executions.ts";
import { checkMap, type MapRun } from "./distributed-map.ts";
import * as interpreter from "./interpreter.ts";
import type { Definition, Json, JsonObject, State } from "./interpreter.ts";
import type { Stack } from "./terraform.ts";
import type { Work } from "./work.ts";

/** A call that a state makes, as a test's faults see it. */
export interface StateCall {
  readonly state: string;
  /** Name of the Lambda, else what the state calls, such as `sns:publish` or `map`. */
  readonly functionName: string;
  /** What the Lambda or the service is given. */
  readonly event: Json;
  /** From 1, counting the calls of this state in this execution. */
  readonly attempt: number;
  readonly executionArn: string;
}

/** What goes wrong with a call: an error instead of it, an error although it was done, a delay, a death in the middle of it. */
export interface Fault {
  readonly before?: string;
  readonly after?: string;
  readonly delayMs?: number;
  /** Of a Lambda: its sandbox dies this long after it was given the event. */
  readonly crashAfterMs?: number;
}
export type Faults = (call: StateCall) => Fault | undefined;

/** Something a Task state may call. */
export interface Service {
  /** The parameters it understands. */
  readonly parameters: readonly string[];
  readonly call: (parameters: JsonObject, work: Work) => Promise<Json>;
  /** What a test's faults see, where it is not the resource and its parameters. */
  readonly shown?: (parameters: JsonObject) => Pick<StateCall, "functionName" | "event">;
}

export interface StepFunctionsOptions {
  /** By resource, without `arn:aws:states:::`. */
  readonly services: Readonly<Record<string, Service>>;
  /** Does what a distributed Map asks for. */
  readonly map: (work: Work) => Promise<Json>;
  readonly executionsFile: string;
  readonly statusChanged: (execution: Execution) => void;
  readonly faults?: Faults | undefined;
  readonly retryDelayMilliseconds?: number | undefined;
}

const resourceOf = (state: State) => state.Resource?.replace("arn:aws:states:::", "") ?? "map";

/** The state machines of a stack, and their executions. */
export class StepFunctions {
  readonly executions: Executions;
  readonly #definitions: ReadonlyMap<string, Definition>;
  readonly #options: StepFunctionsOptions;
  readonly #running = new Map<
    string,
    { readonly ended: Promise<Execution>; readonly stop: (why?: Partial<Execution>) => void }
  >();
  #halted = false;

  constructor(stack: Stack, options: StepFunctionsOptions) {
    this.#options = options;
    this.executions = new Executions(options.executionsFile);
    const machines = stack.all("aws_sfn_state_machine").map((resource) => {
      if ((resource.block["type"] ?? "STANDARD") !== "STANDARD")
        throw new NotEmulated(`express machines (${resource.name})`);
      const definition = interpreter.readDefinition(stack.text(resource, "definition"));
      this.#check(definition);
      return [resource.arn, definition] as const;
    });
    this.#definitions = new Map(machines);
  }

  /** True while an execution runs. */
  get busy(): boolean {
    return this.#running.size > 0;
  }

  /** Marks what an earlier engine left running as aborted. */
  abortLeftovers(): void {
    for (const execution of this.executions.all())
      if (execution.status === "RUNNING") this.#end(execution, { status: "ABORTED" });
  }

  /** Lets go of what runs without a word: it stays RUNNING in the file, as after a crash, until the next start. */
  halt(): void {
    this.#halted = true;
    for (const { stop } of this.#running.values()) stop();
  }

  /** A machine's definition. */
  definition(machineArn: string): Definition {
    const found = this.#definitions.get(machineArn);
    if (found) return found;
    throw new Refused("StateMachineDoesNotExist", `State Machine Does Not Exist: '${machineArn}'`);
  }

  /** An execution by its ARN. */
  describe(arn: string): Execution {
    const found = this.executions.get(arn);
    if (found) return found;
    throw new Refused("ExecutionDoesNotExist", `Execution Does Not Exist: '${arn}'`);
  }

  /** Starts an execution with JSON text; the same name with the same input, while it runs, is the same execution. */
  start(stateMachineArn: string, input: string, name: string = randomUUID()): Execution {
    const definition = this.definition(stateMachineArn);
    if (!/^[^\s?*<>{}[\]:;,\\|^~$#%&`"/]{1,80}$/.test(name))
      throw new Refused("InvalidName", `Invalid Name: '${name}'`);
    const executionArn = `${stateMachineArn.replace(":stateMachine:", ":execution:")}:${name}`;
    const known = this.executions.get(executionArn);
    if (known?.status === "RUNNING" && known.input === input) return known;
    if (known) throw new Refused("ExecutionAlreadyExists", `Execution Already Exists: '${executionArn}'`);
    return this.#launch(definition, { executionArn, stateMachineArn, name, input });
  }

  /** Runs an item of a distributed Map as an execution of its own, and gives it when it is done. */
  async runChild(
    parent: Execution,
    definition: Definition,
    run: MapRun,
    input: Json,
    signal: AbortSignal,
  ): Promise<Execution> {
    const { stateMachineArn } = parent;
    const name = randomUUID();
    const executionArn = `${stateMachineArn.replace(":stateMachine:", ":execution:")}/${run.label}:${name}`;
    const child = { executionArn, stateMachineArn, name, input: JSON.stringify(input), mapRunArn: run.arn };
    this.#launch(definition, child);
    const stop = () => {
      this.stop(executionArn);
    };
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop);
    return this.ended(executionArn).finally(() => {
      signal.removeEventListener("abort", stop);
    });
  }

  /** Stops an execution and the children it has. */
  stop(arn: string, error?: string, cause?: string): void {
    this.describe(arn);
    this.#running.get(arn)?.stop({ ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) });
  }

  /** Waits for the end of an execution. */
  async ended(arn: string): Promise<Execution> {
    return (await this.#running.get(arn)?.ended) ?? this.describe(arn);
  }

  #launch(
    definition: Definition,
    given: Pick<Execution, "executionArn" | "stateMachineArn" | "name" | "input" | "mapRunArn">,
  ): Execution {
    const states: string[] = [];
    const input = parseInput(given.input);
    const execution: Execution = { ...given, status: "RUNNING", startDate: new Date().toISOString(), states };
    const { executionArn: Id, name: Name, startDate: StartTime, stateMachineArn } = execution;
    const context = {
      Engine: { Execution: { Id, Name, Input: input, StartTime, RedriveCount: 0 } },
      StateMachine: { Id: stateMachineArn, Name: stateMachineArn.split(":").at(-1)! },
    };
    this.#changed(execution);
    const aborter = new AbortController();
    const attempts = new Map<string, number>();
    const { retryDelayMilliseconds } = this.#options;
    const running = interpreter.run(definition, input, {
      ...{ context, retryDelayMilliseconds },
      entered: (name) => states.push(name),
      perform: (name, state, asked) => {
        const attempt = (attempts.get(name) ?? 0) + 1;
        attempts.set(name, attempt);
        return this.#perform({ execution, context, name, state, input: asked, signal: aborter.signal }, attempt);
      },
    });
    let stopped: Partial<Execution> = {};
    const ended = running.result
      .then(
        (output) => this.#end(execution, { status: "SUCCEEDED", output: JSON.stringify(output) }),
        (error: unknown) => this.#end(execution, { ...outcomeOf(error as Error), ...stopped }),
      )
      .finally(() => {
        aborter.abort();
      });
    const stop = (why: Partial<Execution> = {}) => {
      stopped = why;
      running.abort();
    };
    this.#running.set(Id, { ended, stop });
    return execution;
  }

  #end(execution: Execution, outcome: Partial<Execution>): Execution {
    if (this.#halted) return execution;
    this.#running.delete(execution.executionArn);
    this.#changed(Object.assign(execution, outcome, { stopDate: new Date().toISOString() }));
    return execution;
  }

  #changed(execution: Execution): void {
    this.executions.save(execution);
    if (execution.mapRunArn === undefined) this.#options.statusChanged(execution);
  }

  async #perform(work: Omit<Work, "started" | "crashAfterMs">, attempt: number): Promise<Json> {
    const { execution, name, state, input, signal } = work;
    const service = this.#options.services[resourceOf(state)];
    const shown = service?.shown?.(input as JsonObject) ?? { functionName: resourceOf(state), event: input };
    const { executionArn } = execution;
    const { before, after, delayMs, crashAfterMs } =
      this.#options.faults?.({ state: name, ...shown, attempt, executionArn }) ?? {};
    if (before) throw injected(before);
    const result = await withinSeconds(state.TimeoutSeconds, async (start) => {
      const started = async () => {
        start();
        if (delayMs) await sleep(delayMs, undefined, { signal });
        // A retry, or a call that waited for others, may outlive its execution.
        signal.throwIfAborted();
      };
      const all = { ...work, started, crashAfterMs };
      return service ? service.call(input as JsonObject, all) : this.#options.map(all);
    });
    if (after) throw injected(after);
    interpreter.checkSize(result, `The result of state ${name}`);
    return result;
  }

  /** Finds what the engine cannot run when it starts, and not when a state is reached. */
  #check(definition: Definition): void {
    for (const [name, state] of interpreter.statesOf(definition)) {
      if (state["QueryLanguage"] === "JSONata") throw new NotEmulated(`JSONata (state ${name})`);
      if (interpreter.isDistributed(state)) {
        checkMap(name, state);
        this.#check(state["ItemProcessor"] as Definition);
      }
      if (state.Type !== "Task") continue;
      const service = this.#options.services[resourceOf(state)];
      if (!service) throw new NotEmulated(`the resource ${resourceOf(state)} (state ${name})`);
      for (const parameter of Object.keys(state["Parameters"] ?? {}))
        if (!service.parameters.includes(parameter.replace(/\.\$$/, "")))
          throw new NotEmulated(`the parameter ${parameter} of ${resourceOf(state)} (state ${name})`);
    }
  }
}

function parseInput(input: string): Json {
  try {
    return JSON.parse(input) as Json;
  } catch {
    throw new Refused("InvalidExecutionInput", "Invalid State Machine Execution Input: the input is not JSON.");
  }
}

function outcomeOf(error: Error): Partial<Execution> {
  if (error.name === "ExecutionAbortedError") return { status: "ABORTED" };
  if (error.name === "ExecutionTimeoutError") return { status: "TIMED_OUT" };
  const { name, message } = error.cause instanceof Error ? error.cause : error;
  return { status: "FAILED", error: name, cause: message.slice(0, 32_768) };
}

function injected(errorType: string): StateError {
  return new StateError(errorType, JSON.stringify({ errorType, errorMessage: "A fault that a test asked for." }));
}

/** A state's own time begins when its call does: on AWS nothing waits for a free core. */
async function withinSeconds(seconds: number | undefined, work: (start: () => void) => Promise<Json>): Promise<Json> {
  let timer: NodeJS.Timeout | undefined;
  return new Promise<Json>((resolve, reject) => {
    const late = () => void interpreter.stateTimeout().then(reject);
    const start = () => {
      if (seconds !== undefined) timer = setTimeout(late, Math.min(seconds, interpreter.forever) * 1000);
    };
    work(start).then(resolve, reject);
  }).finally(() => {
    clearTimeout(timer);
  });
}
