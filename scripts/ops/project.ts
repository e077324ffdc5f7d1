import { userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { SFNClient } from "@aws-sdk/client-sfn";
import { SQSClient } from "@aws-sdk/client-sqs";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { FailuresTable } from "#failures/failures-table.ts";
import { ImportsTable } from "#imports/imports-table.ts";
import { dynamodbProductReader } from "#products/dynamodb-product-reader.ts";
import type { ProductReader } from "#products/product-reader.ts";
import type { FeedCatalogs } from "#reprocessing/select.ts";
import { readConfig } from "../../infra/config.ts";
import { readLock } from "../local/lock.ts";
import { account as localAccount } from "../local/terraform.ts";
import { feedsOfCheckout } from "./feeds.ts";
import { namesOf, type Names } from "./names.ts";
import { commandsFor, usualDataDir } from "./next-command.ts";

/** A deployment of the project, as commands reach it. */
export interface Project {
  /** Who asks: the ARN of the caller's identity, or `local:` and the user's name. */
  readonly who: string;
  readonly names: Names;
  readonly imports: ImportsTable;
  readonly failures: FailuresTable;
  readonly products: ProductReader;
  readonly s3: S3Client;
  readonly stepFunctions: SFNClient;
  /** Absent on the engine, which has no queues. */
  readonly sqs?: SQSClient;
  readonly feeds: FeedCatalogs;
  /** How long to wait between two looks at what runs. */
  readonly pollMilliseconds: number;
  /** A command of `ops`, from its first word on, as it is to be copied: it reaches the same deployment. */
  readonly command: (words: string) => string;
  readonly close: () => Promise<void>;
}

/** The clients' settings that a deployment asks for; what is absent the SDK takes from the environment. */
interface Clients {
  readonly s3: S3Client;
  readonly dynamodb: DynamoDBClient;
  readonly stepFunctions: SFNClient;
}

/** The deployment in the caller's account. It finds names by itself, so that a person needs credentials and nothing else. */
export async function connectToAws(environment: NodeJS.ProcessEnv = process.env): Promise<Project> {
  const config = readConfig(environment);
  // Where the shell names no region, the one that the stack is deployed to.
  const region = await new STSClient({}).config.region().catch(() => config.region);
  const { Arn: who = "", Account: account = "" } = await new STSClient({ region }).send(new GetCallerIdentityCommand());
  const endpoint = environment["AWS_ENDPOINT_URL_S3"] ?? environment["AWS_ENDPOINT_URL"];
  const clients = {
    // Other endpoints than AWS's rarely have a host name for each bucket.
    s3: new S3Client({ region, forcePathStyle: endpoint !== undefined }),
    dynamodb: new DynamoDBClient({ region, maxAttempts: 5 }),
    stepFunctions: new SFNClient({ region }),
  };
  return {
    ...projectOf(who, namesOf(config, region, account), clients),
    sqs: new SQSClient({ region }),
    pollMilliseconds: 2_000,
    command: commandsFor(config),
    close: () => Promise.resolve(),
  };
}

/** The engine on a data directory: the one that is up, else one that stands for as long as the command does. */
export async function connectToEngine(dataDir = usualDataDir): Promise<Project> {
  const running = await runningEngine(join(dataDir, "engine.lock"));
  if (running) return projectOnEngine(running, () => Promise.resolve(), { dataDir });
  // Loaded only here: it brings the bundler and the synthesis.
  const { startProject } = await import("../cli/project.ts");
  const engine = await startProject(dataDir);
  return projectOnEngine(engine.environment, engine.stop, { dataDir });
}

/** A project on an engine, by the settings that reach it. */
export function projectOnEngine(
  environment: Readonly<Record<string, string>>,
  close: () => Promise<void>,
  { feeds, dataDir = usualDataDir }: { readonly feeds?: FeedCatalogs; readonly dataDir?: string } = {},
): Project {
  const region = environment["AWS_REGION"]!;
  const settings = (service: string) =>
    ({
      region,
      endpoint: environment[`AWS_ENDPOINT_URL_${service}`]!,
      credentials: {
        accessKeyId: environment["AWS_ACCESS_KEY_ID"]!,
        secretAccessKey: environment["AWS_SECRET_ACCESS_KEY"]!,
      },
      requestChecksumCalculation: "WHEN_REQUIRED",
      responseChecksumValidation: "WHEN_REQUIRED",
    }) as const;
  const clients = {
    s3: new S3Client({ ...settings("S3"), forcePathStyle: true }),
    dynamodb: new DynamoDBClient(settings("DYNAMODB")),
    stepFunctions: new SFNClient(settings("SFN")),
  };
  const who = `local:${userInfo().username}`;
  const config = readConfig(process.env);
  const project = projectOf(who, namesOf(config, region, localAccount), clients);
  return {
    ...{ ...project, ...(feeds && { feeds }) },
    ...{ pollMilliseconds: 250, command: commandsFor(config, dataDir), close },
  };
}

function projectOf(who: string, names: Names, { s3, dynamodb, stepFunctions }: Clients) {
  const imports = new ImportsTable(dynamodb, names.importsTable);
  const failures = new FailuresTable(dynamodb, names.failuresTable);
  const products = dynamodbProductReader(dynamodb, names.productsTable);
  return { who, names, imports, failures, products, s3, stepFunctions, feeds: feedsOfCheckout() };
}

/** The settings of the engine that holds a lock; undefined where none is up. One that is just starting is waited for. */
async function runningEngine(lockFile: string): Promise<Readonly<Record<string, string>> | undefined> {
  for (let waits = 0; waits < 300; waits++) {
    const holder = readLock(lockFile);
    if (!holder || !isAlive(holder.pid)) return undefined;
    if (holder.environment) return holder.environment;
    await sleep(100);
  }
  return undefined;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
