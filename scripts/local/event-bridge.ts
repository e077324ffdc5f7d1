import { randomUUID } from "node:crypto";
import { NotEmulated } from "./errors.ts";
import { compilePattern } from "./event-pattern.ts";
import type { Created } from "./s3.ts";
import { account, blocks, type Stack } from "./terraform.ts";

/** An event as EventBridge delivers it. */
export interface BusEvent {
  readonly version: "0";
  readonly id: string;
  readonly "detail-type": string;
  readonly source: string;
  readonly account: string;
  /** Whole seconds, as AWS gives them. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** An entry of PutEvents; `Detail` is JSON text, or the value itself where a state machine puts it. */
export interface Entry {
  readonly Source?: string;
  readonly DetailType?: string;
  readonly Detail?: unknown;
  readonly EventBusName?: string;
  readonly Resources?: readonly string[];
}

interface Rule {
  readonly bus: string;
  readonly matches: (event: unknown) => boolean;
  /** What a target is given: its constant input, or the event. */
  readonly targets: readonly { readonly arn: string; readonly input?: unknown }[];
}

/** The event buses of a stack with their rules; `deliver` hands an event to a target. */
export class EventBridge {
  readonly #stack: Stack;
  readonly #buses: ReadonlySet<string>;
  readonly #rules: readonly Rule[];
  readonly #deliver: (targetArn: string, event: BusEvent, input: unknown) => void;
  #sequencer = 0n;

  constructor(stack: Stack, deliver: (targetArn: string, event: BusEvent, input: unknown) => void) {
    this.#stack = stack;
    this.#deliver = deliver;
    this.#buses = new Set(["default", ...stack.all("aws_cloudwatch_event_bus").map(({ name }) => name)]);
    this.#rules = readRules(stack);
  }

  /** Puts an event of an AWS service on the default bus. */
  putServiceEvent(source: string, type: string, resources: readonly string[], detail: BusEvent["detail"]): void {
    this.#put("default", this.#event({ Source: source, DetailType: type, Resources: resources, Detail: detail }));
  }

  /** Puts "Object Created" on the default bus, as S3 does for a bucket that sends its events to EventBridge. */
  putObjectCreated({ bucket, key, size, etag, reason, requestId, sourceIp }: Created): void {
    // Grows from object to object and from run to run, also within a millisecond.
    const now = BigInt(Date.now()) << 16n;
    this.#sequencer = now > this.#sequencer ? now : this.#sequencer + 1n;
    const sequencer = this.#sequencer.toString(16).toUpperCase().padStart(18, "0");
    this.putServiceEvent("aws.s3", "Object Created", [`arn:aws:s3:::${bucket}`], {
      version: "0",
      bucket: { name: bucket },
      object: { key, size, etag, sequencer },
      "request-id": requestId,
      requester: account,
      "source-ip-address": sourceIp,
      reason,
    });
  }

  /** Does PutEvents, and gives the events as they were put; throws on a bus that the stack does not have. */
  putEvents(entries: readonly Entry[]): BusEvent[] {
    return entries.map((entry) => {
      const bus = entry.EventBusName?.split("/").at(-1) ?? "default";
      if (!this.#buses.has(bus)) throw new Error(`Event bus ${bus} does not exist.`);
      const event = this.#event(entry);
      this.#put(bus, event);
      return event;
    });
  }

  #event({ Source = "", DetailType = "", Detail = {}, Resources = [] }: Entry): BusEvent {
    return {
      version: "0",
      id: randomUUID(),
      "detail-type": DetailType,
      source: Source,
      account,
      time: new Date().toISOString().replace(/\.\d+/, ""),
      region: this.#stack.region,
      resources: Resources,
      detail: (typeof Detail === "string" ? JSON.parse(Detail) : Detail) as BusEvent["detail"],
    };
  }

  #put(bus: string, event: BusEvent): void {
    for (const rule of this.#rules)
      if (rule.bus === bus && rule.matches(event))
        for (const { arn, input } of rule.targets) this.#deliver(arn, event, input ?? event);
  }
}

function readRules(stack: Stack): Rule[] {
  const targets = stack.all("aws_cloudwatch_event_target").map((resource) => {
    for (const field of ["input_path", "input_transformer"])
      if (resource.block[field] !== undefined) throw new NotEmulated(`${field} of a rule's target (${resource.id})`);
    const input = resource.block["input"];
    return {
      rule: stack.text(resource, "rule"),
      arn: stack.text(resource, "arn"),
      ...(input !== undefined && { input: JSON.parse(stack.text(resource, "input")) as unknown }),
    };
  });
  return stack.all("aws_cloudwatch_event_rule").map((resource) => {
    if (resource.block["schedule_expression"] !== undefined) throw new NotEmulated(`schedules (rule ${resource.id})`);
    const bus = stack.resolve(resource.block["event_bus_name"] ?? "default") as string;
    return {
      bus: bus.split("/").at(-1)!,
      matches: compilePattern(JSON.parse(stack.text(resource, "event_pattern"))),
      targets: targets.filter(({ rule }) => rule === resource.name),
    };
  });
}

/** Names of the buckets whose notification sends events to EventBridge. */
export function bucketsWithEvents(stack: Stack): Set<string> {
  const notifications = stack.all("aws_s3_bucket_notification").filter(({ block }) => block["eventbridge"] === true);
  for (const { id, block } of stack.all("aws_s3_bucket_notification"))
    for (const field of ["lambda_function", "queue", "topic"])
      if (blocks(block[field]).length > 0) throw new NotEmulated(`bucket notifications to a ${field} (${id})`);
  return new Set(notifications.map((resource) => stack.text(resource, "bucket")));
}
