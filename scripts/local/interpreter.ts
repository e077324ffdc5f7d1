import { StateMachine, type StateMachineDefinition } from "aws-local-stepfunctions";
import { StateError } from "./errors.ts";

export type Json = Parameters<StateMachine["run"]>[0];
export type JsonObject = Record<string, Json>;

/** A state of a definition, as the engine looks at it. */
export interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly TimeoutSeconds?: number;
  readonly [field: string]: unknown;
}

/** What runs: a machine, or the part of one inside a Map or a branch. */
export interface Definition {
  readonly States: Readonly<Record<string, State>>;
  readonly TimeoutSeconds?: number;
  readonly [field: string]: unknown;
}

/** What a run needs from the engine. */
export interface RunOptions {
  /** What `$$` shows; the interpreter adds `$$.State` and `$$.Map`. */
  readonly context: JsonObject;
  /** Does what a Task or a distributed Map asks for. */
  readonly perform: (name: string, state: State, input: Json) => Promise<Json>;
  /** Told of each state that is entered. */
  readonly entered: (name: string) => void;
  /** Instead of the waits that the definition's retriers ask for. */
  readonly retryDelayMilliseconds?: number | undefined;
}

/** AWS's hard limit on what goes into and comes out of a state, in UTF-8 bytes of JSON. */
const stateLimit = 262_144;
/** As long as a timer can be set, in seconds. */
export const forever = 2_000_000;

/** Reads a definition. The interpreter sets `$$.Execution` anew in every nested Map, so the engine keeps its own beside it. */
export function readDefinition(json: string): Definition {
  return JSON.parse(json.replaceAll(/\$\$\.Execution\b/g, () => "$$.Engine.Execution")) as Definition;
}

/** Throws what ends an execution on AWS, past every Catch, where a value is larger than state may be. */
export function checkSize(value: Json, what: string): void {
  const json = JSON.stringify(value);
  if (json.length * 3 <= stateLimit || Buffer.byteLength(json) <= stateLimit) return;
  throw new StateError("States.DataLimitExceeded", `${what} is larger than the limit of ${stateLimit} bytes.`);
}

/** Says whether a state is a Map whose items run as executions of their own. */
export function isDistributed(state: State): boolean {
  const processor = state["ItemProcessor"] as { ProcessorConfig?: { Mode?: string } } | undefined;
  return state.Type === "Map" && processor?.ProcessorConfig?.Mode === "DISTRIBUTED";
}

/** All states by name, those of inline Maps and branches included; what a distributed Map runs is not a part of this run. */
export function statesOf({ States }: Definition): [name: string, state: State][] {
  return Object.entries(States).flatMap(([name, state]) => {
    const inside = [state["Branches"] ?? [], isDistributed(state) ? [] : (state["ItemProcessor"] ?? [])].flat();
    return [[name, state], ...(inside as Definition[]).flatMap(statesOf)];
  });
}

/** Runs a definition. `result` rejects with the error that no Catch took; `abort` makes it reject at once. */
export function run(
  definition: Definition,
  input: Json,
  options: RunOptions,
): { result: Promise<Json>; abort: () => void } {
  const states = statesOf(definition);
  const performed = states.filter(([, state]) => state.Type === "Task" || isDistributed(state));
  const handlers = performed.map(
    ([name, state]) => [name, (asked: Json) => options.perform(name, state, asked)] as const,
  );
  const delay = options.retryDelayMilliseconds;
  watchers.set(options.context, options.entered);
  return machineOf(definition).run(input, {
    context: options.context,
    overrides: {
      taskResourceLocalHandlers: Object.fromEntries(handlers),
      retryIntervalOverrides: delay === undefined ? {} : Object.fromEntries(states.map(([name]) => [name, delay])),
    },
  });
}

/** Fills a payload template (`"key.$": "$.path"`) as a state's Parameters would be. */
export async function fill(template: unknown, input: Json, context: JsonObject): Promise<Json> {
  const Fill = { Type: "Pass", Parameters: template, End: true };
  // A copy of the context, because whoever watches the run itself has no interest in this.
  return machineOf({ StartAt: "Fill", States: { Fill } }).run(input, { context: { ...context } }).result;
}

/** The error of a state that took too long. It must be the interpreter's own, which States.TaskFailed does not match. */
export async function stateTimeout(): Promise<unknown> {
  const States = { Late: { Type: "Task", Resource: "late", TimeoutSeconds: 0.001, End: true } };
  const machine = new StateMachine({ StartAt: "Late", States } as unknown as StateMachineDefinition, unchecked);
  const taskResourceLocalHandlers = { Late: () => new Promise<Json>(() => undefined) };
  const { result } = machine.run({}, { overrides: { taskResourceLocalHandlers } });
  return result.catch((error: unknown) => (error as Error).cause);
}

const unchecked = { validationOptions: { noValidate: true } };

function machineOf(definition: Definition): StateMachine {
  return new StateMachine(interpretable(definition) as unknown as StateMachineDefinition, unchecked);
}

/** The definition in the interpreter's terms: what the engine performs is a Task, and the engine watches its time. */
function interpretable(definition: Definition): Definition {
  const States = Object.entries(definition.States).map(([name, state]) => {
    const [processor, branches] = [state["ItemProcessor"], state["Branches"]] as [Definition?, Definition[]?];
    if (state.Type === "Task" || isDistributed(state)) {
      const done = { ItemProcessor: undefined, ItemSelector: undefined, Type: "Task", Resource: "engine" };
      return [name, { ...state, ...done, TimeoutSeconds: forever }];
    }
    const ItemProcessor = processor && interpretable(processor);
    const Branches = branches?.map(interpretable);
    return [name, { ...state, ...(ItemProcessor && { ItemProcessor }), ...(Branches && { Branches }) }];
  });
  const { TimeoutSeconds } = definition;
  const limit = TimeoutSeconds !== undefined && { TimeoutSeconds: Math.min(TimeoutSeconds, forever) };
  return { ...definition, ...limit, States: Object.fromEntries(States) as Definition["States"] };
}

// The interpreter has no limit on state and no $$.State. It tells a logger, outside of Retry and Catch, of each state that begins,
// ends or is retried: that is the place for both. Nested Maps and branches come past here too.
interface Interpreter {
  execute(input: Json, options: ExecuteOptions, cleanUp: () => void): Promise<Json>;
}
interface ExecuteOptions {
  runOptions?: { readonly context?: JsonObject };
  readonly eventLogger: object;
}

const watchers = new WeakMap<object, (name: string) => void>();
const interpreter = StateMachine.prototype as unknown as Interpreter;
const execute = Reflect.get(interpreter, "execute");

interpreter.execute = function (input, options, cleanUp) {
  const given = options.runOptions?.context ?? {};
  const state = { Name: "", EnteredTime: "", RetryCount: 0 };
  const context = { ...given, State: state };
  const entered = watchers.get(given);
  if (entered) watchers.set(context, entered);
  options.runOptions = { ...options.runOptions, context };
  Object.assign(options.eventLogger, {
    // Nobody reads its queue.
    dispatch: () => undefined,
    dispatchStateEnteredEvent: (name: string, _: string, stateInput: Json) => {
      checkSize(stateInput, `The input of state ${name}`);
      Object.assign(state, { Name: name, EnteredTime: new Date().toISOString(), RetryCount: 0 });
      entered?.(name);
    },
    dispatchStateExitedEvent: (name: string, _: string, __: Json, output: Json) => {
      checkSize(output, `The output of state ${name}`);
    },
    dispatchStateRetriedEvent: () => state.RetryCount++,
  });
  return execute.call(this, input, options, cleanUp);
};
