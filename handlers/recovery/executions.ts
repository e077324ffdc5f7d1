import { createHash } from "node:crypto";
import { StartExecutionCommand, type SFNClient } from "@aws-sdk/client-sfn";
import { isRunning } from "#recovery/is-running.ts";

/** Executions as recovery sees them, for one look: what it has learned of one, it does not ask again. */
export class Executions {
  readonly #client: SFNClient;
  readonly #importMachine: string;
  readonly #running = new Map<string, Promise<boolean>>();

  constructor(client: SFNClient, importMachine: string) {
    this.#client = client;
    this.#importMachine = importMachine;
  }

  /** Whether an execution still runs; one that nobody remembers does not. */
  isRunning(executionArn: string): Promise<boolean> {
    const known = this.#running.get(executionArn) ?? isRunning(this.#client, executionArn);
    this.#running.set(executionArn, known);
    return known;
  }

  /** Starts the import machine; false where an execution of that name has been started before. */
  async start(name: string, input: object): Promise<boolean> {
    try {
      await this.#client.send(
        new StartExecutionCommand({ stateMachineArn: this.#importMachine, name, input: JSON.stringify(input) }),
      );
      return true;
    } catch (error) {
      if (error instanceof Error && error.name === "ExecutionAlreadyExists") return false;
      throw error;
    }
  }
}

/**
 * The name under which an execution is started for a purpose: the same for all who see the need within so many minutes, so
 * that one gets it; another one later, for an execution that came to nothing is tried again.
 */
export function nameFor(purpose: string, of: readonly string[], minutes: number, now: Date): string {
  const [subject = "", ...rest] = of;
  const turn = Math.floor(now.getTime() / (minutes * 60_000));
  const digest = createHash("sha256")
    .update([...rest, turn].join("\n"))
    .digest("hex")
    .slice(0, 16);
  return `${purpose}-${subject}-${digest}`;
}
