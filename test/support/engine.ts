import {
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, inject } from "vitest";
import type { DeadLetter } from "#failures/dead-letter.ts";
import { FailuresTable } from "#failures/failures-table.ts";
import type { ImportEntry } from "#imports/import-entry.ts";
import type { Report } from "#imports/report.ts";
import type { ReprocessRequest, RunCounts, RunEntry } from "#reprocessing/flow.ts";
import type { Execution } from "../../scripts/local/executions.ts";
import { startEngine, type Engine } from "../../scripts/local/engine.ts";
import type { Fault, StateCall } from "../../scripts/local/step-functions.ts";
import { synthesise } from "../../infra/main.ts";
import { configOf, type Config } from "../../infra/config.ts";
import { namingOf } from "../../infra/naming.ts";
import { Judge } from "./judge.ts";

/** The project's whole stack on the engine, with the feeds of test/fixtures/feeds, for the tests of one file. */
export class Pipeline {
  /** What goes wrong in the test at hand; cleared by `heal`. */
  faults: (call: StateCall) => Fault | undefined = () => undefined;
  readonly dataDir = mkdtempSync(join(tmpdir(), "product-import-test-"));
  readonly #config: Partial<Config>;
  readonly #rulesOff: readonly string[];
  readonly #judged: boolean;
  readonly #edit: (stack: SynthesisedStack) => void;
  #engine: Engine | undefined;
  #judge: Judge | undefined;
  #s3: S3Client | undefined;
  #dynamodb: DynamoDBClient | undefined;

  /**
   * Rules are switched off by the ending of their names: `file-arrived`, `execution-ended`. Where calls come by the hundred
   * thousand they may go unjudged: judging one takes a third of a millisecond. What no setting says is edited in the stack.
   */
  constructor(
    config: Partial<Config> = {},
    rulesOff: readonly string[] = [],
    judged = true,
    edit: (stack: SynthesisedStack) => void = () => undefined,
  ) {
    this.#config = config;
    this.#rulesOff = rulesOff;
    this.#judged = judged;
    this.#edit = edit;
  }

