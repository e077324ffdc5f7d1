import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DynamoDBClient, GetItemCommand, PutItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from "@aws-sdk/client-sfn";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startEngine, type Engine } from "../../scripts/local/engine.ts";
import { invoke, writeStack } from "./stack.ts";

const inbox = "in-000000000000";
const lambdas = {
  echo: { source: "export const handler = async (event) => event;" },
  slow: { source: "export const handler = () => new Promise((done) => setTimeout(done, 5_000));" },
};
const machines = {
  echo: { StartAt: "Echo", States: { Echo: invoke("echo") } },
  slow: { StartAt: "Sleep", States: { Sleep: invoke("slow") } },
  watch: { StartAt: "See", States: { See: { Type: "Succeed" } } },
};
const rules = {
  arrived: {
    pattern: {
      source: ["aws.s3"],
      "detail-type": ["Object Created"],
      detail: { object: { key: [{ prefix: "incoming/" }] } },
    },
    target: "${aws_sfn_state_machine.echo.arn}",
  },
  aborted: {
    pattern: { source: ["aws.states"], detail: { status: ["ABORTED"] } },
    target: "${aws_sfn_state_machine.watch.arn}",
  },
};

let directory: string;
let stackFile: string;
let engine: Engine;
let s3: S3Client;
let stepFunctions: SFNClient;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "engine-"));
  stackFile = writeStack(directory, { lambdas, machines, rules });
  engine = await startEngine({ dataDir: join(directory, "data"), stackFile });
  s3 = new S3Client(engine.client("S3"));
  stepFunctions = new SFNClient(engine.client("SFN"));
});
afterAll(async () => {
  await engine.stop();
  rmSync(directory, { recursive: true });
});

/** What the machine was started with for an object; undefined where nothing was started. */
async function arrivalOf(key: string) {
  await engine.waitForIdle();
  const inputs = engine.executions().map(({ name, input }) => ({ name, ...(JSON.parse(input) as Arrival) }));
  return inputs.findLast(({ detail }) => detail?.object?.key === key);
}
interface Arrival {
  readonly id: string;
  readonly time: string;
  readonly detail?: { readonly object?: { readonly key: string; readonly sequencer: string }; readonly reason: string };
}

