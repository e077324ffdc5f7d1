import { createHash, randomUUID } from "node:crypto";
import { createWriteStream, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { unzipSync } from "fflate";
import { NotEmulated, StateError } from "./errors.ts";
import { blocks, type Stack } from "./terraform.ts";

/** A Lambda as the stack declares it. */
export interface LambdaFunction {
  readonly name: string;
  readonly arn: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly archive: string;
  readonly handler: string;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
}

/** What a sandbox is started with. */
export interface SandboxData {
  readonly module: string;
  readonly exported: string;
  readonly function: LambdaFunction;
}

/** One event for a sandbox, as JSON; the deadline is in milliseconds since 1970. */
export interface Call {
  readonly event: string;
  readonly requestId: string;
  readonly deadline: number;
}

/** What a sandbox says: once when its handler is loaded (or cannot be), then once for each event. */
export type Answer =
  | { readonly result: string }
  | {
      readonly error: { readonly errorType: string; readonly errorMessage: string; readonly trace: readonly string[] };
    };

/** How one invocation is to go. */
export interface InvokeOptions {
  /** Awaited once the invocation no longer waits for others, before the event is handed over. */
  readonly started?: () => Promise<void> | void;
  /** Kills the sandbox this long after it was given the event. */
  readonly crashAfterMs?: number | undefined;
}

interface Sandbox {
  readonly function: LambdaFunction;
  readonly worker: Worker;
  settle?: ((answer: Answer | Error) => void) | undefined;
}

/** A sandbox timed out or died, and takes no further event. */
class SandboxLost extends StateError {
  constructor(name: string, errorMessage: string) {
    super(name, JSON.stringify({ errorType: name, errorMessage }));
  }
}

/** More idle sandboxes than this are too much memory: the ones unused for longest end. */
const idleSandboxes = 24;
/** Time AWS gives a handler to load, apart from the function's own time-out. */
const loadSeconds = 10;

/** Reads the stack's Lambdas; their archives stand relative to the folder of the stack file. */
export function readFunctions(stack: Stack, stackDirectory: string): LambdaFunction[] {
  return stack.all("aws_lambda_function").map((resource) => ({
    name: resource.name,
    arn: resource.arn,
    environment: stack.resolve(blocks(resource.block["environment"])[0]?.["variables"] ?? {}) as Record<string, string>,
    archive: resolve(stackDirectory, stack.text(resource, "filename")),
    handler: stack.text(resource, "handler"),
    timeoutSeconds: Number(resource.block["timeout"] ?? 3),
    memoryMegabytes: Number(resource.block["memory_size"] ?? 128),
  }));
}

/** Runs Lambdas in sandboxes: worker threads that are reused while they live, as many at once as `concurrency` allows. */
export class Lambdas {
  readonly #functions: readonly LambdaFunction[];
  readonly #directory: string;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #idle: Sandbox[] = [];
  readonly #all = new Set<Worker>();
  readonly #waiting: (() => void)[] = [];
  #free: number;

  /** Code and logs go into `directory`; `environment` is added to each function's own. */
  constructor(
    functions: readonly LambdaFunction[],
    directory: string,
    environment: Readonly<Record<string, string>>,
    concurrency: number,
  ) {
    this.#functions = functions;
    this.#directory = directory;
    this.#environment = environment;
    this.#free = concurrency;
    mkdirSync(join(directory, "logs"), { recursive: true });
  }

  /** The function by name, ARN or qualified ARN; undefined where there is none. */
  find(reference: string): LambdaFunction | undefined {
    return this.#functions.find(({ name, arn }) => [name, arn, `${arn}:1`].includes(reference));
  }

  /**
   * Invokes a function and gives its answer. What it throws, its time-out (`Sandbox.Timedout`) and its death
   * (`Lambda.Unknown`) come as a StateError with the cause as AWS writes it.
   */
  async invoke(target: LambdaFunction, event: unknown, options: InvokeOptions = {}): Promise<unknown> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      await options.started?.();
      return await this.#run(target, event, options);
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    }
  }

  /** Ends every sandbox; what still runs fails. */
  async stop(): Promise<void> {
    await Promise.all([...this.#all].map((worker) => worker.terminate()));
  }

  async #run(target: LambdaFunction, event: unknown, { crashAfterMs }: InvokeOptions): Promise<unknown> {
    // The sandbox used last is the warmest.
    const at = this.#idle.findLastIndex((idle) => idle.function === target);
    const sandbox = at < 0 ? await this.#start(target) : this.#idle.splice(at, 1)[0]!;
    const crash =
      crashAfterMs === undefined ? undefined : setTimeout(() => void sandbox.worker.terminate(), crashAfterMs);
    const requestId = randomUUID();
    const call: Call = { event: JSON.stringify(event), requestId, deadline: Date.now() + target.timeoutSeconds * 1000 };
    const late = `RequestId: ${requestId} Error: Task timed out after ${target.timeoutSeconds.toFixed(2)} seconds`;
    try {
      const answer = answerOf(sandbox, target.timeoutSeconds, late);
      sandbox.worker.postMessage(call);
      const result = await answer;
      this.#keep(sandbox);
      return JSON.parse(result);
    } catch (error) {
      // A handler that threw takes further events.
      if (!(error instanceof SandboxLost)) this.#keep(sandbox);
      throw error;
    } finally {
      clearTimeout(crash);
    }
  }

  #keep(sandbox: Sandbox): void {
    this.#idle.push(sandbox);
    if (this.#idle.length > idleSandboxes) void this.#idle.shift()?.worker.terminate();
  }

  async #start(target: LambdaFunction): Promise<Sandbox> {
    const [file = "", exported = ""] = target.handler.split(".");
    const directory = this.#unpack(target);
    const module = ["mjs", "js", "cjs"]
      .map((suffix) => join(directory, `${file}.${suffix}`))
      .find((path) => existsSync(path));
    if (module === undefined) throw new NotEmulated(`a module ${file} in ${target.archive}`);
    const workerData: SandboxData = { module: pathToFileURL(module).href, exported, function: target };
    const env = { ...this.#environment, ...target.environment, AWS_LAMBDA_FUNCTION_NAME: target.name };
    const resourceLimits = { maxOldGenerationSizeMb: target.memoryMegabytes };
    const script = new URL("./sandbox.ts", import.meta.url);
    const worker = new Worker(script, { workerData, env, resourceLimits, execArgv: [], stdout: true, stderr: true });
    const sandbox: Sandbox = { function: target, worker };
    const log = createWriteStream(join(this.#directory, "logs", `${target.name}.log`), { flags: "a" });
    for (const output of [worker.stdout, worker.stderr]) output.pipe(log, { end: false });
    worker.on("message", (answer: Answer) => sandbox.settle?.(answer));
    worker.on("error", (error: Error) => {
      log.write(`${error.stack ?? error.message}\n`);
      sandbox.settle?.(error);
    });
    worker.on("exit", (code) => {
      log.end();
      this.#all.delete(worker);
      if (this.#idle.includes(sandbox)) this.#idle.splice(this.#idle.indexOf(sandbox), 1);
      sandbox.settle?.(new Error(`Runtime exited with error: exit status ${code}`));
    });
    this.#all.add(worker);
    try {
      await answerOf(sandbox, loadSeconds, `Error: the handler was not loaded within ${loadSeconds} seconds`);
      return sandbox;
    } catch (error) {
      void worker.terminate();
      throw error;
    }
  }

  /** Unpacks a function's archive, once for each content of it, and gives the folder. */
  #unpack(target: LambdaFunction): string {
    const bytes = readFileSync(target.archive);
    const directory = join(
      this.#directory,
      "code",
      `${target.name}-${createHash("sha256").update(bytes).digest("hex").slice(0, 16)}`,
    );
    if (existsSync(directory)) return directory;
    const unfinished = `${directory}-${randomUUID()}`;
    for (const [name, content] of Object.entries(unzipSync(bytes)).filter(([name]) => !name.endsWith("/"))) {
      mkdirSync(dirname(join(unfinished, name)), { recursive: true });
      writeFileSync(join(unfinished, name), content);
    }
    renameSync(unfinished, directory);
    return directory;
  }
}

/** The sandbox's next answer, or the error that it stands for; without one in time the sandbox ends. */
function answerOf(sandbox: Sandbox, seconds: number, late: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const settle = (settled: () => void) => {
      clearTimeout(timer);
      sandbox.settle = undefined;
      settled();
    };
    const timer = setTimeout(() => {
      settle(() => {
        void sandbox.worker.terminate();
        reject(new SandboxLost("Sandbox.Timedout", late));
      });
    }, seconds * 1000);
    sandbox.settle = (answer) => {
      settle(() => {
        if (answer instanceof Error) reject(new SandboxLost("Lambda.Unknown", answer.message));
        else if ("result" in answer) resolve(answer.result);
        else reject(new StateError(answer.error.errorType, JSON.stringify(answer.error)));
      });
    };
  });
}
