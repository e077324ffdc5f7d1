import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createWriteStream, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { finished } from "node:stream/promises";
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

/**
 * Idle sandboxes kept for each that may be at work: fewer, and the chunks of an import wait for sandboxes to start; each
 * holds some 50 MB. The ones unused for longest end.
 */
const idlePerBusy = 6;
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

/** Runs Lambdas in sandboxes: worker threads that are reused while they live, `free` of them at work at once. */
export class Lambdas {
  readonly #directory: string;
  readonly #settingsOf: (functionName: string) => Readonly<Record<string, string>>;
  readonly #idle: Sandbox[] = [];
  readonly #workers = new Set<Worker>();
  readonly #logs = new Set<Promise<unknown>>();
  readonly #waiting: (() => void)[] = [];
  readonly #idleLimit: number;
  #free: number;
  #stopped = false;

  /** Code and logs go into `directory`; `settingsOf` a function are added to its own environment. */
  constructor(directory: string, settingsOf: (functionName: string) => Readonly<Record<string, string>>, free: number) {
    this.#directory = directory;
    this.#settingsOf = settingsOf;
    this.#free = free;
    this.#idleLimit = idlePerBusy * free;
    mkdirSync(join(directory, "logs"), { recursive: true });
  }

  /**
   * Invokes a function and gives its answer. What it throws, its time-out (`Sandbox.Timedout`) and its death
   * (`Runtime.ExitError`, `Runtime.OutOfMemory`) come as a StateError with the cause as AWS writes it. `started` is awaited once the invocation waits
   * for no other; `crashAfterMs` kills the sandbox that long after it was given the event.
   */
  async invoke(
    target: LambdaFunction,
    event: unknown,
    started?: () => Promise<void>,
    crashAfterMs?: number,
  ): Promise<unknown> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    let sandbox: Sandbox | undefined;
    let crash: NodeJS.Timeout | undefined;
    try {
      await started?.();
      if (this.#stopped) throw new SandboxLost("Runtime.ExitError", "The engine stops.");
      // The sandbox used last is the warmest.
      const at = this.#idle.findLastIndex((idle) => idle.function === target);
      const { worker } = (sandbox = at < 0 ? await this.#start(target) : this.#idle.splice(at, 1)[0]!);
      if (crashAfterMs !== undefined) crash = setTimeout(() => void worker.terminate(), crashAfterMs);
      const requestId = randomUUID();
      const seconds = target.timeoutSeconds;
      const answer = answerOf(
        sandbox,
        seconds,
        `RequestId: ${requestId} Error: Task timed out after ${seconds.toFixed(2)} seconds`,
      );
      const call: Call = { event: JSON.stringify(event), requestId, deadline: Date.now() + seconds * 1000 };
      worker.postMessage(call);
      return JSON.parse(await answer);
    } catch (error) {
      if (error instanceof SandboxLost) sandbox = undefined;
      throw error;
    } finally {
      clearTimeout(crash);
      // A handler that threw takes further events; a sandbox that was lost does not.
      if (sandbox && this.#idle.push(sandbox) > this.#idleLimit) void this.#idle.shift()?.worker.terminate();
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    }
  }

  /** Ends every sandbox, and its log; what still runs fails. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([...this.#workers].map((worker) => worker.terminate()));
    await Promise.all(this.#logs);
  }

  async #start(target: LambdaFunction): Promise<Sandbox> {
    const [file = "", exported = ""] = target.handler.split(".");
    const module = join(this.#unpack(target), `${file}.mjs`);
    if (!existsSync(module)) throw new NotEmulated(`a Lambda without ${file}.mjs (${target.name})`);
    const workerData: SandboxData = { module: pathToFileURL(module).href, exported, function: target };
    const env = { ...this.#settingsOf(target.name), ...target.environment, AWS_LAMBDA_FUNCTION_NAME: target.name };
    const resourceLimits = { maxOldGenerationSizeMb: target.memoryMegabytes };
    const script = new URL("./sandbox.ts", import.meta.url);
    const worker = new Worker(script, { workerData, env, resourceLimits, execArgv: [], stdout: true, stderr: true });
    const sandbox: Sandbox = { function: target, worker };
    const log = createWriteStream(join(this.#directory, "logs", `${target.name}.log`), { flags: "a" });
    const outputs = [worker.stdout, worker.stderr];
    for (const output of outputs) output.pipe(log, { end: false });
    // What a sandbox wrote last comes out after its end.
    void Promise.allSettled(outputs.map((output) => finished(output))).then(() => log.end());
    const closed = once(log, "close").finally(() => this.#logs.delete(closed));
    this.#logs.add(closed);
    worker.on("message", (answer: Answer) => sandbox.settle?.(answer));
    worker.on("error", (error: Error) => {
      log.write(`${error.stack ?? error.message}\n`);
      sandbox.settle?.(error);
    });
    worker.on("exit", (code) => {
      this.#workers.delete(worker);
      if (this.#idle.includes(sandbox)) this.#idle.splice(this.#idle.indexOf(sandbox), 1);
      sandbox.settle?.(new Error(`Runtime exited with error: exit status ${code}`));
    });
    this.#workers.add(worker);
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
    const content = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
    const directory = join(this.#directory, "code", `${target.name}-${content}`);
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
  return new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => {
      void sandbox.worker.terminate();
      sandbox.settle = undefined;
      reject(new SandboxLost("Sandbox.Timedout", late));
    }, seconds * 1000);
    sandbox.settle = (answer) => {
      clearTimeout(timer);
      sandbox.settle = undefined;
      if (answer instanceof Error) reject(new SandboxLost(deathOf(answer), answer.message));
      else if ("result" in answer) resolve(answer.result);
      else reject(new StateError(answer.error.errorType, JSON.stringify(answer.error)));
    };
  });
}

/** What a sandbox died of, by the names of today's runtimes (lambda-runtimes, "Runtime.ExitError"; configuration-memory). */
function deathOf(error: NodeJS.ErrnoException): string {
  return error.code === "ERR_WORKER_OUT_OF_MEMORY" ? "Runtime.OutOfMemory" : "Runtime.ExitError";
}