  get engine(): Engine {
    if (!this.#engine) throw new Error("The engine starts before the first test.");
    return this.#engine;
  }

  /** Holds all that a Lambda calls to the policy of its role. */
  get judge(): Judge {
    if (!this.#judge) throw new Error("The judge comes with the engine, before the first test.");
    return this.#judge;
  }

  /** Starts the engine; the Lambdas are those that all tests share, if no others are given. */
  async start(bundles = inject("lambdas")): Promise<void> {
    const stack = { outdir: join(this.dataDir, "stack"), bundles, config: configOf(this.#config) };
    const stackFile = synthesise(stack).file;
    editStack(stackFile, (written) => {
      switchOff(written, this.#rulesOff);
      this.#edit(written);
    });
    const judge = (this.#judge = new Judge(stackFile));
    await judge.start();
    const roles = new Map(judge.policies.functions().map(({ name, role }) => [name, role]));
    this.#engine = await startEngine({
      dataDir: join(this.dataDir, "data"),
      stackFile,
      retryDelayMilliseconds: 1,
      faults: (call) => this.faults(call),
      settingsOf: (lambda, environment) =>
        this.#judged ? judge.settingsFor(roles.get(lambda)!, environment) : environment,
    });
    this.#s3 = new S3Client({ ...this.engine.client("S3"), forcePathStyle: true });
    this.#dynamodb = new DynamoDBClient(this.engine.client("DYNAMODB"));
  }

  /** Stops the engine. Throws where a Lambda has called what its role may not do, whatever became of it. */
  async stop(): Promise<void> {
    await this.#halt();
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  async #halt(): Promise<void> {
    await this.#engine?.stop();
    this.#judge?.stop();
    const { refusals = [] } = this.#judge ?? {};
    if (refusals.length > 0) throw new Error([...new Set(refusals)].join("\n"));
  }

  /** Deploys other Lambdas over what is stored. */
  async deploy(bundles: string): Promise<void> {
    await this.#halt();
    await this.start(bundles);
  }

  /** Drops a file into the inbox, as upstream does. */
  async drop(key: string, body: string | Uint8Array): Promise<void> {
    await this.#s3!.send(new PutObjectCommand({ Bucket: this.engine.output("inbox_bucket"), Key: key, Body: body }));
  }

  /** Drops a file and gives its report once nothing runs any more. */
  async import(key: string, body: string | Uint8Array): Promise<Report> {
    const before = new Set(await this.importIds());
    await this.drop(key, body);
    await this.idle();
    const made = (await this.entries()).filter((entry) => !before.has(entry.importId));
    if (made.length !== 1) throw new Error(`${key} became ${made.length} imports, not one.`);
    return this.report(made[0]!);
  }

  /** Runs dead letters again and gives what became of them, with the run's entry. */
  async reprocess(
    request: Partial<ReprocessRequest> = {},
  ): Promise<{ counts: RunCounts; run: RunEntry; execution: Execution }> {
    const whole = { who: "test", reason: "a test", ...request };
    const { executionArn } = this.engine.startExecution(this.engine.output("reprocess_machine_arn"), whole);
    const execution = await this.engine.ended(executionArn);
    const run = (await this.runs()).find((one) => one.execution === executionArn)!;
    return { counts: run.counts!, run, execution };
  }

  /** Switches a rule of EventBridge off or on: `file-arrived`, `execution-ended`. */
  switchRule(role: string, on: boolean): void {
    this.engine.switchRule(namingOf(configOf(this.#config))(role), on);
  }

  /** Sweeps as the schedule does, so many minutes from now. */
  async sweep(minutes = 0): Promise<{ closed: number; released: number; started: number; more: boolean }> {
    const at = new Date(Date.now() + minutes * 60_000).toISOString();
    const swept = await this.engine.invoke(this.engine.output("sweep_function"), { at });
    return swept as Awaited<ReturnType<Pipeline["sweep"]>>;
  }

  /** Puts an event on the project's bus, as another system would. */
  async putEvent(DetailType: string, detail: object): Promise<void> {
    const EventBusName = this.engine.output("announcements_bus");
    const client = new EventBridgeClient(this.engine.client("EVENTBRIDGE"));
    const Entries = [{ EventBusName, Source: "test", DetailType, Detail: JSON.stringify(detail) }];
    const answer = await client.send(new PutEventsCommand({ Entries }));
    if (answer.FailedEntryCount) throw new Error(`The bus did not take ${DetailType}.`);
  }

  /** All runs, oldest first. */
  async runs(): Promise<RunEntry[]> {
    const items = await this.scan(this.engine.output("imports_table"));
    const runs = items.filter((item) => item["entry"] === "RUN") as unknown as RunEntry[];
    return runs.sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1));
  }

  /** Puts a failed-records CSV where corrections lie, and gives its place. */
  async upload(body: string): Promise<{ bucket: string; key: string }> {
    const ref = { bucket: this.engine.output("work_bucket"), key: `corrections/${randomUUID()}.csv` };
    await this.#s3!.send(new PutObjectCommand({ Bucket: ref.bucket, Key: ref.key, Body: body }));
    return ref;
  }

  async idle(): Promise<void> {
    // The event of a file that was just put may still be on its way.
    await pause(50);
    await this.engine.waitForIdle();
  }

  async importIds(): Promise<string[]> {
    return (await this.entries()).map((entry) => entry.importId);
  }

  /** All imports, oldest first. */
  async entries(): Promise<ImportEntry[]> {
    const items = await this.scan(this.engine.output("imports_table"));
    const imports = items.filter((item) => item["entry"] === "IMPORT") as unknown as ImportEntry[];
    return imports.sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1));
  }

  async entry(importId: string): Promise<ImportEntry> {
    return (await this.entries()).find((entry) => entry.importId === importId)!;
  }

  async report(entry: ImportEntry): Promise<Report> {
    if (!entry.reports)
      throw new Error(`Import ${entry.importId} of ${entry.file.key} is ${entry.status} and has no report.`);
    return JSON.parse(await this.read(entry.reports.report)) as Report;
  }

  /** The failed-records CSV of a report, as text. */
  async failedRecords(importId: string): Promise<string> {
    return this.read((await this.entry(importId)).reports!.failedRecords!);
  }

  /** The dead letters of an import, or the traces of those that failed in it again, in the order of its records. */
  async deadLetters(importId: string, traces = false): Promise<DeadLetter[]> {
    const letters = (await this.scan(this.engine.output("failures_table"))) as unknown as DeadLetter[];
    return letters
      .filter((letter) => letter.importId === importId && (letter.trace ?? false) === traces)
      .sort((a, b) => a.recordNumber - b.recordNumber);
  }

  /** The ledger of an import. */
  async ledger(importId: string): Promise<Record<string, unknown>[]> {
    const { Items = [] } = await this.#dynamodb!.send(
      new QueryCommand({
        TableName: this.engine.output("imports_table"),
        KeyConditionExpression: "importId = :id AND begins_with(#entry, :chunk)",
        ExpressionAttributeNames: { "#entry": "entry" },
        ExpressionAttributeValues: { ":id": { S: importId }, ":chunk": { S: "CHUNK#" } },
      }),
    );
    return Items.map((item) => unmarshall(item));
  }

  /** A stored product with what the store remembers of it; undefined where there is none. */
  async product(
    catalog: string,
    sku: string,
  ): Promise<{ body: Record<string, unknown>; importId: string; record: number } | undefined> {
    const { Item } = await this.#dynamodb!.send(
      new GetItemCommand({
        TableName: this.engine.output("products_table"),
        Key: { product: { S: `${catalog}#${sku}` } },
      }),
    );
    return Item && (unmarshall(Item) as { body: Record<string, unknown>; importId: string; record: number });
  }

  /** Makes a stored product a little newer, as a correction of its record does that changes nothing. */
  async advance(catalog: string, sku: string): Promise<void> {
    const TableName = this.engine.output("products_table");
    const Key = { product: { S: `${catalog}#${sku}` } };
    const { Item } = await this.#dynamodb!.send(new GetItemCommand({ TableName, Key }));
    await this.#dynamodb!.send(
      new UpdateItemCommand({
        ...{ TableName, Key, UpdateExpression: "SET sourceVersion = :version" },
        ExpressionAttributeValues: { ":version": { S: `${Item!["sourceVersion"]!.S!}/0001` } },
      }),
    );
  }

