import { afterEach } from "vitest";
import type { DeadLetter } from "#failures/dead-letter.ts";
import type { ImportEntry } from "#imports/import-entry.ts";
import type { Execution } from "../../scripts/local/executions.ts";
import type { StateCall } from "../../scripts/local/step-functions.ts";
import { pipelineForFile, simpleFile, type Pipeline } from "../support/engine.ts";

/** The states of the import machine that touch an import once it is claimed. */
export const importStates = [
  "Plan",
  "Restructure",
  "Mapping",
  "Validator",
  "Compare",
  "NotePrepared",
  "Decide",
  "Import",
  "CloseChunk",
  "Report",
];

/** The states that a reprocessing run goes through, its import's among them. */
export const runStates = ["SelectFailures", "Receive", ...importStates, "ClaimFailures", "Settle"];

/** A pipeline whose executions can be stopped where one wants. */
export class StoppablePipeline {
  readonly pipeline: Pipeline;
  /** The call in which something was stopped last. */
  call: StateCall | undefined;
  #files = 0;

  constructor() {
    this.pipeline = pipelineForFile({ chunkRecords: 3 });
    afterEach(() => {
      this.pipeline.faults = () => undefined;
    });
  }

  /** Records, the second of them wrong, under a key of their own; by default two chunks of them. */
  file(records = 5): { key: string; body: string; skus: string[] } {
    const name = `STOP${++this.#files}`;
    const skus = Array.from({ length: records }, (_, index) => `${name}-${index + 1}`);
    const rows = skus.map((sku, index) => [sku, "Hat", index === 1 ? "no price" : "1", ""]);
    return { key: `incoming/simple/${name}.csv`, body: simpleFile(rows), skus };
  }

  /** Drops a file and stops its execution once it is in a state. */
  async importStoppedIn(state: string): Promise<{ key: string; execution: Execution }> {
    const { key, body } = this.file();
    return { key, execution: await this.droppedAndStoppedIn(state, key, body) };
  }

  /** Drops a certain file and stops its execution once it is in a state. */
  async droppedAndStoppedIn(state: string, key: string, body: string): Promise<Execution> {
    const reached = this.#reached(state);
    await this.pipeline.drop(key, body);
    await reached;
    const [execution] = this.pipeline.executionsOf(key);
    return this.#stop(execution!);
  }

  /** Starts the import machine with an input and stops it once it is in a state. */
  async startedAndStoppedIn(state: string, input: object): Promise<Execution> {
    const reached = this.#reached(state);
    const { engine } = this.pipeline;
    const { executionArn } = engine.startExecution(engine.output("import_machine_arn"), input);
    await reached;
    return this.#stop(this.#execution(executionArn));
  }

  /** An import with three dead letters that time may heal, and a run over them that is stopped once it is in a state. */
  async runStoppedIn(state: string): Promise<{ importId: string; execution: Execution }> {
    const importId = await this.crashedImport();
    const { executionArn } = await this.runUntil(state, importId);
    return { importId, execution: await this.#stop(this.#execution(executionArn)) };
  }

  /** Starts a run over an import's dead letters, and gives it once it, or its import, is in a state, where it stays a while. */
  async runUntil(state: string, importId: string): Promise<Execution> {
    const reached = this.#reached(state);
    const request = { who: "test", reason: "a test", filter: { importId } };
    const run = this.pipeline.engine.startExecution(this.pipeline.engine.output("reprocess_machine_arn"), request);
    await reached;
    return run;
  }

  /** An import all of whose three records crashed: one chunk, so that nothing else is at work when a run is stopped. */
  async crashedImport(): Promise<string> {
    this.pipeline.faults = (call) => (call.state === "Mapping" ? { before: "TypeError" } : undefined);
    const { key, body } = this.file(3);
    const { importId } = await this.pipeline.import(key, body);
    this.pipeline.faults = () => undefined;
    return importId;
  }

  async entryOf(key: string): Promise<ImportEntry | undefined> {
    return (await this.pipeline.entries()).find((entry) => entry.file.key === key);
  }

  /** The dead letters that somebody holds. */
  async held(): Promise<DeadLetter[]> {
    const letters = await this.pipeline.scan(this.pipeline.engine.output("failures_table"));
    return (letters as unknown as DeadLetter[]).filter(({ status, trace }) => status === "REPROCESSING" && !trace);
  }

  /** Stops an execution as a person does in the console. */
  async stop(execution: Execution): Promise<Execution> {
    return this.#stop(execution);
  }

  #execution(arn: string): Execution {
    return this.pipeline.engine.executions().find(({ executionArn }) => executionArn === arn)!;
  }

  async #stop({ executionArn }: Execution): Promise<Execution> {
    this.pipeline.engine.stopExecution(executionArn);
    // What is found from here on runs as it should.
    this.pipeline.faults = () => undefined;
    const ended = await this.pipeline.engine.ended(executionArn);
    await this.pipeline.idle();
    return ended;
  }

  /** Resolves once a call of a state waits for its delay. */
  #reached(state: string): Promise<void> {
    return new Promise<void>((reached) => {
      this.pipeline.faults = (call) => {
        if (call.state !== state) return undefined;
        this.call = call;
        reached();
        return { delayMs: 5000 };
      };
    });
  }
}