describe("an object put into a bucket with events", () => {
  test.each(["a b.csv", "a+b.csv", "100%.csv", "50%25.csv", "ü 日本.csv", "a&b='c';(d)!*~@$,:?#[].csv", "folder/"])(
    "starts what a rule says, with the key %s as it is",
    async (name) => {
      const Key = `incoming/${name}`;
      await s3.send(new PutObjectCommand({ Bucket: inbox, Key, Body: "four" }));
      expect(await arrivalOf(Key)).toMatchObject({
        version: "0",
        "detail-type": "Object Created",
        source: "aws.s3",
        account: "000000000000",
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string,
        region: "eu-west-1",
        resources: [`arn:aws:s3:::${inbox}`],
        detail: {
          bucket: { name: inbox },
          object: { key: Key, size: 4, etag: "8cbad96aced40b3838dd9f07f6ef5772" },
          requester: "000000000000",
          reason: "PutObject",
        },
      });
    },
  );

  test("starts an execution that is named for the event", async () => {
    await s3.send(new PutObjectCommand({ Bucket: inbox, Key: "incoming/named.csv", Body: "x" }));
    const { name, id } = (await arrivalOf("incoming/named.csv"))!;
    expect(name).toBe(id);
  });

  test("has a sequencer that grows", async () => {
    const sequencers: string[] = [];
    for (const body of ["one", "two", "three"]) {
      await s3.send(new PutObjectCommand({ Bucket: inbox, Key: "incoming/again.csv", Body: body }));
      sequencers.push((await arrivalOf("incoming/again.csv"))!.detail!.object!.sequencer);
    }
    expect(sequencers).toEqual([...new Set(sequencers)].sort());
  });

  test("starts nothing where no rule matches, or from another bucket", async () => {
    await s3.send(new PutObjectCommand({ Bucket: inbox, Key: "outgoing/x.csv", Body: "x" }));
    await s3.send(new PutObjectCommand({ Bucket: "work", Key: "incoming/y.csv", Body: "x" }));
    expect([await arrivalOf("outgoing/x.csv"), await arrivalOf("incoming/y.csv")]).toEqual([undefined, undefined]);
  });

  test("says how it came: by a copy, or in parts", async () => {
    const odd = "incoming/from a+b & 100%.csv";
    await s3.send(new PutObjectCommand({ Bucket: inbox, Key: odd, Body: "0123456789" }));
    const CopySource = [inbox, ...odd.split("/")].map(encodeURIComponent).join("/");
    await s3.send(new CopyObjectCommand({ Bucket: inbox, Key: "incoming/copied.csv", CopySource }));
    expect((await arrivalOf("incoming/copied.csv"))?.detail).toMatchObject({
      reason: "CopyObject",
      object: { size: 10 },
    });

    const target = { Bucket: inbox, Key: "incoming/in parts.csv" };
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand(target));
    const first = await s3.send(new UploadPartCommand({ ...target, UploadId, PartNumber: 1, Body: "first " }));
    const range = { CopySource, CopySourceRange: "bytes=2-4" };
    const second = await s3.send(new UploadPartCopyCommand({ ...target, UploadId, PartNumber: 2, ...range }));
    const Parts = [
      { PartNumber: 1, ETag: first.ETag },
      { PartNumber: 2, ETag: second.CopyPartResult?.ETag },
    ];
    await s3.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } }));
    expect((await arrivalOf(target.Key))?.detail).toMatchObject({
      reason: "CompleteMultipartUpload",
      object: { size: 9 },
    });
    const whole = await s3.send(new GetObjectCommand(target));
    expect(await whole.Body?.transformToString()).toBe("first 234");
  });

  test("not at an upload in parts that is given up", async () => {
    const target = { Bucket: inbox, Key: "incoming/given up.csv" };
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand(target));
    const { ETag } = await s3.send(new UploadPartCommand({ ...target, UploadId, PartNumber: 1, Body: "first" }));
    await s3.send(new AbortMultipartUploadCommand({ ...target, UploadId }));
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
    await expect(
      s3.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload })),
    ).rejects.toThrow();
    expect(await arrivalOf(target.Key)).toBeUndefined();
  });
});

describe("the S3 server", () => {
  test("gives byte ranges", async () => {
    await s3.send(new PutObjectCommand({ Bucket: "work", Key: "range", Body: "0123456789" }));
    const range = async (Range: string) =>
      (await s3.send(new GetObjectCommand({ Bucket: "work", Key: "range", Range }))).Body?.transformToString();
    expect(await range("bytes=0-3")).toBe("0123");
    expect(await range("bytes=4-")).toBe("456789");
    expect(await range("bytes=8-100")).toBe("89");
    await expect(range("bytes=-2")).rejects.toThrow();
  });

  test("refuses a key that it would store as another", async () => {
    await expect(s3.send(new PutObjectCommand({ Bucket: "work", Key: "a//b", Body: "x" }))).rejects.toThrow();
  });

  test("lists keys page by page in their order, and the one version of each", async () => {
    const keys = ["page/a", "page/a.csv", "page/a/b", "page/a b", "page/é"];
    for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket: "work", Key, Body: "x" }));
    const listed: string[] = [];
    let from: string | undefined;
    do {
      const page = await s3.send(
        new ListObjectsV2Command({ Bucket: "work", Prefix: "page/", MaxKeys: 2, ContinuationToken: from }),
      );
      listed.push(...(page.Contents ?? []).map(({ Key }) => Key!));
      from = page.NextContinuationToken;
    } while (from);
    expect(listed).toEqual([...keys].sort());

    const first = await s3.send(new ListObjectVersionsCommand({ Bucket: "work", Prefix: "page/", MaxKeys: 4 }));
    expect(first).toMatchObject({
      IsTruncated: true,
      Versions: Array(4).fill({ VersionId: "null", IsLatest: true, Size: 1 }),
    });
    const KeyMarker = first.NextKeyMarker;
    const rest = await s3.send(new ListObjectVersionsCommand({ Bucket: "work", Prefix: "page/", KeyMarker }));
    expect(rest.Versions?.map(({ Key }) => Key)).toEqual(["page/é"]);
    const head = await s3.send(new HeadObjectCommand({ Bucket: "work", Key: "page/é" }));
    expect(rest.Versions?.[0]).toMatchObject({ ETag: head.ETag, LastModified: head.LastModified });
    await expect(s3.send(new ListObjectsV2Command({ Bucket: "work", Delimiter: "/" }))).rejects.toThrow();
  });

  test("lists keys as they are", async () => {
    const keys = ["list/'quoted'", "list/<a>&b;", 'list/"&amp;"'];
    for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket: "work", Key, Body: "x" }));
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket: "work", Prefix: "list/" }));
    expect(Contents?.map(({ Key }) => Key).sort()).toEqual(keys.sort());
  });
});

