import { DescribeExecutionCommand, StartExecutionCommand, type SFNClient } from "@aws-sdk/client-sfn";
import { setTimeout as sleep } from "node:timers/promises";
import type { ImportsTable } from "#imports/imports-table.ts";
import { addOutcomes, countOutcomes, type Outcomes } from "#records/line.ts";

/** An execution that is over. */
export interface Ended {
  readonly status: string;
  /** What it gave, where it succeeded. */
  readonly output: unknown;
  /** Error and cause, where it did not. */
  readonly why: string;
}

/** Starts an execution and gives its ARN. */
export async function start(client: SFNClient, machine: string, input: unknown, name?: string): Promise<string> {
  const { executionArn = "" } = await client.send(
    new StartExecutionCommand({ stateMachineArn: machine, input: JSON.stringify(input), ...(name && { name }) }),
  );
  return executionArn;
}

/** Waits for the end of an execution; `look` is called at each look, the last one included. */
export async function follow(
  client: SFNClient,
  executionArn: string,
  pollMilliseconds: number,
  look: () => Promise<void>,
): Promise<Ended> {
  for (;;) {
    const execution = await client.send(new DescribeExecutionCommand({ executionArn }));
    const { status = "", output, error, cause } = execution;
    await look();
    if (status !== "RUNNING" && status !== "PENDING_REDRIVE") {
      const given: unknown = output === undefined ? undefined : JSON.parse(output);
      return { status, output: given, why: [error, cause].filter(Boolean).join(": ") };
    }
    await sleep(pollMilliseconds);
  }
}

/** How an import stands, in a few words, by its entry and its ledger. `owner` is the execution that is followed, if one is. */
export async function importWords(imports: ImportsTable, importId: string, owner?: string): Promise<string> {
  const entry = await imports.get(importId);
  if (!entry || (owner !== undefined && entry.owner !== owner)) return "starting";
  if (entry.status !== "RUNNING") return entry.status;
  if (entry.records === undefined) return "checking the file";
  const closed: Outcomes[] = [];
  for await (const { outcomes } of imports.ledger(importId)) if (outcomes) closed.push(outcomes);
  const done = countOutcomes(addOutcomes(closed));
  return `${done.toLocaleString("en")} of ${entry.records.toLocaleString("en")} records done`;
}
