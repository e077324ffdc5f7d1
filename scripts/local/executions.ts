import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";

/** An execution of a state machine, as it is kept. Times are ISO 8601; input and output are JSON text, as on AWS. */
export interface Execution {
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly name: string;
  status: "RUNNING" | "SUCCEEDED" | "FAILED" | "TIMED_OUT" | "ABORTED";
  readonly startDate: string;
  readonly input: string;
  stopDate?: string;
  output?: string;
  error?: string;
  cause?: string;
  /** Set for the child of a distributed Map. */
  readonly mapRunArn?: string;
  /** Names of the states entered, in order; not kept across a restart. */
  readonly states?: string[];
}

/** Children kept once they are done; they are many, and only a report of what happened needs them. */
const childrenKept = 20_000;

/** All executions by ARN. Those that are not children of a Map are kept in a file, a line for each change of status. */
export class Executions {
  readonly #file: string;
  readonly #byArn = new Map<string, Execution>();
  readonly #children: string[] = [];

  constructor(file: string) {
    this.#file = file;
    const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
    // A killed engine may have left half of the last line; the status before it stands.
    for (const execution of lines.flatMap(parse)) this.#byArn.set(execution.executionArn, execution);
    writeFileSync(`${file}.new`, this.all().map(lineOf).join(""));
    renameSync(`${file}.new`, file);
  }

  get(arn: string): Execution | undefined {
    return this.#byArn.get(arn);
  }

  /** Oldest first. */
  all(): Execution[] {
    return [...this.#byArn.values()];
  }

  /** Adds an execution, or keeps what has changed of it. */
  save(execution: Execution): void {
    this.#byArn.set(execution.executionArn, execution);
    if (execution.mapRunArn === undefined) appendFileSync(this.#file, lineOf(execution));
    else if (execution.status !== "RUNNING" && this.#children.push(execution.executionArn) > childrenKept)
      this.#byArn.delete(this.#children.shift()!);
  }
}

function lineOf(execution: Execution): string {
  return `${JSON.stringify({ ...execution, states: undefined })}\n`;
}

function parse(line: string): Execution[] {
  try {
    return [JSON.parse(line) as Execution];
  } catch {
    return [];
  }
}
