import { randomUUID } from "node:crypto";
import type { Entry } from "./event-bridge.ts";
import { StateError } from "./errors.ts";
import type { Json, JsonObject } from "./interpreter.ts";
import type { Lambdas } from "./lambdas.ts";
import type { Execution } from "./executions.ts";
import type { Service, StepFunctions } from "./step-functions.ts";

/** A message published to a topic. */
export interface Notice {
  readonly messageId: string;
  readonly topicArn: string;
  readonly time: string;
  readonly subject?: string;
  readonly message: string;
}

/** What the services reach. */
export interface Reach {
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
      nameOf: ({ FunctionName }) => reach.lambdas().find(textOf(FunctionName))?.name ?? textOf(FunctionName),
      call: async ({ FunctionName, Payload }, how) => {
        const target = reach.lambdas().find(textOf(FunctionName));
        if (!target)
          throw new StateError("Lambda.ResourceNotFoundException", `Function not found: ${textOf(FunctionName)}`);
        const answer = (await reach.lambdas().invoke(target, Payload ?? {}, how)) as Json;
        return { ExecutedVersion: "1", Payload: answer, StatusCode: 200 };
      },
    },
    "events:putEvents": {
      parameters: ["Entries"],
      call: async ({ Entries }, { started }) => {
        await started();
        const ids = asState("EventBridge.FailedEntry", () => reach.putEvents(Entries as unknown as Entry[]));
        return { Entries: ids.map((EventId) => ({ EventId })), FailedEntryCount: 0 };
      },
    },
    "sns:publish": {
      parameters: ["TopicArn", "Subject", "Message"],
      call: async ({ TopicArn, Subject, Message }, { started }) => {
        await started();
        const message = typeof Message === "string" ? Message : JSON.stringify(Message);
        const subject = Subject === undefined ? {} : { subject: textOf(Subject) };
        const notice: Notice = {
          messageId: randomUUID(),
          topicArn: textOf(TopicArn),
          time: new Date().toISOString(),
          ...subject,
          message,
        };
        if (!reach.publish(notice))
          throw new StateError("SNS.NotFoundException", `Topic does not exist: ${textOf(TopicArn)}`);
        return { MessageId: notice.messageId };
      },
    },
    "states:startExecution.sync:2": {
      parameters: ["StateMachineArn", "Input", "Name"],
      call: async ({ StateMachineArn, Input, Name }, { started, signal }) => {
        await started();
        const machines = reach.stepFunctions();
        const name = Name === undefined ? undefined : textOf(Name);
        const start = () => machines.start(textOf(StateMachineArn), JSON.stringify(Input ?? {}), name);
        const { executionArn } = asState("StepFunctions", start);
        signal.addEventListener("abort", () => machines.stop(executionArn));
        const ended = await machines.ended(executionArn);
        const described = nested(ended);
        if (ended.status !== "SUCCEEDED") throw new StateError("States.TaskFailed", JSON.stringify(described));
        return described;
      },
    },
  };
}

/** What `.sync:2` gives: the described execution, its input and output as JSON. */
function nested(execution: Execution): JsonObject {
  const { executionArn, stateMachineArn, name, status, startDate, stopDate, input, output, error, cause } = execution;
  const json = (text: string | undefined) => text && (JSON.parse(text) as Json);
  const all = {
    ExecutionArn: executionArn,
    StateMachineArn: stateMachineArn,
    Name: name,
    Status: status,
    StartDate: Date.parse(startDate),
    StopDate: stopDate && Date.parse(stopDate),
    Input: json(input),
    Output: json(output),
    Error: error,
    Cause: cause,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as JsonObject;
}

/** Does a call; what it throws becomes an error that a state machine can catch: of that name, or that service's. */
function asState<T>(name: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    const { name: thrown, message } = error as Error;
    throw new StateError(thrown === "Error" ? name : `${name}.${thrown}`, message);
  }
}

function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? null);
}
