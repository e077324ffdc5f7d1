import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { beforeAll, describe, expect, it } from "vitest";
import { QueueServer } from "../ops/queue-server.ts";
import { projectFor, queueClient, runOps, supportRole, type Said } from "../ops/run-ops.ts";
import { StoppablePipeline } from "../recovery/stopped.ts";
import { simpleFile, until } from "../support/engine.ts";

const stoppable = new StoppablePipeline();
const { pipeline } = stoppable;
const ops = projectFor(pipeline);

/** What is granted and not used on the engine, by whom, and why it is granted nevertheless. */
const usedElsewhere: readonly [role: RegExp, grant: RegExp, why: string][] = [
  [/./, /^logs:(CreateLogStream|PutLogEvents) .*_logs_\w+\.arn\}:\*$/, "Lambda writes the function's own log"],
  [/./, /^xray:(PutTraceSegments|PutTelemetryRecords) \*$/, "Lambda tells X-Ray of the call"],
  [/-(watchdog|sweep)$/, /^sqs:SendMessage .*:\S+-unwatched-events$/, "Lambda keeps what failed three times"],
  [
    /-decide$/,
    /^s3:GetObject .*\/files\/\*$/,
    "it looks for the groups of a chunk that was stopped before they were noted",
  ],
  [/-receive$/, /^s3:AbortMultipartUpload .*\/files\/\*$/, "a copy in parts is that of a file above 5 GB"],
  [
    /-(report|select-failures)$/,
    /^s3:AbortMultipartUpload .*\/(reports|incoming)\/\*$/,
    "an upload of theirs is given up only where S3 fails in the middle of it",
  ],
];

/** What a call of the SDK asks for, as far as the code makes it. One that is missing here has to say it. */
const actions: Readonly<Record<string, string>> = {
  AbortMultipartUpload: "s3:AbortMultipartUpload",
  BatchGetItem: "dynamodb:BatchGetItem",
  ChangeMessageVisibility: "sqs:ChangeMessageVisibility",
  CompleteMultipartUpload: "s3:PutObject",
  CopyObject: "s3:PutObject",
  CreateMultipartUpload: "s3:PutObject",
  DeleteMessage: "sqs:DeleteMessage",
  DescribeExecution: "states:DescribeExecution",
  GetItem: "dynamodb:GetItem",
  GetObject: "s3:GetObject",
  GetQueueUrl: "sqs:GetQueueUrl",
  HeadObject: "s3:GetObject",
  ListObjectVersions: "s3:ListBucketVersions",
  ListObjectsV2: "s3:ListBucket",
  PutItem: "dynamodb:PutItem",
  PutObject: "s3:PutObject",
  Query: "dynamodb:Query",
  ReceiveMessage: "sqs:ReceiveMessage",
  Scan: "dynamodb:Scan",
  StartExecution: "states:StartExecution",
  UpdateItem: "dynamodb:UpdateItem",
  UploadPartCopy: "s3:PutObject",
};
// Everybody may ask who he is.
const free = ["GetCallerIdentity"];

