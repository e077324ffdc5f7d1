import { randomUUID } from "node:crypto";
import { StateError } from "./errors.ts";
import type { Entry } from "./event-bridge.ts";
import type { Json, JsonObject } from "./interpreter.ts";
import type { LambdaFunction, Lambdas } from "./lambdas.ts";
import type { Service, StepFunctions } from "./step-functions.ts";

/** A message published to a topic. */
export interface Notice {
  readonly messageId: string;
  readonly topicArn: string;
  readonly time: string;
  readonly subject?: string;
  readonly message: string;
}

/** What the services reach; functions where a thing is made later than the services. */
export interface Reach {
  readonly findLambda: (reference: string) => LambdaFunction | undefined;
  readonly lambdas: () => Lambdas;
  readonly putEvents: (entries: readonly Entry[]) => string[];
  /** Keeps a notice; false where there is no such topic. */
  readonly publish: (notice: Notice) => boolean;
  readonly stepFunctions: () => StepFunctions;
}

/** What Task states may call. A resource that is not here fails by its name when the engine starts. */
export function servicesFor(reach: Reach): Readonly<Record<string, Service>> {
  return {
    "lambda:invoke": {
      parameters: ["FunctionName", "Payload"],
      shown: ({ FunctionName, Payload = {} }) => {
        const reference = textOf(FunctionName);
        return { functionName: reach.findLambda(reference)?.name ?? reference, event: Payload };
      },
      call: async ({ FunctionName, Payload = {} }, { started, crashAfterMs }) => {
        const target = reach.findLambda(textOf(FunctionName));
        if (!target)
          throw new StateError("Lambda.ResourceNotFoundException", `Function not found: ${textOf(FunctionName)}`);
        const answer = (await reach.lambdas().invoke(target, Payload, started, crashAfterMs)) as Json;
        return { ExecutedVersion: "1", Payload: answer, StatusCode: 200 };
      },
    },
    "events:putEvents": {
      parameters: ["Entries"],
      call: async ({ Entries }, { started }) => {
        await started();
        const ids = named("EventBridge", () => reach.putEvents(Entries as unknown as Entry[]));
        return { Entries: ids.map((EventId) => ({ EventId })), FailedEntryCount: 0 };
      },
    },
    "sns:publish": {
      parameters: ["TopicArn", "Subject", "Message"],
      call: async ({ TopicArn, Subject, Message }, { started }) => {
        await started();
        const [messageId, topicArn, time] = [randomUUID(), textOf(TopicArn), new Date().toISOString()];
        const subject = Subject === undefined ? {} : { subject: textOf(Subject) };
        if (reach.publish({ messageId, topicArn, time, ...subject, message: textOf(Message) }))
          return { MessageId: messageId };
        throw new StateError("SNS.NotFoundException", `Topic does not exist: ${topicArn}`);
      },
    },
    "states:startExecution.sync:2": {
      parameters: ["StateMachineArn", "Input", "Name"],
      call: async ({ StateMachineArn, Input = {}, Name }, { started, signal }) => {
        await started();
        const machines = reach.stepFunctions();
        const name = Name === undefined ? undefined : textOf(Name);
        const { executionArn } = named("StepFunctions", () =>
          machines.start(textOf(StateMachineArn), JSON.stringify(Input), name),
        );
        signal.addEventListener("abort", () => {
          machines.stop(executionArn);
        });
        const ended = await machines.ended(executionArn);
        const { status, input, output, ...rest } = ended;
        const json = { input: JSON.parse(input) as Json, ...(output && { output: JSON.parse(output) as Json }) };
        const described = capitalised({ ...rest, status, ...json, states: undefined });
        if (status === "SUCCEEDED") return described;
        throw new StateError("States.TaskFailed", JSON.stringify(described));
      },
    },
  };
}

/** A described execution as a state sees it: ExecutionArn, Status, Output, … */
function capitalised(described: Readonly<Record<string, Json | undefined>>): JsonObject {
  const present = Object.entries(described).filter((entry): entry is [string, Json] => entry[1] !== undefined);
  return Object.fromEntries(present.map(([name, value]) => [name[0]!.toUpperCase() + name.slice(1), value]));
}

/** Does a call; what it throws becomes an error of that service, which a state machine can catch. */
function named<T>(service: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw new StateError(`${service}.${(error as Error).name}`, (error as Error).message);
  }
}

function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? null);
}
