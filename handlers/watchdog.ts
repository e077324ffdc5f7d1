import { SFNClient } from "@aws-sdk/client-sfn";
import { variable } from "#aws/environment.ts";
import { dynamodb } from "#aws/dynamodb.ts";
import { lambda } from "#aws/lambda.ts";
import { FailuresTable } from "#failures/failures-table.ts";
import { claimantOf } from "#failures/claimant.ts";
import { feeds } from "#feeds/deployed.ts";
import { ImportsTable } from "#imports/imports-table.ts";
import { closeOrphans } from "#recovery/close-orphans.ts";
import { endRun } from "#recovery/end-runs.ts";
import { Executions } from "#recovery/executions.ts";
import { releaseOrphans, runIdOf } from "#recovery/release-orphans.ts";
import validate from "#validators/states/watchdog.js";

/** What EventBridge says of an execution that ended badly. */
interface StatusChange {
  readonly detail: {
    readonly executionArn: string;
    readonly stateMachineArn: string;
    readonly status: string;
    /** JSON text; absent where it is too large for an event. */
    readonly input?: string | null;
  };
}

interface Watched {
  readonly closed: number;
  readonly released: number;
}

const stepFunctions = new SFNClient({});
const imports = new ImportsTable(dynamodb, variable("IMPORTS_TABLE"));
const failures = new FailuresTable(dynamodb, variable("FAILURES_TABLE"));
const importMachine = variable("IMPORT_MACHINE_ARN");

/** Deals with what an execution left that ended badly: its imports are closed, the dead letters that it had taken put back. */
export const handler = lambda<StatusChange, Watched>("Watchdog", validate, async ({ detail }) => {
  const { executionArn, stateMachineArn, status } = detail;
  const executions = new Executions(stepFunctions, importMachine);
  const now = new Date();
  if (stateMachineArn !== importMachine) {
    const released = await release(executionArn, executions, now);
    await endRun(imports, await imports.run(runIdOf(executionArn)), now);
    return { closed: 0, released };
  }
  // A closing ends as FAILED whatever it achieved. One that achieved nothing is the sweep's: here it would begin again at once.
  const closing = closingOf(detail);
  if (closing === undefined) return { closed: await close(executionArn, status, executions, now), released: 0 };
  const entry = await imports.get(closing);
  return { closed: 0, released: entry ? await release(claimantOf(entry).id, executions, now) : 0 };
});

async function close(executionArn: string, status: string, executions: Executions, now: Date): Promise<number> {
  const { count } = await closeOrphans(imports, executions, {
    isOrphan: ({ owner }) => owner === executionArn,
    reason: `The execution that owned the import ended as ${status}.`,
    most: Infinity,
    now,
  });
  return count;
}

async function release(owner: string, executions: Executions, now: Date): Promise<number> {
  const looksAt = (letter: { owner?: string }) => letter.owner === owner;
  const { count } = await releaseOrphans(failures, imports, executions, {
    ...{ feeds: feeds.keys(), looksAt, most: Infinity, now },
  });
  return count;
}

/** The import that an execution was to close. */
function closingOf({ input }: StatusChange["detail"]): string | undefined {
  return (JSON.parse(input ?? "{}") as { close?: { importId?: string } }).close?.importId;
}
