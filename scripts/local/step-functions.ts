import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { NotEmulated, StateError } from "./errors.ts";
import { Executions, type Execution } from "./executions.ts";
import { checkMap, type RunChild } from "./distributed-map.ts";
import {
  checkSize,
  forever,
  isDistributed,
  readDefinition,
  run,
  stateTimeout,
  statesOf,
  type Definition,
  type Json,
  type JsonObject,
  type State,
} from "./interpreter.ts";
import type { Stack } from "./terraform.ts";

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
  /** Does the call. `started` is awaited once the call no longer waits for others: from then on its time counts. */
  readonly call: (
    parameters: JsonObject,
    how: {
      readonly started: () => Promise<void>;
      readonly crashAfterMs?: number | undefined;
      readonly signal: AbortSignal;
    },
  ) => Promise<Json>;
  /** The name to show for a call, where it is not the resource's. */
  readonly nameOf?: (parameters: JsonObject) => string;
}

export interface StepFunctionsOptions {
  /** By resource, without `arn:aws:states:::`. */
  readonly services: Readonly<Record<string, Service>>;
  /** Does what a distributed Map asks for. */
  readonly map: (work: Work, input: Json) => Promise<Json>;
  readonly executionsFile: string;
  readonly statusChanged: (execution: Execution) => void;
  readonly faults?: Faults | undefined;
  readonly retryDelayMilliseconds?: number | undefined;
}

/** A call that AWS would refuse; `name` is AWS's name of the error. */
export class Refused extends Error {
  override readonly name: string;
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

interface Machine {
  readonly arn: string;
  readonly name: string;
  readonly definition: Definition;
}

const resourcePrefix = "arn:aws:states:::";

/** The state machines of a stack, and their executions. */
export class StepFunctions {
  readonly executions: Executions;
  readonly #machines: readonly Machine[];
  readonly #options: StepFunctionsOptions;
  #halted = false;
  readonly #running = new Map<
    string,
    { readonly ended: Promise<Execution>; readonly stop: (error?: string, cause?: string) => void }
  >();