describe("every role that code of ours acts under", () => {
  beforeAll(async () => {
    const large = await importLargeCells();
    await reprocessInEveryWay(large);
    await importDamagedArchive();
    await loseAnswers();
    await writeInBetween();
    await missFiles();
    await recover();
    await useOps(large);
    await expire(large);
  }, 240_000);

  const lambdas = [
    ...[
      "receive",
      "plan",
      "restructure",
      "claim-failures",
      "mapping",
      "validator",
      "compare",
      "recall",
      "note-prepared",
      "decide",
      "import",
    ],
    ...["close-chunk", "report", "select-failures", "settle", "watchdog", "sweep"],
  ].map((role) => `product-import-dev-${role}`);

  it.each([...lambdas, supportRole])("%s is granted what it uses, and nothing else", (role) => {
    const excess = pipeline.judge.unused(role).filter((grant) => !usedElsewhere.some((row) => fits(row, role, grant)));
    expect(excess).toEqual([]);
  });

  it.each(usedElsewhere)("%s may do %s, for %s", (...row) => {
    const idle = [...lambdas, supportRole].filter((role) =>
      pipeline.judge.unused(role).some((grant) => fits(row, role, grant)),
    );
    expect(idle).not.toEqual([]);
  });

  it("was held to its policy in every call, and each Lambda to one of its own", () => {
    const all = pipeline.judge.policies.functions();
    expect(all.map(({ role }) => role).sort()).toEqual([...lambdas].sort());
    expect(pipeline.judge.refusals).toEqual([]);
  });

  it("makes no call of AWS of which this test does not know what it asks for, or which nobody made here", () => {
    const used = [...lambdas, supportRole].flatMap((role) => pipeline.judge.used(role).map((one) => one.split(" ")[0]));
    const named = commandsOf("handlers", "scripts/ops").filter((name) => !free.includes(name));
    expect(named).toEqual(Object.keys(actions));
    for (const name of named) expect(used, name).toContain(actions[name]);
  });
});

describe("a call that no policy covers", () => {
  it("is refused as the service refuses it, and noted", async () => {
    const { s3, names, failures } = ops.project;
    const refused = pipeline.judge.refusals.length;
    await expect(failures.write([])).resolves.toBeUndefined();
    const letter = (await pipeline.scan(names.failuresTable))[0] as never;
    await expect(failures.write([letter])).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: expect.stringContaining(
        "not authorized to perform: dynamodb:PutItem on resource: arn:aws:dynamodb:",
      ) as string,
    });
    await expect(s3.send(new GetObjectCommand({ Bucket: names.inboxBucket, Key: "incoming/x" }))).rejects.toMatchObject(
      {
        name: "AccessDenied",
        $metadata: { httpStatusCode: 403 },
      },
    );
    expect(pipeline.judge.refusals.splice(refused)).toEqual([
      expect.stringContaining(`assumed-role/${supportRole}/test is not authorized to perform: dynamodb:PutItem`),
      expect.stringContaining(
        "s3:GetObject on resource: arn:aws:s3:::product-import-dev-inbox-000000000000/incoming/x",
      ),
    ]);
  });
});

/** An import whose cells are too large for the table, in another encoding: read again wherever they are needed. */
async function importLargeCells(): Promise<string> {
  const rows = ["L1", "L2", "L3"].map((sku) => `${sku};${"groß ".repeat(20_000)};teuer`);
  const file = Buffer.from(`Artikel;Größe;Preis\n${rows.join("\n")}\n`, "latin1");
  const { importId, outcomes } = await pipeline.import("incoming/quiet/large.csv", file);
  expect(outcomes.failed).toBe(3);
  return importId;
}

async function reprocessInEveryWay(importId: string): Promise<void> {
  for (const filter of [{ importId }, { feed: "quiet" }, { feed: "quiet", sku: "L1" }]) {
    const { counts } = await pipeline.reprocess({ filter, includeFinal: true });
    expect(counts.failedAgain).toBeGreaterThan(0);
  }
  const [header, row] = (await pipeline.failedRecords(importId)).split("\r\n");
  const corrections = await pipeline.upload(`${header!}\r\n${row!.replace("teuer", "1,50")}\r\n`);
  expect((await pipeline.reprocess({ corrections })).counts).toMatchObject({ resolved: 1 });
}

/** An archive that breaks off once the first parts of its contents are stored. */
async function importDamagedArchive(): Promise<void> {
  const whole = gzipSync(
    simpleFile(Array.from({ length: 600_000 }, (_, n) => [`G${n}`, "A hat for every head", "1", ""])),
  );
  const { rejection } = await pipeline.import("incoming/simple/damaged.csv.gz", whole.subarray(0, -100_000));
  expect(rejection).toMatchObject({ code: "UNREADABLE_FILE" });
}

