import { randomUUID } from "node:crypto";
import { NotEmulated, Refused } from "./errors.ts";
import { compilePattern } from "./event-pattern.ts";
import type { Created } from "./s3.ts";
import { account, type Stack } from "./terraform.ts";

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

const busOf = (name = "default") => name.split("/").at(-1)!;

/** The event buses of a stack with their rules; `deliver` hands a target its input, which is the event or a part of it. */
export class EventBridge {
  readonly #region: string;
  readonly #buses: readonly string[];
  readonly #rules: readonly {
    readonly name: string;
    on: boolean;
    readonly bus: string;
    readonly matches: (event: unknown) => boolean;
    readonly targets: readonly { readonly arn: string; readonly inputPath: readonly string[] }[];
  }[];
  readonly #deliver: (targetArn: string, event: BusEvent, input: unknown) => void;
  #sequencer = 0n;

  constructor(stack: Stack, deliver: (targetArn: string, event: BusEvent, input: unknown) => void) {
    this.#region = stack.region;
    this.#deliver = deliver;
    this.#buses = ["default", ...stack.all("aws_cloudwatch_event_bus").map(({ name }) => name)];
    const targets = stack.all("aws_cloudwatch_event_target").map((target) => {
      const transformed = ["input", "input_transformer"].find((field) => field in target.block);
      if (transformed) throw new NotEmulated(`${transformed} of a rule's target (${target.id})`);
      const path = (target.block["input_path"] as string | undefined) ?? "$";
      if (!/^\$(\.\w+)*$/.test(path)) throw new NotEmulated(`the input_path ${path} (${target.id})`);
      return { rule: stack.text(target, "rule"), arn: stack.text(target, "arn"), inputPath: path.split(".").slice(1) };
    });
    this.#rules = stack.all("aws_cloudwatch_event_rule").map((rule) => ({
      name: rule.name,
      on: rule.block["state"] !== "DISABLED",
      bus: busOf(stack.resolve(rule.block["event_bus_name"]) as string | undefined),
      matches: compilePattern(JSON.parse(stack.text(rule, "event_pattern"))),
      targets: targets.filter((target) => target.rule === rule.name),
    }));
  }

  /** Switches a rule on or off. */
  switchRule(name: string, on: boolean): void {
    const rule = this.#rules.find((one) => one.name === name);
    if (!rule) throw new Refused("ResourceNotFoundException", `Rule ${name} does not exist.`);
    rule.on = on;
  }

  /** Puts "Object Created" on the default bus, as S3 does for a bucket that sends its events to EventBridge. */
  putObjectCreated({ bucket, key, size, etag, reason, requestId, sourceIp }: Created): void {
    // Grows from object to object and from run to run, also within a millisecond.
    const now = BigInt(Date.now()) << 16n;
    this.#sequencer = now > this.#sequencer ? now : this.#sequencer + 1n;
    const sequencer = this.#sequencer.toString(16).toUpperCase().padStart(18, "0");
    const Detail = {
      version: "0",
      bucket: { name: bucket },
      object: { key, size, etag, sequencer },
      "request-id": requestId,
      requester: account,
      "source-ip-address": sourceIp,
      reason,
    };
    this.put({ Source: "aws.s3", DetailType: "Object Created", Resources: [`arn:aws:s3:::${bucket}`], Detail });
  }

  /** Puts an event and gives it as it was put. */
  put({ Source = "", DetailType = "", Detail = {}, Resources = [], EventBusName }: Entry): BusEvent {
    const bus = busOf(EventBusName);
    if (!this.#buses.includes(bus)) throw new Refused("ResourceNotFoundException", `Event bus ${bus} does not exist.`);
    const event: BusEvent = {
      version: "0",
      id: randomUUID(),
      "detail-type": DetailType,
      source: Source,
      account,
      time: new Date().toISOString().replace(/\.\d+/, ""),
      region: this.#region,
      resources: Resources,
      detail: (typeof Detail === "string" ? JSON.parse(Detail) : Detail) as BusEvent["detail"],
    };
    const matching = this.#rules.filter((rule) => rule.on && rule.bus === bus && rule.matches(event));
    for (const { arn, inputPath } of matching.flatMap(({ targets }) => targets)) {
      const input = inputPath.reduce<unknown>((value, field) => (value as Record<string, unknown>)[field], event);
      this.#deliver(arn, event, input);
    }
    return event;
  }
}

/** Names of the buckets whose notification sends events to EventBridge. */
export function bucketsWithEvents(stack: Stack): string[] {
  return stack.all("aws_s3_bucket_notification").flatMap((notification) => {
    const other = ["lambda_function", "queue", "topic"].find((field) => field in notification.block);
    if (other) throw new NotEmulated(`bucket notifications to a ${other} (${notification.id})`);
    return notification.block["eventbridge"] === true ? [stack.text(notification, "bucket")] : [];
  });
}
