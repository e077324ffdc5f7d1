import { randomUUID } from "node:crypto";
import { GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { NotEmulated, StateError } from "./errors.ts";
import type { Execution } from "./executions.ts";
import { fill, type Definition, type Json, type JsonObject, type State } from "./interpreter.ts";
import type { Work } from "./step-functions.ts";

/** A Map state in distributed mode, as far as the engine goes. */
interface DistributedMap {
  readonly Label?: string;
  readonly ItemReader?: Access & {
    readonly ReaderConfig: { readonly InputType: "JSON" | "JSONL"; readonly MaxItems?: number };
  };
  readonly ItemsPath?: string;
  readonly ItemSelector?: unknown;
  readonly ItemProcessor: Definition;
  readonly MaxConcurrency?: number;
  readonly ToleratedFailurePercentage?: number;
  readonly ToleratedFailureCount?: number;
  readonly ResultWriter?: Access;
}
interface Access {
  readonly Resource: string;
  readonly Parameters: unknown;
}

/** Starts a child and waits for its end. */
export type RunChild = (
  work: Work,
  processor: Definition,
  run: MapRun,
  input: Json,
  signal: AbortSignal,
) => Promise<Execution>;

/** One run of a Map. */
export interface MapRun {
  readonly label: string;
  readonly arn: string;
}

const common = [
  "Type",
  "Comment",
  "InputPath",
  "ResultSelector",
  "ResultPath",
  "OutputPath",
  "Retry",
  "Catch",
  "Next",
  "End",
];
const known = new Set([
  ...common,
  ...["Label", "ItemReader", "ItemsPath", "ItemSelector", "ItemProcessor", "ResultWriter"],
  ...["MaxConcurrency", "ToleratedFailurePercentage", "ToleratedFailureCount"],
]);

/** Throws, by its name, on what a distributed Map asks for and the engine does not have. */
export function checkMap(name: string, state: State): void {
  const { ItemReader, ResultWriter, ItemProcessor } = state as unknown as DistributedMap;
  const missing = (what: string) => new NotEmulated(`${what} (state ${name})`);
  for (const field of Object.keys(state))
    if (!known.has(field)) throw missing(`the field ${field} of a distributed Map`);
  const { ExecutionType } = ItemProcessor["ProcessorConfig"] as { readonly ExecutionType?: string };
  if (ExecutionType !== "STANDARD") throw missing(`children of the type ${String(ExecutionType)}`);
  if (ItemReader) {
    if (ItemReader.Resource !== "arn:aws:states:::s3:getObject")
      throw missing(`the item reader ${ItemReader.Resource}`);
    for (const [field, value] of Object.entries(ItemReader.ReaderConfig))
      if (field !== "MaxItems" && !(field === "InputType" && ["JSON", "JSONL"].includes(String(value))))
        throw missing(`the ReaderConfig ${field} ${String(value)}`);
  }
  if (ResultWriter && ResultWriter.Resource !== "arn:aws:states:::s3:putObject")
    throw missing(`the result writer ${ResultWriter.Resource}`);
}

/**
 * Runs a distributed Map: a child execution for each item, as many at once as MaxConcurrency says, until all are done or more
 * failed than are tolerated. Gives what AWS gives: where the results are, or the outputs themselves without a ResultWriter.
 */
export async function runMap(s3: S3Client, runChild: RunChild, work: Work, input: Json): Promise<Json> {
  const map = work.state as unknown as DistributedMap;
  const id = randomUUID();
  const label = map.Label ?? work.name;
  const arn = `${work.execution.stateMachineArn.replace(":stateMachine:", ":mapRun:")}/${label}:${id}`;
  const items = await readItems(s3, map, input, work.context);
  const giveUp = new AbortController();
  const signal = AbortSignal.any([work.signal, giveUp.signal]);
  const waiting = items.entries();
  const children: Execution[] = [];
  let failed = 0;
  const runNext = async (): Promise<void> => {
    for (const [index, item] of waiting) {
      if (signal.aborted) return;
      const context = { ...work.context, Map: { Item: { Index: index, Value: item } } };
      const childInput = map.ItemSelector === undefined ? item : await fill(map.ItemSelector, input, context);
      const child = await runChild(work, map.ItemProcessor, { label, arn }, childInput, signal);
      children[index] = child;
      if (child.status !== "SUCCEEDED") failed++;
      if (!tolerates(map, failed, items.length)) giveUp.abort();
    }
  };
  const lanes = Math.min(items.length, map.MaxConcurrency || 10_000);
  await Promise.all(Array.from({ length: lanes }, runNext));
  const written = await writeResults(s3, map, { id, arn }, children, input, work.context);
  if (giveUp.signal.aborted)
    throw new StateError(
      "States.ExceedToleratedFailureThreshold",
      `${failed} of ${items.length} items failed, more than ${arn} tolerates.`,
    );
  return written;
}

/** Without either threshold no failure is tolerated; with one, the other does not count. */
function tolerates(map: DistributedMap, failed: number, items: number): boolean {
  const { ToleratedFailureCount: count, ToleratedFailurePercentage: percentage } = map;
  if (count === undefined && percentage === undefined) return failed === 0;
  return failed <= (count ?? Infinity) && (failed * 100) / items <= (percentage ?? 100);
}

async function readItems(s3: S3Client, map: DistributedMap, input: Json, context: JsonObject): Promise<Json[]> {
  const { ItemReader: reader, ItemsPath = "$" } = map;
  try {
    if (!reader) {
      const { items } = (await fill({ "items.$": ItemsPath }, input, context)) as { items: Json };
      return listOf(items);
    }
    const { Bucket, Key } = (await fill(reader.Parameters, input, context)) as { Bucket: string; Key: string };
    const text = (await (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString()) ?? "";
    const lines = () => text.split("\n").filter((line) => line.trim() !== "");
    const { InputType, MaxItems = Infinity } = reader.ReaderConfig;
    const items =
      InputType === "JSONL" ? lines().map((line) => JSON.parse(line) as Json) : listOf(JSON.parse(text) as Json);
    return items.slice(0, MaxItems);
  } catch (error) {
    throw new StateError("States.ItemReaderFailed", `The items cannot be read: ${(error as Error).message}`);
  }
}

function listOf(items: Json): Json[] {
  if (Array.isArray(items)) return items;
  throw new Error("they are no JSON array.");
}

async function writeResults(
  s3: S3Client,
  { ResultWriter: writer }: DistributedMap,
  run: { readonly id: string; readonly arn: string },
  children: readonly Execution[],
  input: Json,
  context: JsonObject,
): Promise<Json> {
  if (!writer) return children.map((child) => (child.output === undefined ? null : (JSON.parse(child.output) as Json)));
  const { Bucket, Prefix = "" } = (await fill(writer.Parameters, input, context)) as {
    Bucket: string;
    Prefix?: string;
  };
  const folder = `${Prefix && `${Prefix.replace(/\/$/, "")}/`}${run.id}`;
  const put = async (name: string, content: unknown) => {
    const Body = Buffer.from(JSON.stringify(content));
    await s3.send(new PutObjectCommand({ Bucket, Key: `${folder}/${name}`, Body, ContentType: "application/json" }));
    return { Key: `${folder}/${name}`, Size: Body.length };
  };
  try {
    const done = children.filter(({ status }) => status === "SUCCEEDED").map(resultOf);
    const failed = children.filter(({ status }) => status !== "SUCCEEDED").map(resultOf);
    const ResultFiles = {
      SUCCEEDED: done.length > 0 ? [await put("SUCCEEDED_0.json", done)] : [],
      FAILED: failed.length > 0 ? [await put("FAILED_0.json", failed)] : [],
      PENDING: [],
    };
    const { Key } = await put("manifest.json", { DestinationBucket: Bucket, MapRunArn: run.arn, ResultFiles });
    return { MapRunArn: run.arn, ResultWriterDetails: { Bucket, Key } };
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