  /** The executions of the import machine that an event of a key started, oldest first. */
  executionsOf(key: string) {
    return this.engine
      .executions()
      .filter((execution) => !execution.mapRunArn && execution.input.includes(JSON.stringify(key)));
  }

  /** Parks a dead letter and takes it back, as a person does. */
  async reopened(id: string): Promise<void> {
    const failures = new FailuresTable(this.#dynamodb!, this.engine.output("failures_table"));
    const by = { id: "test", who: "test", reason: "a test", filter: id };
    await failures.park((await failures.get(id))!, by, new Date().toISOString());
    await failures.reopen((await failures.get(id))!, by, new Date().toISOString());
  }

  /** Moves the last failure of a dead letter into the past. */
  async age(letter: DeadLetter, failedAt: string): Promise<void> {
    await this.#dynamodb!.send(
      new UpdateItemCommand({
        TableName: this.engine.output("failures_table"),
        Key: { chunk: { S: letter.chunk }, record: { S: letter.record } },
        UpdateExpression: "SET failedAt = :failedAt",
        ExpressionAttributeValues: { ":failedAt": { S: failedAt } },
      }),
    );
  }

  /** Changes a dead letter to one that an earlier version has left. */
  async rewrite(letter: DeadLetter, attributes: Partial<DeadLetter>): Promise<void> {
    const item = marshall({ ...letter, ...attributes }, { removeUndefinedValues: true });
    await this.#dynamodb!.send(new PutItemCommand({ TableName: this.engine.output("failures_table"), Item: item }));
  }

  async read(ref: { bucket: string; key: string }): Promise<string> {
    const answer = await this.#s3!.send(new GetObjectCommand({ Bucket: ref.bucket, Key: ref.key }));
    return (await answer.Body?.transformToString()) ?? "";
  }

  /** The objects under a prefix, as text, in the order of their keys. */
  async readAll(bucket: string, prefix: string): Promise<string[]> {
    const { Contents = [] } = await this.#s3!.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
    return Promise.all(Contents.map(({ Key }) => this.read({ bucket, key: Key! })));
  }

  /** Deletes an object, as its expiry does. */
  async remove(ref: { readonly bucket: string; readonly key: string }): Promise<void> {
    await this.#s3!.send(new DeleteObjectCommand({ Bucket: ref.bucket, Key: ref.key }));
  }

  async scan(table: string): Promise<Record<string, unknown>[]> {
    const items: Record<string, unknown>[] = [];
    let from: Record<string, never> | undefined;
    do {
      const page = await this.#dynamodb!.send(
        new ScanCommand({ TableName: table, ConsistentRead: true, ...(from && { ExclusiveStartKey: from }) }),
      );
      items.push(...(page.Items ?? []).map((item) => unmarshall(item)));
      from = page.LastEvaluatedKey as Record<string, never> | undefined;
    } while (from);
    return items;
  }
}

/** What a test may change of the stack that the engine reads. */
interface SynthesisedStack {
  readonly resource: {
    readonly aws_cloudwatch_event_rule: Readonly<Record<string, { readonly name: string; state?: string }>>;
    readonly aws_lambda_function: Readonly<Record<string, { readonly function_name: string; timeout: number }>>;
  };
}

function editStack(stackFile: string, edit: (stack: SynthesisedStack) => void): void {
  const stack = JSON.parse(readFileSync(stackFile, "utf8")) as SynthesisedStack;
  edit(stack);
  writeFileSync(stackFile, JSON.stringify(stack));
}

/** Switches rules off, as an operator would. */
function switchOff(stack: SynthesisedStack, endings: readonly string[]): void {
  for (const ending of endings) {
    const rule = Object.values(stack.resource.aws_cloudwatch_event_rule).find(({ name }) => name.endsWith(ending));
    if (!rule) throw new Error(`The stack has no rule whose name ends in ${ending}.`);
    rule.state = "DISABLED";
  }
}

/** A pipeline that runs for all tests of a file. */
export function pipelineForFile(...options: ConstructorParameters<typeof Pipeline>): Pipeline {
  const pipeline = new Pipeline(...options);
  beforeAll(() => pipeline.start());
  afterAll(() => pipeline.stop());
  return pipeline;
}

/** A file of the feed `simple`: a header and one line a product. */
export function simpleFile(rows: readonly (readonly string[])[]): string {
  return [["sku", "name", "price", "barcode"], ...rows].map((cells) => `${cells.join(",")}\n`).join("");
}

/** Waits until something is so, looking every few milliseconds; the test's own time-out is its bound. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await pause(10);
}
