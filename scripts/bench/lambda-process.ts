/** Runs in a process of its own: one call of one bundled Lambda, as after a cold start. */
import { randomUUID } from "node:crypto";
import type { Context } from "aws-lambda";
import { peakMegabytes } from "./peak-memory.ts";

/** What the process is told. */
export interface LambdaTask {
  /** URL of the bundle. */
  readonly module: string;
  readonly event: unknown;
}

/** What it answers. */
export interface LambdaAnswer {
  readonly result: unknown;
  /** The most memory that the process ever had resident, in megabytes of a million bytes. */
  readonly peakMegabytes: number;
}

type Handler = (event: unknown, context: Partial<Context>) => Promise<unknown>;

async function call({ module, event }: LambdaTask): Promise<LambdaAnswer> {
  const { handler } = (await import(module)) as { handler: Handler };
  const result = await handler(event, { awsRequestId: randomUUID() });
  return { result: result ?? null, peakMegabytes: peakMegabytes() };
}

process.once("message", (task: LambdaTask) => void call(task).then((answer) => process.send?.(answer)));
process.on("disconnect", () => process.exit());