describe("the DynamoDB server", () => {
  test("has the stack's tables and indexes", async () => {
    const dynamodb = new DynamoDBClient(engine.client("DYNAMODB"));
    const Item = { id: { S: "a" }, part: { S: "1" }, kind: { S: "k" } };
    await dynamodb.send(new PutItemCommand({ TableName: "things", Item }));
    const { Items } = await dynamodb.send(
      new QueryCommand({
        TableName: "things",
        IndexName: "byKind",
        KeyConditionExpression: "kind = :k",
        ExpressionAttributeValues: { ":k": { S: "k" } },
      }),
    );
    expect(Items).toEqual([Item]);
  });
});

describe("the endpoint", () => {
  test("starts, describes, lists and stops executions", async () => {
    const stateMachineArn = engine.output("slow");
    const started = await stepFunctions.send(
      new StartExecutionCommand({ stateMachineArn, name: "one", input: '{"a":1}' }),
    );
    const executionArn = started.executionArn!;
    expect(executionArn).toBe("arn:aws:states:eu-west-1:000000000000:execution:test-slow:one");
    const again = await stepFunctions.send(
      new StartExecutionCommand({ stateMachineArn, name: "one", input: '{"a":1}' }),
    );
    expect(again.startDate).toEqual(started.startDate);
    const described = await stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
    expect(described).toMatchObject({
      status: "RUNNING",
      input: '{"a":1}',
      stateMachineArn,
      startDate: started.startDate,
    });
    await stepFunctions.send(new StopExecutionCommand({ executionArn, error: "Enough", cause: "of it" }));
    expect(await engine.ended(executionArn)).toMatchObject({ status: "ABORTED", error: "Enough", cause: "of it" });
    await engine.ended(
      stepStart(await stepFunctions.send(new StartExecutionCommand({ stateMachineArn: engine.output("echo") }))),
    );
    const { executions } = await stepFunctions.send(
      new ListExecutionsCommand({ stateMachineArn, statusFilter: "ABORTED" }),
    );
    expect(executions).toMatchObject([{ executionArn, status: "ABORTED", name: "one" }]);
  });

  test.each([
    [
      "ExecutionDoesNotExist",
      new DescribeExecutionCommand({ executionArn: "arn:aws:states:eu-west-1:000000000000:execution:x:y" }),
    ],
    [
      "StateMachineDoesNotExist",
      new StartExecutionCommand({ stateMachineArn: "arn:aws:states:eu-west-1:000000000000:stateMachine:x" }),
    ],
    ["UnknownOperation", new GetExecutionHistoryCommand({ executionArn: "x" })],
  ])("answers %s", async (name, command) => {
    await expect(stepFunctions.send(command as DescribeExecutionCommand)).rejects.toMatchObject({
      name,
      $metadata: { httpStatusCode: 400 },
    });
  });

  test("answers ExecutionAlreadyExists for a name with another input", async () => {
    const start = { stateMachineArn: engine.output("echo"), name: "taken" };
    await stepFunctions.send(new StartExecutionCommand({ ...start, input: "{}" }));
    await expect(stepFunctions.send(new StartExecutionCommand({ ...start, input: '{"b":1}' }))).rejects.toThrow(
      "Already Exists",
    );
  });

  test("takes events", async () => {
    const bus = new EventBridgeClient(engine.client("EVENTBRIDGE"));
    const Entries = [{ Source: "ops", DetailType: "Asked", Detail: '{"a":1}', EventBusName: "test-bus" }];
    const { Entries: put } = await bus.send(new PutEventsCommand({ Entries }));
    expect(engine.events().at(-1)).toMatchObject({ id: put?.[0]?.EventId, source: "ops", detail: { a: 1 } });
  });
});