  constructor(stack: Stack, options: StepFunctionsOptions) {
    this.#options = options;
    this.executions = new Executions(options.executionsFile);
    this.#machines = stack.all("aws_sfn_state_machine").map((resource) => {
      if ((resource.block["type"] ?? "STANDARD") !== "STANDARD")
        throw new NotEmulated(`express machines (${resource.name})`);
      const definition = readDefinition(stack.text(resource, "definition"));
      this.#check(definition);
      return { arn: resource.arn, name: resource.name, definition };
    });
  }

  /** Marks what an earlier engine left running as aborted. */
  abortLeftovers(): void {
    for (const execution of this.executions.all())
      if (execution.status === "RUNNING") this.#end(execution, { status: "ABORTED" });
  }

  machine(arn: string): Machine {
    const found = this.#machines.find((one) => one.arn === arn);
    if (!found) throw new Refused("StateMachineDoesNotExist", `State Machine Does Not Exist: '${arn}'`);
    return found;
  }

  /** Gives an execution by its ARN. */
  describe(arn: string): Execution {
    const found = this.executions.get(arn);
    if (!found) throw new Refused("ExecutionDoesNotExist", `Execution Does Not Exist: '${arn}'`);
    return found;
  }

  /** Starts an execution; the same name with the same input, while it runs, is the same execution. */
  start(machineArn: string, input: string, name: string = randomUUID()): Execution {
    const machine = this.machine(machineArn);
    if (!/^[^\s?*<>{}[\]:;,\\|^~$#%&`"/]{1,80}$/.test(name))
      throw new Refused("InvalidName", `Invalid Name: '${name}'`);
    const executionArn = `${machine.arn.replace(":stateMachine:", ":execution:")}:${name}`;
    const known = this.executions.get(executionArn);
    if (known?.status === "RUNNING" && known.input === input) return known;
    if (known) throw new Refused("ExecutionAlreadyExists", `Execution Already Exists: '${executionArn}'`);
    return this.#launch(machine, machine.definition, { executionArn, name, input: parseInput(input) });
  }

  /** Stops an execution and the children it has. */
  stop(arn: string, error?: string, cause?: string): Execution {
    const execution = this.describe(arn);
    this.#running.get(arn)?.stop(error, cause);
    return execution;
  }

  /** Waits for the end of an execution. */
  async ended(arn: string): Promise<Execution> {
    return (await this.#running.get(arn)?.ended) ?? this.describe(arn);
  }

  /** Lets go of what runs without a word: it stays RUNNING in the file, as after a crash, until the next start. */
  halt(): void {
    this.#halted = true;
    for (const { stop } of this.#running.values()) stop();
  }

  /** True while an execution runs. */
  get busy(): boolean {
    return this.#running.size > 0;
  }

  /** Runs an item of a distributed Map as an execution of its own, and gives it when it is done. */
  runChild: RunChild = async (work, processor, { label, arn: mapRunArn }, input, signal) => {
    const machine = this.machine(work.execution.stateMachineArn);
    const name = randomUUID();
    const executionArn = `${machine.arn.replace(":stateMachine:", ":execution:")}/${label}:${name}`;
    const child = this.#launch(machine, processor, { executionArn, name, input, mapRunArn });
    const stop = () => {
      this.stop(executionArn);
    };
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop);
    await this.ended(executionArn);
    signal.removeEventListener("abort", stop);
    return child;
  };

  #launch(
    machine: Machine,
    definition: Definition,
    given: { executionArn: string; name: string; input: Json; mapRunArn?: string },
  ): Execution {
    const startDate = new Date().toISOString();
    const states: string[] = [];
    const { input, ...rest } = given;
    const execution: Execution = {
      ...rest,
      stateMachineArn: machine.arn,
      status: "RUNNING",
      startDate,
      input: JSON.stringify(input),
      states,
    };
    const context: JsonObject = {
      Engine: {
        Execution: { Id: given.executionArn, Name: given.name, Input: input, StartTime: startDate, RedriveCount: 0 },
      },
      StateMachine: { Id: machine.arn, Name: machine.name },
    };
    this.executions.save(execution);
    if (!execution.mapRunArn) this.#options.statusChanged(execution);
    const aborter = new AbortController();
    const attempts = new Map<string, number>();
    const running = run(definition, input, {
      context,
      entered: (name) => states.push(name),
      perform: (name, state, asked) => {
        attempts.set(name, (attempts.get(name) ?? 0) + 1);
        return this.#perform(
          { execution, context, signal: aborter.signal, name, state, attempt: attempts.get(name)! },
          asked,
        );
      },
      retryDelayMilliseconds: this.#options.retryDelayMilliseconds,
    });
    let stopped: Partial<Execution> = {};
    const ended = running.result.then(
      (output) => this.#end(execution, { status: "SUCCEEDED", output: JSON.stringify(output) }),
      (error: unknown) => this.#end(execution, { ...outcomeOf(error), ...stopped }),
    );
    this.#running.set(given.executionArn, {
      ended,
      stop: (error, cause) => {
        stopped = { ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) };
        running.abort();
        aborter.abort();
      },
    });
    // A time-out of the whole machine ends its children as a stop does.
    void ended.then(() => {
      aborter.abort();
    });
    return execution;
  }

  #end(execution: Execution, outcome: Partial<Execution>): Execution {
    if (this.#halted) return execution;
    Object.assign(execution, outcome, { stopDate: new Date().toISOString() });
    this.#running.delete(execution.executionArn);
    this.executions.save(execution);
    if (!execution.mapRunArn) this.#options.statusChanged(execution);
    return execution;
  }

  async #perform(work: Work, asked: Json): Promise<Json> {
    const { execution, name, state, signal, attempt } = work;
    // A retry that was waiting when its execution was stopped wakes up once more.
    if (signal.aborted) throw new StateError("States.Runtime", "The execution was stopped.");
    const resource = state.Resource?.replace(resourcePrefix, "") ?? "map";
    const service = this.#options.services[resource];
    const parameters = asked as JsonObject;
    const functionName = service?.nameOf?.(parameters) ?? resource;
    const event = resource === "lambda:invoke" ? (parameters["Payload"] ?? {}) : asked;
    const fault = this.#options.faults?.({
      state: name,
      functionName,
      event,
      attempt,
      executionArn: execution.executionArn,
    });
    if (fault?.before) throw new StateError(fault.before, injected(fault.before));
    const result = await withinSeconds(state.TimeoutSeconds, async (start) => {
      const started = async () => {
        start();
        if (fault?.delayMs) await sleep(fault.delayMs, undefined, { signal });
      };
      if (service) return service.call(parameters, { started, crashAfterMs: fault?.crashAfterMs, signal });
      await started();
      return this.#options.map(work, asked);
    });
    if (fault?.after) throw new StateError(fault.after, injected(fault.after));
    checkSize(result, `The result of state ${name}`);
    return result;
  }

  /** Finds what the engine cannot run when it starts, and not when a state is reached. */
  #check(definition: Definition): void {
    for (const [name, state] of statesOf(definition)) {
      if (state["QueryLanguage"] === "JSONata") throw new NotEmulated(`JSONata (state ${name})`);
      if (isDistributed(state)) {
        checkMap(name, state);
        this.#check(state["ItemProcessor"] as Definition);
      }
      if (state.Type !== "Task") continue;
      const service = this.#options.services[state.Resource?.replace(resourcePrefix, "") ?? ""];
      if (!service) throw new NotEmulated(`the resource ${state.Resource ?? ""} (state ${name})`);
      for (const parameter of Object.keys(state["Parameters"] ?? {}))
        if (!service.parameters.includes(parameter.replace(/\.\$$/, "")))
          throw new NotEmulated(`the parameter ${parameter} of ${state.Resource ?? ""} (state ${name})`);
    }
  }
}

/** A state at work. */
export interface Work {
  readonly execution: Execution;
  readonly context: JsonObject;
  readonly signal: AbortSignal;
  readonly name: string;
  readonly state: State;
  readonly attempt: number;
}

function parseInput(input: string): Json {
  try {
    return JSON.parse(input) as Json;
  } catch {
    throw new Refused("InvalidExecutionInput", "Invalid State Machine Execution Input: the input is not JSON.");
  }
}

function outcomeOf(thrown: unknown): Partial<Execution> {
  const error = thrown as Error;
  if (error.name === "ExecutionAbortedError") return { status: "ABORTED" };
  if (error.name === "ExecutionTimeoutError") return { status: "TIMED_OUT" };
  const cause = error.cause instanceof Error ? error.cause : error;
  return { status: "FAILED", error: cause.name, cause: cause.message.slice(0, 32_768) };
}

function injected(errorType: string): string {
  return JSON.stringify({ errorType, errorMessage: "A fault that a test asked for." });
}

/** A state's own time begins when its call does: on AWS nothing waits for a free core. */
async function withinSeconds(seconds: number | undefined, work: (start: () => void) => Promise<Json>): Promise<Json> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise((resolve, reject) => {
      const late = () => void stateTimeout().then(reject);
      const start = () => {
        if (seconds !== undefined) timer = setTimeout(late, Math.min(seconds, forever) * 1000);
      };
      work(start).then(resolve, reject);
    });
  } finally {
    clearTimeout(timer);
  }
}
