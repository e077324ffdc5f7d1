import { DynamoDBClient, ListTablesCommand, paginateScan } from "@aws-sdk/client-dynamodb";
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListBucketsCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  SFNClient,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { setTimeout as pause } from "node:timers/promises";
import type { Sandbox } from "./environment.ts";

/** An execution of a state machine that has ended. */
export interface Ended {
  readonly name: string;
  readonly status: string;
  readonly input: string;
  readonly error?: string;
}

/** What stands in the emulator, as the AWS SDK sees it. */
export class Cloud {
  readonly #s3: S3Client;
  readonly #dynamodb: DynamoDBClient;
  readonly #stepFunctions: SFNClient;

  constructor({ endpoint, region }: Sandbox) {
    const settings = { endpoint, region, credentials: { accessKeyId: "test", secretAccessKey: "test" } };
    this.#s3 = new S3Client({ ...settings, forcePathStyle: true });
    this.#dynamodb = new DynamoDBClient(settings);
    this.#stepFunctions = new SFNClient(settings);
  }

  async put(bucket: string, key: string, body: Uint8Array): Promise<void> {
    await this.#s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
  }

  async text(bucket: string, key: string): Promise<string> {
    const { Body } = await this.#s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return (await Body?.transformToString()) ?? "";
  }

  /** Every item of a table. */
  async items(table: string): Promise<Record<string, unknown>[]> {
    const items: Record<string, unknown>[] = [];
    for await (const page of paginateScan({ client: this.#dynamodb }, { TableName: table }))
      items.push(...(page.Items ?? []).map((item) => unmarshall(item)));
    return items;
  }

  /** Starts an execution of a machine. */
  async start(machine: string, input: object): Promise<void> {
    await this.#stepFunctions.send(
      new StartExecutionCommand({ stateMachineArn: machine, input: JSON.stringify(input) }),
    );
  }

  /** The executions of a machine once there are `count` and none runs any more. Throws after `seconds`. */
  async ended(machine: string, count: number, seconds: number): Promise<Ended[]> {
    const deadline = Date.now() + seconds * 1000;
    for (;;) {
      const { executions = [] } = await this.#stepFunctions.send(
        new ListExecutionsCommand({ stateMachineArn: machine }),
      );
      // The emulator lists a Map's children too; they are named by the Map.
      const own = executions.filter(({ mapRunArn }) => mapRunArn === undefined);
      if (own.length >= count && own.every(({ status }) => status !== "RUNNING"))
        return Promise.all(own.map(({ executionArn }) => this.#describe(executionArn!)));
      if (Date.now() > deadline)
        throw new Error(
          `After ${seconds} s there are ${own.length} executions of ${count}: ${own.map(({ status }) => status).join(", ")}.`,
        );
      await pause(200);
    }
  }

  /** Deletes every version of every object. */
  async empty(bucket: string): Promise<void> {
    for (;;) {
      const { Versions = [], DeleteMarkers = [] } = await this.#s3.send(
        new ListObjectVersionsCommand({ Bucket: bucket }),
      );
      const all = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
      if (all.length === 0) return;
      await this.#s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: all } }));
    }
  }

  /** Names of the buckets, tables and state machines that stand. */
  async standing(): Promise<string[]> {
    const { Buckets = [] } = await this.#s3.send(new ListBucketsCommand());
    const { TableNames = [] } = await this.#dynamodb.send(new ListTablesCommand());
    const { stateMachines = [] } = await this.#stepFunctions.send(new ListStateMachinesCommand());
    return [...Buckets.map(({ Name }) => Name!), ...TableNames, ...stateMachines.map(({ name }) => name!)];
  }

  async #describe(executionArn: string): Promise<Ended> {
    const found = await this.#stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
    const { name = "", status = "", input = "", error, cause } = found;
    return { name, status, input, ...(error && { error: `${error}: ${cause ?? ""}` }) };
  }
}
