import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule/index.js";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target/index.js";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue/index.js";
import { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy/index.js";
import { Construct } from "constructs";
import type { Naming } from "./naming.ts";
import { document } from "./policy.ts";
import { ServiceRole } from "./service-role.ts";
import type { StateMachine } from "./state-machine.ts";
import type { StorageBucket } from "./storage-bucket.ts";

export interface FileTriggerProps {
  readonly naming: Naming;
  readonly account: string;
  readonly bucket: StorageBucket;
  /** Keys that start with it are imported; whatever their suffix, so that an odd file is answered and not ignored. */
  readonly prefix: string;
  readonly machine: StateMachine;
}

/** Starts the machine for every object that arrives under the prefix; an event that cannot be delivered is kept. */
export class FileTrigger extends Construct {
  constructor(scope: Construct, id: string, { naming, account, bucket, prefix, machine }: FileTriggerProps) {
    super(scope, id);
    const rule = new CloudwatchEventRule(this, "rule", {
      name: naming("file-arrived"),
      description: "A file arrived in the inbox",
      eventPattern: JSON.stringify({
        source: ["aws.s3"],
        "detail-type": ["Object Created"],
        detail: { bucket: { name: [bucket.name] }, object: { key: [{ prefix }] } },
      }),
    });
    const undelivered = new SqsQueue(this, "undelivered", {
      name: naming("undelivered-files"),
      messageRetentionSeconds: 14 * 24 * 3600,
      sqsManagedSseEnabled: true,
    });
    const queuePolicy = new SqsQueuePolicy(this, "undelivered-policy", {
      queueUrl: undelivered.url,
      policy: document([
        {
          Sid: "UndeliveredEvents",
          Effect: "Allow",
          Principal: { Service: "events.amazonaws.com" },
          Action: "sqs:SendMessage",
          Resource: undelivered.arn,
          Condition: { ArnEquals: { "aws:SourceArn": rule.arn } },
        },
        {
          Sid: "TlsOnly",
          Effect: "Deny",
          Principal: "*",
          // A denial must cover every action; it gives none.
          Action: "sqs:*",
          Resource: undelivered.arn,
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ]),
    });
    const role = new ServiceRole(this, "role", {
      name: naming("file-trigger"),
      service: "events.amazonaws.com",
      account,
    });
    machine.allowStart(role);
    new CloudwatchEventTarget(this, "target", {
      rule: rule.name,
      arn: machine.arn,
      roleArn: role.arn,
      // A day of tries: EventBridge's own maxima.
      retryPolicy: { maximumEventAgeInSeconds: 24 * 3600, maximumRetryAttempts: 185 },
      deadLetterConfig: { arn: undelivered.arn },
      dependsOn: [queuePolicy, role.policy],
    });
  }
}
