import { randomUUID } from "node:crypto";
import { GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { NotEmulated, StateError } from "./errors.ts";
import type { Execution } from "./executions.ts";
import { fill, type Definition, type Json, type State } from "./interpreter.ts";
import type { Work } from "./work.ts";

/** One run of a Map. */
export interface MapRun {
  readonly label: string;
  readonly arn: string;
}

/** Starts a child and waits for its end. */
export type RunChild = (
  parent: Execution,
  processor: Definition,
  run: MapRun,
  input: Json,
  signal: AbortSignal,
) => Promise<Execution>;

/** A Map state in distributed mode, as far as the engine goes. */
interface DistributedMap {
  readonly Label?: string;
  readonly ItemReader: {
    readonly ReaderConfig: { readonly InputType: "JSON" | "JSONL" };
    readonly Parameters: unknown;
  };
  readonly ItemSelector?: unknown;
  readonly ItemProcessor: Definition;
  readonly MaxConcurrency?: number;
  readonly ToleratedFailurePercentage?: number;
  readonly ToleratedFailureCount?: number;
  readonly ResultWriter: { readonly Parameters: unknown };
}

const known = new Set(
  `Type Comment InputPath ResultSelector ResultPath OutputPath Retry Catch Next End Label ItemReader ItemSelector ItemProcessor
   ResultWriter MaxConcurrency ToleratedFailurePercentage ToleratedFailureCount`.split(/\s+/),
);

/** Throws, by its name, on what a distributed Map asks for and the engine does not have. */
export function checkMap(name: string, state: State): void {
  const expect = (what: string, found: unknown, ...served: readonly string[]) => {
    if (!served.includes(String(found)))
      throw new NotEmulated(`${what} ${String(found)} of a distributed Map (state ${name})`);
  };
  type Part = Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>> | undefined;
  const [reader, writer, processor] = [state["ItemReader"], state["ResultWriter"], state["ItemProcessor"]] as Part[];
  for (const field of Object.keys(state)) expect("the field", field, ...known);
  expect("the ItemReader", reader?.["Resource"], "arn:aws:states:::s3:getObject");
  for (const field of Object.keys(reader?.["ReaderConfig"] ?? {})) expect("the ReaderConfig", field, "InputType");
  expect("the InputType", reader?.["ReaderConfig"]?.["InputType"], "JSON", "JSONL");
  expect("the ResultWriter", writer?.["Resource"], "arn:aws:states:::s3:putObject");
  expect("the ExecutionType", processor?.["ProcessorConfig"]?.["ExecutionType"], "STANDARD");
}

/**
 * Runs a distributed Map: a child execution for each item, as many at once as MaxConcurrency says, until all are done or more
 * failed than are tolerated. Gives where the results are.
 */
export async function runMap(s3: S3Client, runChild: RunChild, work: Work): Promise<Json> {
  await work.started();
  const map = work.state as unknown as DistributedMap;
  const id = randomUUID();
  const label = map.Label ?? work.name;
  const run = { label, arn: `${work.execution.stateMachineArn.replace(":stateMachine:", ":mapRun:")}/${label}:${id}` };
  const items = await readItems(s3, map, work);
  const giveUp = new AbortController();
  const signal = AbortSignal.any([work.signal, giveUp.signal]);
  const waiting = items.entries();
  const children: Execution[] = [];
  let failed = 0;
  const runSome = async (): Promise<void> => {
    for (const [Index, Value] of waiting) {
      if (signal.aborted) return;
      const context = { ...work.context, Map: { Item: { Index, Value } } };
      const input = map.ItemSelector === undefined ? Value : await fill(map.ItemSelector, work.input, context);
      const child = await runChild(work.execution, map.ItemProcessor, run, input, signal);
      children[Index] = child;
      if (child.status !== "SUCCEEDED") failed++;
      if (!tolerates(map, failed, items.length)) giveUp.abort();
    }
  };
  await Promise.all(Array.from({ length: Math.min(items.length, map.MaxConcurrency || 10_000) }, runSome));
  const written = await writeResults(s3, map, work, run.arn, Object.values(children));
  if (!giveUp.signal.aborted) return written;
  throw new StateError(
    "States.ExceedToleratedFailureThreshold",
    `${failed} of ${items.length} items of ${run.arn} failed.`,
  );
}

/** Without either threshold no failure is tolerated; with one, the other does not count. */
function tolerates(map: DistributedMap, failed: number, items: number): boolean {
  const { ToleratedFailureCount: count, ToleratedFailurePercentage: percentage } = map;
  if (count === undefined && percentage === undefined) return failed === 0;
  return failed <= (count ?? Infinity) && (failed * 100) / items <= (percentage ?? 100);
}

async function readItems(s3: S3Client, { ItemReader }: DistributedMap, { input, context }: Work): Promise<Json[]> {
  try {
    const { Bucket, Key } = (await fill(ItemReader.Parameters, input, context)) as { Bucket: string; Key: string };
    const text = (await (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString()) ?? "";
    const lines = text.split("\n").filter((line) => line.trim() !== "");
    const json = ItemReader.ReaderConfig.InputType === "JSON" ? text : `[${lines.join(",")}]`;
    const items = JSON.parse(json) as Json;
    if (Array.isArray(items)) return items;
    throw new Error("they are no JSON array.");
  } catch (error) {
    throw new StateError("States.ItemReaderFailed", `The items cannot be read: ${(error as Error).message}`);
  }
}

async function writeResults(
  s3: S3Client,
  { ResultWriter }: DistributedMap,
  { input, context }: Work,
  MapRunArn: string,
  children: readonly Execution[],
): Promise<Json> {
  try {
    const { Bucket, Prefix } = (await fill(ResultWriter.Parameters, input, context)) as {
      Bucket: string;
      Prefix: string;
    };
    const folder = `${Prefix.replace(/\/$/, "")}/${MapRunArn.split(":").at(-1)!}`;
    const put = async (name: string, content: unknown) => {
      const Body = Buffer.from(JSON.stringify(content));
      await s3.send(new PutObjectCommand({ Bucket, Key: `${folder}/${name}`, Body }));
      return { Key: `${folder}/${name}`, Size: Body.length };
    };
    const list = async (name: string, results: readonly Execution[]) =>
      results.length > 0 ? [await put(name, results.map(resultOf))] : [];
    const [done, failed] = [true, false].map((well) =>
      children.filter(({ status }) => (status === "SUCCEEDED") === well),
    );
    const ResultFiles = {
      SUCCEEDED: await list("SUCCEEDED_0.json", done!),
      FAILED: await list("FAILED_0.json", failed!),
      PENDING: [],
    };
    const { Key } = await put("manifest.json", { DestinationBucket: Bucket, MapRunArn, ResultFiles });
    return { MapRunArn, ResultWriterDetails: { Bucket, Key } };
  } catch (error) {
    throw new StateError("States.ResultWriterFailed", `The results cannot be written: ${(error as Error).message}`);
  }
}

function resultOf(child: Execution): object {
  return {
    ExecutionArn: child.executionArn,
    Input: child.input,
    InputDetails: { Included: true },
    Name: child.name,
    ...(child.output !== undefined && { Output: child.output, OutputDetails: { Included: true } }),
    ...(child.error !== undefined && { Error: child.error }),
    ...(child.cause !== undefined && { Cause: child.cause }),
    RedriveCount: 0,
    StartDate: child.startDate,
    StateMachineArn: child.stateMachineArn,
    Status: child.status,
    StopDate: child.stopDate,
  };
}
