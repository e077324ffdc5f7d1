import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule/index.js";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target/index.js";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission/index.js";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { EventBus } from "./event-bus.ts";
import type { EventQueue } from "./event-queue.ts";
import type { NodeFunction } from "./node-function.ts";
import { ServiceRole } from "./service-role.ts";
import { StateMachine } from "./state-machine.ts";

export interface EventTriggerProps {
  /** Of the rule, and of the role under which it acts. */
  readonly name: string;
  readonly description: string;
  readonly account: string;
  /** The default bus, on which AWS speaks, where there is none. */
  readonly bus?: EventBus;
  /** What an event must be. */
  readonly pattern: Readonly<Record<string, unknown>>;
  readonly target: StateMachine | NodeFunction;
  /** The part of the event that the target gets; the whole of it where there is none. */
  readonly inputPath?: string;
  /** Where an event is kept that cannot be delivered. */
  readonly undelivered: EventQueue;
}

/** Starts a machine or a Lambda for every event that fits; one that cannot be delivered is tried for a day, then kept. */
export class EventTrigger extends Construct {
  /** Of the rule. */
  readonly name: string;
  /** Of the bus that it listens to; none for the default one. */
  readonly busName: string | undefined;

  constructor(scope: Construct, id: string, props: EventTriggerProps) {
    super(scope, id);
    const { bus, target, undelivered } = props;
    const rule = new CloudwatchEventRule(this, "rule", {
      name: props.name,
      description: props.description,
      ...(bus && { eventBusName: bus.name }),
      eventPattern: JSON.stringify(props.pattern),
    });
    this.name = rule.name;
    this.busName = bus?.name;
    undelivered.allowRule(rule.arn);
    const { roleArn, before } = this.#allow(props, rule);
    new CloudwatchEventTarget(this, "target", {
      rule: rule.name,
      ...(bus && { eventBusName: bus.name }),
      arn: target.arn,
      ...(roleArn && { roleArn }),
      ...(props.inputPath && { inputPath: props.inputPath }),
      // A day of tries: EventBridge's own maxima.
      retryPolicy: { maximumEventAgeInSeconds: 24 * 3600, maximumRetryAttempts: 185 },
      deadLetterConfig: { arn: undelivered.arn },
      dependsOn: [undelivered.policy, before],
    });
  }

  /** EventBridge starts a machine under a role; a Lambda itself says who may invoke it. */
  #allow(
    { name, account, target }: EventTriggerProps,
    rule: CloudwatchEventRule,
  ): { roleArn?: string; before: ITerraformDependable } {
    if (target instanceof StateMachine) {
      const role = new ServiceRole(this, "role", { name, service: "events.amazonaws.com", account });
      target.allowStart(role);
      return { roleArn: role.arn, before: role.policy };
    }
    const permission = new LambdaPermission(this, "permission", {
      action: "lambda:InvokeFunction",
      functionName: target.name,
      principal: "events.amazonaws.com",
      sourceArn: rule.arn,
    });
    return { before: permission };
  }
}
