import { DynamoDBClient, paginateScan } from "@aws-sdk/client-dynamodb";
import {
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
  PutEventsCommand,
} from "@aws-sdk/client-eventbridge";
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  paginateListObjectsV2,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import {
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  ListExecutionsCommand,
  ListMapRunsCommand,
  paginateListExecutions,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from "@aws-sdk/client-sfn";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { Sandbox } from "./environment.ts";
import { until } from "./until.ts";

/** How a client reaches the emulator. */
export interface ClientSettings {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
}

/** The settings of a client of the sandbox's emulator. */
export function clientSettings({ endpoint, region, variables }: Sandbox): ClientSettings {
  const { AWS_ACCESS_KEY_ID: accessKeyId = "", AWS_SECRET_ACCESS_KEY: secretAccessKey = "" } = variables;
  const { AWS_SESSION_TOKEN: sessionToken } = variables;
  return { endpoint, region, credentials: { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) } };
}

/** An execution of a state machine. */
export interface Execution {
  readonly name: string;
  readonly status: string;
  readonly input: string;
  readonly output: string;
  readonly error?: string;
}

/** What stands in the emulator, as the AWS SDK sees it. */
export class Cloud {
  readonly #s3: S3Client;
  readonly #dynamodb: DynamoDBClient;
  readonly #stepFunctions: SFNClient;
  readonly #events: EventBridgeClient;

  constructor(sandbox: Sandbox) {
    const settings = clientSettings(sandbox);
    this.#s3 = new S3Client({ ...settings, forcePathStyle: true });
    this.#dynamodb = new DynamoDBClient(settings);
    this.#stepFunctions = new SFNClient(settings);
    this.#events = new EventBridgeClient(settings);
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

  /** Keys of the objects in a bucket. */
  async keys(bucket: string): Promise<string[]> {
    const keys: string[] = [];
    for await (const { Contents = [] } of paginateListObjectsV2({ client: this.#s3 }, { Bucket: bucket }))
      keys.push(...Contents.map(({ Key }) => Key!));
    return keys;
  }

  /** Starts an execution of a machine and gives its ARN. */
  async start(machine: string, input: object): Promise<string> {
    const { executionArn } = await this.#stepFunctions.send(
      new StartExecutionCommand({ stateMachineArn: machine, input: JSON.stringify(input) }),
    );
    return executionArn!;
  }

  async stop(executionArn: string): Promise<void> {
    await this.#stepFunctions.send(new StopExecutionCommand({ executionArn }));
  }

  async execution(executionArn: string): Promise<Execution> {
    const found = await this.#stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
    const { name = "", status = "", input = "", output = "", error, cause } = found;
    return { name, status, input, output, ...(error && { error: `${error}: ${cause ?? ""}` }) };
  }

  /** Every execution of a machine; the children of its Maps are no executions of it. */
  async executions(machine: string): Promise<Execution[]> {
    const found: Promise<Execution>[] = [];
    const pages = paginateListExecutions({ client: this.#stepFunctions }, { stateMachineArn: machine });
    for await (const { executions = [] } of pages)
      found.push(...executions.map(({ executionArn }) => this.execution(executionArn!)));
    return Promise.all(found);
  }

  /** The executions of a machine once there are `count` and none runs any more. Throws after `seconds`. */
  async ended(machine: string, count: number, seconds: number): Promise<Execution[]> {
    return until(`The end of ${count} executions`, seconds, async () => {
      const all = await this.executions(machine);
      return all.length >= count && all.every(({ status }) => status !== "RUNNING") ? all : undefined;
    });
  }

  /** Resolves once no child of an execution's Maps runs. Throws after `seconds`. */
  async childless(executionArn: string, seconds: number): Promise<void> {
    await until("An end of all children", seconds, async () => {
      const { mapRuns = [] } = await this.#stepFunctions.send(new ListMapRunsCommand({ executionArn }));
      const running = await Promise.all(
        mapRuns.map(({ mapRunArn }) =>
          this.#stepFunctions.send(new ListExecutionsCommand({ mapRunArn, statusFilter: "RUNNING" })),
        ),
      );
      return running.every(({ executions = [] }) => executions.length === 0) ? true : undefined;
    });
  }

  /** The definition of a machine, as executions that start now go by it. */
  async definition(machine: string): Promise<string> {
    return (await this.#stepFunctions.send(new DescribeStateMachineCommand({ stateMachineArn: machine }))).definition!;
  }

  /** Puts an event on a bus. */
  async announce(bus: string, detailType: string, detail: object): Promise<void> {
    const entry = { EventBusName: bus, Source: "e2e", DetailType: detailType, Detail: JSON.stringify(detail) };
    await this.#events.send(new PutEventsCommand({ Entries: [entry] }));
  }

  /** Does something while a rule of the default bus is off. */
  async without(rule: string, work: () => Promise<void>): Promise<void> {
    await this.#events.send(new DisableRuleCommand({ Name: rule }));
    try {
      await work();
    } finally {
      await this.#events.send(new EnableRuleCommand({ Name: rule }));
    }
  }

  async makeBucket(bucket: string): Promise<void> {
    await this.#s3.send(new CreateBucketCommand({ Bucket: bucket }));
  }

  /** Deletes a bucket with all that is in it. */
  async removeBucket(bucket: string): Promise<void> {
    await this.empty(bucket);
    await this.#s3.send(new DeleteBucketCommand({ Bucket: bucket }));
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
}
