import { appendFileSync, mkdirSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { S3Client } from "@aws-sdk/client-s3";
import { runMap } from "./distributed-map.ts";
import { createTables, startDynamoDb } from "./dynamodb.ts";
import { startEndpoint } from "./endpoint.ts";
import { Refused } from "./errors.ts";
import { bucketsWithEvents, EventBridge, type BusEvent, type Entry } from "./event-bridge.ts";
import type { Execution } from "./executions.ts";
import { Lambdas, readFunctions } from "./lambdas.ts";
import { describeLock, takeLock } from "./lock.ts";
import { startS3 } from "./s3.ts";
import { servicesFor, type Notice } from "./services.ts";
import { StepFunctions, type Faults } from "./step-functions.ts";
import { Stack } from "./terraform.ts";

/** How many Lambdas run at once where nothing else is said: twice the number of cores, but at most 8. */
export const usualConcurrency = Math.min(8, 2 * availableParallelism());

export interface EngineOptions {
  /** Where everything stored lies; made if it is not there. One engine at a time. */
  readonly dataDir: string;
  /**
   * The synthesised stack, `…/stacks/<name>/cdk.tf.json`; all that the engine knows of the infrastructure. A function makes it
   * once the data directory is the engine's alone.
   */
  readonly stackFile: string | (() => Promise<string>);
  /** How many Lambdas run at once; the others wait. `usualConcurrency` if absent. */
  readonly concurrency?: number;
  /** Instead of the waits that the machines' retriers ask for. */
  readonly retryDelayMilliseconds?: number;
  /** What goes wrong, call by call; for tests. */
  readonly faults?: Faults;
  /** Gives a Lambda, by its name, other settings of the AWS SDK than the engine's `environment`; for tests. */
  readonly settingsOf?: (functionName: string, environment: Engine["environment"]) => Engine["environment"];
  /** Told, in a sentence, of what went wrong where nobody else would hear of it. */
  readonly log?: (line: string) => void;
}

/** The project's stack, running on this machine. */
export interface Engine {
  /** Settings for an AWS SDK or CLI that is to talk to the engine. */
  readonly environment: Readonly<Record<string, string>>;
  /** The same for SDK clients made in this process, by service. */
  readonly client: (service: "S3" | "DYNAMODB" | "SFN" | "EVENTBRIDGE") => ClientSettings;
  /** An output of the stack, such as `inbox_bucket`; throws where the stack has none of that name. */
  readonly output: (name: string) => string;
  /** Executions, oldest first; children of Maps have a `mapRunArn`. */
  readonly executions: () => Execution[];
  /** Starts an execution of a machine. */
  readonly startExecution: (machineArn: string, input: unknown, name?: string) => Execution;
  /** Waits for the end of an execution. */
  readonly ended: (executionArn: string) => Promise<Execution>;
  readonly stopExecution: (executionArn: string) => void;
  /** Invokes a Lambda by its name, and gives its answer. */
  readonly invoke: (functionName: string, event: unknown) => Promise<unknown>;
  /** Switches a rule on or off, until the engine stops. */
  readonly switchRule: (name: string, on: boolean) => void;
  /** Notices published since the start, oldest first; all that ever were stand in notices.jsonl. */
  readonly notices: () => readonly Notice[];
  /** Events put by PutEvents since the start, oldest first; all that ever were stand in events.jsonl. */
  readonly events: () => readonly BusEvent[];
  /** Resolves when no execution runs and no event is under way. */
  readonly waitForIdle: () => Promise<void>;
  /** Ends the engine; what runs is marked as aborted by the next start, as after a crash. */
  readonly stop: () => Promise<void>;
}

export interface ClientSettings {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly requestChecksumCalculation: "WHEN_REQUIRED";
  readonly responseChecksumValidation: "WHEN_REQUIRED";
}

// The S3 server knows one account.
const credentials = { accessKeyId: "S3RVER", secretAccessKey: "S3RVER" };

/** Starts the engine over a data directory; throws a sentence where another engine works on it. */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const dataDir = resolve(options.dataDir);
  const lockFile = join(dataDir, "engine.lock");
  mkdirSync(dataDir, { recursive: true });
  await takeLock(lockFile);
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const one of stops.splice(0).reverse()) await one();
    rmSync(lockFile, { force: true });
  };
  try {
    const stackFile = typeof options.stackFile === "string" ? options.stackFile : await options.stackFile();
    return await assemble({ ...options, stackFile: resolve(stackFile), dataDir }, lockFile, stops, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function assemble(
  options: EngineOptions & { readonly stackFile: string },
  lockFile: string,
  stops: (() => Promise<void>)[],
  stop: () => Promise<void>,
): Promise<Engine> {
  const { dataDir, stackFile, faults, retryDelayMilliseconds, log = () => undefined } = options;
  const stack = new Stack(stackFile);
  const { region } = stack;
  const client = (endpoint: string): ClientSettings => ({
    ...{ endpoint, region, credentials },
    ...{ requestChecksumCalculation: "WHEN_REQUIRED", responseChecksumValidation: "WHEN_REQUIRED" },
  });
  const keep = <T>(kept: T[], file: string, one: T) => {
    kept.push(one);
    appendFileSync(join(dataDir, file), `${JSON.stringify(one)}\n`);
  };

  // Storage
  const withEvents = bucketsWithEvents(stack);
  const database = await startDynamoDb(join(dataDir, "dynamodb"), region, log);
  stops.push(database.stop);
  describeLock(lockFile, { databasePid: database.pid });
  await createTables(stack, client(database.endpoint));
  const buckets = stack.all("aws_s3_bucket").map(({ name }) => name);
  const storage = await startS3(join(dataDir, "s3"), buckets, (object) => {
    if (withEvents.includes(object.bucket)) eventBridge.putObjectCreated(object);
  });
  stops.push(storage.stop);

  // Events and notices
  let underWay = 0;
  const deliver = async (target: string, event: BusEvent, input: unknown) => {
    underWay++;
    try {
      const lambda = findLambda(target);
      if (lambda) await lambdas.invoke(lambda, input);
      else stepFunctions.start(target, JSON.stringify(input), event.id);
    } catch (error) {
      // Nothing is left to stop once the engine stops: what it interrupts is no news.
      if (stops.length > 0)
        log(`${target} did not take the event ${event["detail-type"]} ${event.id}: ${(error as Error).message}`);
    }
    underWay--;
  };
  const eventBridge = new EventBridge(stack, (...delivery) => void deliver(...delivery));
  const events: BusEvent[] = [];
  const putEvents = (entries: readonly Entry[]) =>
    entries.map((entry) => {
      const event = eventBridge.put(entry);
      keep(events, "events.jsonl", event);
      return event.id;
    });
  const topics = stack.all("aws_sns_topic").map(({ arn }) => arn);
  const notices: Notice[] = [];
  const publish = (notice: Notice) => {
    if (topics.includes(notice.topicArn)) keep(notices, "notices.jsonl", notice);
    return topics.includes(notice.topicArn);
  };

  // Lambdas and machines
  const functions = readFunctions(stack, dirname(stackFile));
  const findLambda = (reference: string) =>
    functions.find(({ name, arn }) => [name, arn, `${arn}:1`].includes(reference));
  const s3 = new S3Client(client(storage.endpoint));
  const stepFunctions: StepFunctions = new StepFunctions(stack, {
    services: servicesFor({
      findLambda,
      lambdas: () => lambdas,
      putEvents,
      publish,
      stepFunctions: () => stepFunctions,
    }),
    map: (work) => runMap(s3, (...child) => stepFunctions.runChild(...child), work),
    executionsFile: join(dataDir, "executions.jsonl"),
    statusChanged: (execution) => {
      const DetailType = "Step Functions Execution Status Change";
      const Resources = [execution.executionArn];
      eventBridge.put({ Source: "aws.states", DetailType, Resources, Detail: statusDetail(execution) });
    },
    ...{ faults, retryDelayMilliseconds },
  });
  const { endpoint, stop: stopEndpoint } = await startEndpoint(stepFunctions, putEvents);
  stops.push(stopEndpoint);
  const environment = {
    AWS_REGION: region,
    // Version 1 of the AWS CLI knows this one only.
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_ENDPOINT_URL_S3: storage.endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: database.endpoint,
    AWS_ENDPOINT_URL_SFN: endpoint,
    AWS_ENDPOINT_URL_EVENTBRIDGE: endpoint,
    AWS_REQUEST_CHECKSUM_CALCULATION: "when_required",
    AWS_RESPONSE_CHECKSUM_VALIDATION: "when_required",
  };
  const settingsOf = (functionName: string) => options.settingsOf?.(functionName, environment) ?? environment;
  const lambdas = new Lambdas(dataDir, settingsOf, options.concurrency ?? usualConcurrency);
  stops.push(() => {
    stepFunctions.halt();
    return lambdas.stop();
  });
  describeLock(lockFile, { databasePid: database.pid, environment });
  stepFunctions.abortLeftovers();

  return {
    environment,
    client: (service) => client(environment[`AWS_ENDPOINT_URL_${service}`]),
    output: (name) => stack.output(name),
    executions: () => stepFunctions.executions.all(),
    startExecution: (machineArn, input, name) => stepFunctions.start(machineArn, JSON.stringify(input), name),
    ended: (arn) => stepFunctions.ended(arn),
    stopExecution: (arn) => {
      stepFunctions.stop(arn);
    },
    invoke: async (functionName, event) => {
      const lambda = findLambda(functionName);
      if (!lambda) throw new Refused("ResourceNotFoundException", `Function not found: ${functionName}`);
      return lambdas.invoke(lambda, event);
    },
    switchRule: (name, on) => {
      eventBridge.switchRule(name, on);
    },
    notices: () => notices,
    events: () => events,
    waitForIdle: async () => {
      while (stepFunctions.busy || underWay > 0) await sleep(10);
    },
    stop,
  };
}

/** The detail of the event by which Step Functions tells of an execution. */
function statusDetail(execution: Execution): object {
  const { startDate, stopDate } = execution;
  const dates = { startDate: Date.parse(startDate), stopDate: stopDate === undefined ? null : Date.parse(stopDate) };
  return { output: null, error: null, cause: null, ...execution, ...dates, states: undefined };
}