/** Products that are stored already, and an import that is claimed already. */
async function loseAnswers(): Promise<void> {
  pipeline.faults = ({ state, attempt }) =>
    ["Receive", "Plan", "Import"].includes(state) && attempt === 1 ? { after: "Unavailable" } : undefined;
  const { key, body } = stoppable.file();
  const { status } = await pipeline.import(key, body);
  pipeline.faults = () => undefined;
  expect(status).toBe("COMPLETED_WITH_FAILURES");
}

/** A product that somebody else has written when it is stored. */
async function writeInBetween(): Promise<void> {
  const drop = (price: string) =>
    pipeline.drop("incoming/simple/between.csv", simpleFile([["BETWEEN", "Hat", price, ""]]));
  await drop("1");
  await pipeline.idle();
  let reached = false;
  pipeline.faults = ({ state }) => (state === "Import" ? ((reached = true), { delayMs: 500 }) : undefined);
  await drop("2");
  await until(() => reached);
  await pipeline.advance("simple", "BETWEEN");
  await pipeline.idle();
  pipeline.faults = () => undefined;
  expect(await pipeline.product("simple", "BETWEEN")).toMatchObject({ body: { price: "2" } });
}

/** Events of files that are not there, in the inbox and among those that a run wrote. */
async function missFiles(): Promise<void> {
  const time = new Date().toISOString();
  for (const [output, version] of [["inbox_bucket"], ["work_bucket", "gone"]] as const) {
    const object = { key: "incoming/simple/gone.csv", ...(version && { "version-id": version }) };
    const detail = { bucket: { name: pipeline.engine.output(output) }, object };
    const { executionArn } = pipeline.engine.startExecution(pipeline.engine.output("import_machine_arn"), {
      time,
      detail,
    });
    expect((await pipeline.engine.ended(executionArn)).output).toContain("is no longer there");
  }
}

/** Imports and runs that are stopped, with the watchdog alone and with the sweep alone, and all else that these find. */
async function recover(): Promise<void> {
  await stoppable.importStoppedIn("Import");
  await stoppable.runStoppedIn("Receive");
  const importId = await stoppable.crashedImport();
  const run = await stoppable.runUntil("Receive", importId);
  await stoppable.stop(pipeline.executionsOf(`incoming/simple/reprocess-${run.name}.csv`).at(-1)!);
  await pipeline.engine.ended(run.executionArn);

  pipeline.switchRule("execution-ended", false);
  const { execution } = await stoppable.importStoppedIn("Mapping");
  const again = pipeline.engine.startExecution(execution.stateMachineArn, JSON.parse(execution.input));
  await pipeline.engine.ended(again.executionArn);
  const { key } = await stoppable.importStoppedIn("Import");
  for (const { lines } of await pipeline.ledger((await stoppable.entryOf(key))!.importId))
    await pipeline.remove(lines as { bucket: string; key: string });
  await stoppable.runStoppedIn("Receive");
  pipeline.switchRule("file-arrived", false);
  const lost = stoppable.file();
  await pipeline.drop(lost.key, lost.body);
  await pipeline.sweep(60);
  await pipeline.idle();
  for (const rule of ["execution-ended", "file-arrived"]) pipeline.switchRule(rule, true);
  expect(await stoppable.entryOf(key)).toMatchObject({ status: "FAILED", outcomes: { failed: 5 } });
  expect(await stoppable.entryOf(lost.key)).toBeDefined();
  expect(await stoppable.held()).toEqual([]);
}

