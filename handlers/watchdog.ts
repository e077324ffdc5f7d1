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
export const handler = lambda<StatusChange, Watched>(validate, async ({ detail }) => {
  const { executionArn, stateMachineArn, status, input } = detail;
  const executions = new Executions(stepFunctions, importMachine);
  const now = new Date();
  const isRun = stateMachineArn !== importMachine;
  const closed = isRun ? 0 : await close(executionArn, status, executions, now);
  const owner = isRun ? executionArn : await claimantOfClosed(input);
  const released = owner === undefined ? 0 : await release(owner, executions, now);
  if (isRun) await endRun(imports, await imports.run(runIdOf(executionArn)), now);
  return { closed, released };
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

/** Who had taken dead letters for an import that was closed just now: a closing ends as FAILED, whatever it achieved. */
async function claimantOfClosed(input: string | null | undefined): Promise<string | undefined> {
  const { close } = JSON.parse(input ?? "{}") as { close?: { importId?: string } };
  const entry = close?.importId === undefined ? undefined : await imports.get(close.importId);
  return entry && claimantOf(entry).id;
}