describe("a stopped engine", () => {
  test("keeps its process from nothing, though an execution had just begun", async () => {
    const script = fileURLToPath(new URL("./kept-engine.ts", import.meta.url));
    const child = fork(script, [join(directory, "stopped"), stackFile, "stop"], { execArgv: [] });
    child.once("message", () => {
      child.disconnect();
    });
    expect((await once(child, "exit"))[0]).toBe(0);
  });
});

describe("the data directory", () => {
  test("is refused where a stored table has other keys than the stack", async () => {
    const dataDir = join(directory, "changed");
    await (await startEngine({ dataDir, stackFile })).stop();
    const table = { name: "things", hash_key: "id", attribute: [{ name: "id", type: "S" }] };
    const changed = writeStack(join(directory, "next"), { more: { aws_dynamodb_table: { things: table } } });
    await expect(startEngine({ dataDir, stackFile: changed })).rejects.toThrow("stored with other keys");
  });

  test("is refused to a second engine", async () => {
    await expect(startEngine({ dataDir: join(directory, "data"), stackFile })).rejects.toThrow(
      `Another engine (process ${process.pid})`,
    );
  });

  test("survives kill -9: what was stored is kept, what ran is aborted, and rules hear of it", async () => {
    const dataDir = join(directory, "killed");
    const script = fileURLToPath(new URL("./kept-engine.ts", import.meta.url));
    const child = fork(script, [dataDir, stackFile], { execArgv: [] });
    const [{ executionArn, environment }] = (await once(child, "message")) as [
      { executionArn: string; environment: Record<string, string> },
    ];
    const settings = { ...engine.client("S3"), endpoint: environment["AWS_ENDPOINT_URL_S3"]! };
    await new S3Client(settings).send(new PutObjectCommand({ Bucket: "work", Key: "kept", Body: "kept" }));
    const table = { ...settings, endpoint: environment["AWS_ENDPOINT_URL_DYNAMODB"]! };
    const Key = { id: { S: "kept" }, part: { S: "1" } };
    await new DynamoDBClient(table).send(new PutItemCommand({ TableName: "things", Item: Key }));
    child.kill("SIGKILL");
    await once(child, "exit");

    const next = await startEngine({ dataDir, stackFile });
    await next.waitForIdle();
    const { Body } = await new S3Client(next.client("S3")).send(new GetObjectCommand({ Bucket: "work", Key: "kept" }));
    const dynamodb = new DynamoDBClient(next.client("DYNAMODB"));
    const stored = await dynamodb.send(new GetItemCommand({ TableName: "things", Key }));
    const [first, second, ...others] = next.executions();
    await next.stop();

    expect(await Body?.transformToString()).toBe("kept");
    expect(stored.Item).toEqual(Key);
    expect(first).toMatchObject({ executionArn, status: "ABORTED", input: '{"n":1}' });
    expect(second?.stateMachineArn).toMatch(/test-watch$/);
    expect(JSON.parse(second!.input)).toMatchObject({ detail: { executionArn, status: "ABORTED" } });
    expect(others).toEqual([]);
    expect(readFileSync(join(dataDir, "executions.jsonl"), "utf8")).toContain(executionArn);
  });
});

function stepStart({ executionArn }: { executionArn?: string | undefined }): string {
  return executionArn!;
}