async function useOps(importId: string): Promise<void> {
  const queue = new QueueServer();
  const feeds = new Map(["quiet", "simple"].map((name) => [name, { catalog: name }]));
  const project = { ...ops.project, feeds, sqs: queueClient(pipeline, await queue.start()) };
  const run = async (...argv: string[]): Promise<Said> => {
    const said = await runOps(project, ...argv);
    expect([argv, said.code, said.stderr]).toEqual([argv, 0, expect.not.stringContaining("not authorized")]);
    return said;
  };
  const because = ["--reason", "a test"];
  const csv = join(pipeline.dataDir, "failures.csv");
  await run("imports");
  await run("imports", "show", importId, "--out", join(pipeline.dataDir, "reports"));
  await run("failures", "--feed", "quiet");
  await run("failures", "--import", importId);
  await run("failures", "--sku", "L2");
  await run("failures", "show", `${importId}-1-2`);
  await run("park", `${importId}-1-2`, ...because);
  await run("reopen", `${importId}-1-2`, ...because);
  await run("failures", "export", "--import", importId, "--out", csv);
  writeFileSync(csv, readFileSync(csv, "utf8").replace("teuer", "2,50"));
  await run("reprocess", "--corrections", csv, ...because);
  await run("reprocess", "--feed", "simple", "--include-final", "--dry-run");

  const look = join(pipeline.dataDir, "look.csv");
  writeFileSync(
    look,
    simpleFile([
      ["LOOK", "Hat", "2", ""],
      ["BETWEEN", "Hat", "3", ""],
      ["BAD", "Hat", "free", ""],
    ]),
  );
  await run("preview", look, "--feed", "simple");
  const previewed = (await pipeline.entries()).findLast(({ status }) => status === "PREVIEWED")!;
  await run("imports", "release", previewed.importId, ...because);
  await run("imports", "undo", previewed.importId, "--dry-run", ...because);
  await run("imports", "undo", previewed.importId, ...because);

  await run("products", "show", "quiet", "L2");
  await run("products", "list", "quiet");

  const machine = project.names.importMachine;
  const event = pipeline.engine.executions().find(({ stateMachineArn }) => stateMachineArn === machine)!.input;
  queue.put(event, { TARGET_ARN: machine });
  await run("events");
  await run("events", "--redrive");
  queue.stop();
}

/** What is asked for once it has expired: a manifest, the keys of a chunk, a report, the original of a dead letter. */
async function expire(large: string): Promise<void> {
  pipeline.faults = ({ state }) => (state === "Decide" ? { before: "OutOfOrder" } : undefined);
  const { key, body } = stoppable.file();
  const { importId } = await pipeline.import(key, body);
  pipeline.faults = () => undefined;
  await pipeline.remove((await pipeline.entry(importId)).manifest!);
  for (const { keys } of await pipeline.ledger(importId))
    await pipeline.remove(keys as { bucket: string; key: string });
  expect(await runOps(ops.project, "imports", "rerun", importId, "--reason", "a test")).toMatchObject({ code: 0 });

  const { table, reports } = await pipeline.entry(large);
  const corrections = await pipeline.upload(await pipeline.failedRecords(large));
  await pipeline.remove(table!);
  const skipped = (await pipeline.reprocess({ filter: { importId: large }, includeFinal: true })).counts.skipped;
  expect(skipped).toMatchObject({ unreadable: 1 });
  await pipeline.reprocess({ corrections });
  await pipeline.remove(reports!.report);
  expect((await runOps(ops.project, "imports", "show", large)).stderr).toContain("does not exist");
}

/** The SDK's calls that the source in some folders makes, by name. */
function commandsOf(...folders: readonly string[]): string[] {
  const root = join(import.meta.dirname, "../..");
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((file) => join(root, folder, file)),
  );
  const sources = files.filter((file) => file.endsWith(".ts")).map((file) => readFileSync(file, "utf8"));
  const named = sources.flatMap((source) => [...source.matchAll(/new (\w+)Command\(/g)].map(([, name]) => name!));
  return [...new Set(named)].sort();
}

function fits([roles, grants]: (typeof usedElsewhere)[number], role: string, grant: string): boolean {
  return roles.test(role) && grants.test(grant);
}
