import { createReadStream, createWriteStream, mkdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { ObjectRef } from "#imports/flow.ts";
import type { ImportEntry } from "#imports/import-entry.ts";
import { importIdOf } from "#imports/import-id.ts";
import { ImportsTable } from "#imports/imports-table.ts";
import type { Report } from "#imports/report.ts";
import { addOutcomes, countOutcomes, type Outcomes } from "#records/line.ts";
import type { Engine } from "../local/engine.ts";

/** The S3 server of this machine keeps an object in files named after its key; a file system's names end at 255 bytes. */
const longestName = 255 - "._S3rver_metadata.json".length;

function checkName(name: string): void {
  const bytes = Buffer.byteLength(name);
  if (bytes <= longestName) return;
  throw new NotImported(
    `The file's name has ${bytes} bytes, and the store on this machine takes names of at most ${longestName}: give the file a shorter name.`,
  );
}

/** An import that is over: its report, and where copies of the report's files lie on this machine. */
export interface Imported {
  readonly report: Report;
  readonly files: Readonly<Partial<Record<keyof Report["reports"], string | undefined>>>;
}

/** Thrown where a file became no import that ended with a report; the message says why. */
export class NotImported extends Error {
  override readonly name = "NotImported";
}

/**
 * Drops a file into the engine's inbox as `incoming/<feed>/<its name>`, or under `preview/` where it is only looked at, follows it to its end, and copies the report's files to
 * `<dataDir>/reports/<importId>/`. `progress` is told in a few words how it goes. Throws NotImported.
 */
export async function importFile(
  engine: Engine,
  dataDir: string,
  file: string,
  feed: string,
  progress: (words: string) => void,
  folderName: "incoming" | "preview" = "incoming",
): Promise<Imported> {
  const s3 = new S3Client(engine.client("S3"));
  const imports = new ImportsTable(new DynamoDBClient(engine.client("DYNAMODB")), engine.output("imports_table"));
  checkName(basename(file));
  const target = { Bucket: engine.output("inbox_bucket"), Key: `${folderName}/${feed}/${basename(file)}` };
  const ContentLength = statSync(file).size;
  await s3.send(new PutObjectCommand({ ...target, ContentLength, Body: createReadStream(file) }));
  const started = engine.executions().findLast(({ input }) => keyOf(input) === target.Key);
  if (!started) throw new NotImported(`No rule of the stack starts an import for ${target.Key}.`);

  const { ETag = "", LastModified = new Date(0) } = await s3.send(new HeadObjectCommand(target));
  const version = { etag: ETag.replaceAll('"', ""), lastModified: LastModified.toISOString() };
  const importId = importIdOf({ bucket: target.Bucket, key: target.Key, ...version });
  const ended = engine.ended(started.executionArn);
  const over = ended.then(() => true);
  do progress(await words(imports, importId));
  while (!(await Promise.race([over, sleep(300, false)])));
  const { status, error, cause, output } = await ended;
  progress(await words(imports, importId));
  const entry = await imports.get(importId);
  if (!entry?.reports || entry.owner !== started.executionArn)
    throw new NotImported(
      `The import ended as ${[status, error, cause ?? reasonOf(output)].filter(Boolean).join(": ")}`,
    );

  const folder = join(dataDir, "reports", importId);
  const files: Partial<Record<keyof Report["reports"], string>> = {};
  for (const [name, ref] of Object.entries(entry.reports) as [keyof Report["reports"], ObjectRef][])
    files[name] = await download(s3, ref, folder);
  return { report: JSON.parse(readFileSync(files.report!, "utf8")) as Report, files };
}

/** How an import stands, by its entry and its ledger. */
async function words(imports: ImportsTable, importId: string): Promise<string> {
  const entry: ImportEntry | undefined = await imports.get(importId);
  if (!entry) return "arriving";
  if (entry.records === undefined || entry.chunks === undefined)
    return entry.status === "RUNNING" ? "checking the file" : entry.status;
  const closed: Outcomes[] = [];
  let prepared = 0;
  for await (const { outcomes } of imports.ledger(importId)) {
    prepared++;
    if (outcomes) closed.push(outcomes);
  }
  const done = countOutcomes(addOutcomes(closed));
  const chunks = `${prepared} of ${entry.chunks} chunks prepared, ${closed.length} imported`;
  return `${entry.status}: ${chunks}, ${done.toLocaleString("en")} of ${entry.records.toLocaleString("en")} records done`;
}

function keyOf(input: string): string | undefined {
  return (JSON.parse(input) as { detail?: { object?: { key?: string } } }).detail?.object?.key;
}

function reasonOf(output: string | undefined): string {
  return output === undefined ? "" : ((JSON.parse(output) as { reason?: string }).reason ?? "");
}

async function download(s3: S3Client, from: ObjectRef, folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, basename(from.key));
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: from.bucket, Key: from.key }));
  await pipeline(Body as Readable, createWriteStream(path));
  return path;
}
