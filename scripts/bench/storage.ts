import { createReadStream, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { ObjectRef } from "#imports/flow.ts";
import { createTables, startDynamoDb } from "../local/dynamodb.ts";
import { readFunctions, type LambdaFunction } from "../local/lambdas.ts";
import { startS3 } from "../local/s3.ts";
import { Stack } from "../local/terraform.ts";
import { inChild } from "./child.ts";
import type { LambdaAnswer, LambdaTask } from "./lambda-process.ts";
import type { BenchStack } from "./stack.ts";

/** The stack's buckets and tables on the engine's servers, and its Lambdas, called by hand. */
export interface Storage {
  /** Puts a file into the inbox, and gives what Receive is told of it. */
  drop(file: string, key: string): Promise<object>;
  /** Reads a JSON object. */
  read<T>(ref: ObjectRef): Promise<T>;
  /** Calls a bundled Lambda in a fresh process. */
  invoke(lambda: string, event: unknown): Promise<LambdaAnswer>;
  stop(): Promise<void>;
}

/** Starts the engine's storage servers without the engine: nothing but the bench calls a Lambda. */
export async function startStorage({ file: stackFile, bundles }: BenchStack, folder: string): Promise<Storage> {
  const stack = new Stack(stackFile);
  const { region } = stack;
  const database = await startDynamoDb(join(folder, "dynamodb"), region, console.error);
  const buckets = stack.all("aws_s3_bucket").map(({ name }) => name);
  const objects = await startS3(join(folder, "s3"), buckets, () => undefined);
  const credentials = { accessKeyId: "S3RVER", secretAccessKey: "S3RVER" };
  const checksums = {
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  } as const;
  await createTables(stack, { endpoint: database.endpoint, region, credentials });
  const s3 = new S3Client({ endpoint: objects.endpoint, region, credentials, ...checksums, forcePathStyle: true });
  const functions = readFunctions(stack, dirname(stackFile));
  const environment = {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_ENDPOINT_URL_S3: objects.endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: database.endpoint,
    AWS_REQUEST_CHECKSUM_CALCULATION: "when_required",
    AWS_RESPONSE_CHECKSUM_VALIDATION: "when_required",
  };
  return {
    async drop(path, key) {
      const bucket = stack.output("inbox_bucket");
      const ContentLength = statSync(path).size;
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, ContentLength, Body: createReadStream(path) }));
      const now = new Date().toISOString();
      const event = { time: now, detail: { bucket: { name: bucket }, object: { key } } };
      return { event, owner: `arn:aws:states:${region}:000000000000:execution:bench:${key}`, startedAt: now };
    },
    async read<T>({ bucket, key }: ObjectRef) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return JSON.parse((await Body?.transformToString()) ?? "") as T;
    },
    invoke(lambda, event) {
      const module = pathToFileURL(join(bundles, lambda, "index.mjs")).href;
      const task: LambdaTask = { module, event };
      const declared = functionOf(functions, lambda).environment;
      return inChild<LambdaAnswer>("./lambda-process.ts", task, { ...environment, ...declared });
    },
    async stop() {
      s3.destroy();
      await objects.stop();
      await database.stop();
    },
  };
}

function functionOf(functions: readonly LambdaFunction[], lambda: string): LambdaFunction {
  const found = functions.find(({ name }) => name.endsWith(`-${lambda}`));
  if (!found) throw new Error(`The stack has no Lambda ${lambda}.`);
  return found;
}
