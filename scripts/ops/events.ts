import type { SFNClient } from "@aws-sdk/client-sfn";
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  type Message,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { start } from "./follow.ts";
import type { Names } from "./names.ts";

/** An event that EventBridge could not deliver, as it waits in the queue. */
export interface Undelivered {
  readonly messageId: string;
  /** What the event is about: the key of a file, else its detail type. */
  readonly about: string;
  readonly time?: string;
  readonly errorCode: string;
  readonly errorMessage: string;
  readonly attempts: number;
  /** ARN of what it was meant for. */
  readonly target: string;
  /** The event as it was; absent where the message holds none. */
  readonly event?: Readonly<Record<string, unknown>>;
  /** What SQS wants to hear when the message is dealt with. */
  readonly receipt: string;
}

/** An event on its way back in. */
export interface Redriven extends Omit<Undelivered, "receipt" | "event"> {
  readonly done: boolean;
  /** ARN of the execution that was started. */
  readonly execution?: string;
  readonly message: string;
}

// Long enough to read a full queue, and for a redrive of what was read to end, before SQS shows a message to another.
const holdSeconds = 120;

/** The address of the queue of undelivered events. */
export async function queueUrl(sqs: SQSClient, name: string): Promise<string> {
  const { QueueUrl = "" } = await sqs.send(new GetQueueUrlCommand({ QueueName: name }));
  return QueueUrl;
}

/** What waits. Each message is held for two minutes: whoever looks must let go of it, or delete it. */
export async function* waiting(sqs: SQSClient, url: string): AsyncGenerator<Undelivered> {
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: holdSeconds,
        // A short poll asks some of SQS's servers only, and may find nothing where something waits.
        WaitTimeSeconds: 1,
        MessageAttributeNames: ["All"],
      }),
    );
    if (Messages.length === 0) return;
    for (const message of Messages) yield undeliveredOf(message);
  }
}

/** Lets go of messages: they wait as before. */
export async function letGo(sqs: SQSClient, url: string, held: readonly Pick<Undelivered, "receipt">[]): Promise<void> {
  for (const { receipt } of held)
    await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle: receipt, VisibilityTimeout: 0 }));
}

/**
 * Starts the machine that each event was meant for, and only then deletes its message; what cannot be started waits on. An event
 * that was delivered after all makes an execution that finds its import claimed, and ends quietly: twice is once.
 */
export async function* redrive(
  sqs: SQSClient,
  stepFunctions: SFNClient,
  url: string,
  names: Pick<Names, "importMachine" | "reprocessMachine">,
): AsyncGenerator<Redriven> {
  const held: Undelivered[] = [];
  try {
    for await (const undelivered of waiting(sqs, url)) {
      held.push(undelivered);
      const { receipt, event, ...shown } = undelivered;
      const started = await startFor(stepFunctions, undelivered, names);
      if (started.execution !== undefined) {
        await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: receipt }));
        held.pop();
      }
      yield { ...shown, done: started.execution !== undefined, ...started };
    }
  } finally {
    // Only now: a message that is let go of would be received again at once.
    await letGo(sqs, url, held);
  }
}

async function startFor(
  stepFunctions: SFNClient,
  { event, target }: Pick<Undelivered, "event" | "target">,
  { importMachine, reprocessMachine }: Pick<Names, "importMachine" | "reprocessMachine">,
): Promise<{ execution?: string; message: string }> {
  if (!event) return { message: "The message holds no event; it was left where it is." };
  if (target !== importMachine && target !== reprocessMachine)
    return {
      message: `It was meant for ${target || "nobody knows whom"}, which this command cannot start; it was left.`,
    };
  // The rule hands the reprocessing machine the detail only.
  const input = target === importMachine ? event : (event["detail"] ?? event);
  try {
    const execution = await start(stepFunctions, target, input);
    return { execution, message: "Started." };
  } catch (error) {
    return { message: `It could not be started, and was left: ${(error as Error).message}` };
  }
}

function undeliveredOf(message: Message): Undelivered {
  const attribute = (name: string) => message.MessageAttributes?.[name]?.StringValue ?? "";
  const event = eventOf(message.Body);
  const detail = event?.["detail"] as { readonly object?: { readonly key?: string } } | undefined;
  return {
    messageId: message.MessageId ?? "",
    about: detail?.object?.key ?? textOf(event?.["detail-type"]),
    ...(event && { time: textOf(event["time"]) }),
    errorCode: attribute("ERROR_CODE"),
    errorMessage: attribute("ERROR_MESSAGE"),
    attempts: Number(attribute("RETRY_ATTEMPTS")),
    target: attribute("TARGET_ARN"),
    ...(event && { event }),
    receipt: message.ReceiptHandle ?? "",
  };
}

function eventOf(body = ""): Undelivered["event"] {
  try {
    const event: unknown = JSON.parse(body);
    return typeof event === "object" && event !== null ? (event as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
