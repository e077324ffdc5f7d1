import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue/index.js";
import { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy/index.js";
import { Lazy } from "cdktf";
import { Construct } from "constructs";
import type { DataKey } from "./data-key.ts";
import { document, type Grantee } from "./policy.ts";

/** Keeps events that could not be delivered, for the two weeks that SQS allows. */
export class EventQueue extends Construct {
  readonly name: string;
  readonly arn: string;
  readonly url: string;
  /** What must stand before an event is sent: to be named in dependsOn. */
  readonly policy: SqsQueuePolicy;
  readonly #key: DataKey;
  readonly #rules: string[] = [];

  constructor(scope: Construct, id: string, { name, key }: { readonly name: string; readonly key: DataKey }) {
    super(scope, id);
    const queue = new SqsQueue(this, "queue", {
      name,
      messageRetentionSeconds: 14 * 24 * 3600,
      kmsMasterKeyId: key.arn,
    });
    this.#key = key;
    this.name = queue.name;
    this.arn = queue.arn;
    this.url = queue.url;
    this.policy = new SqsQueuePolicy(this, "policy", {
      queueUrl: queue.url,
      policy: Lazy.stringValue({ produce: () => this.#document() }),
    });
  }

  /** Lets EventBridge keep here what a rule could not deliver. */
  allowRule(ruleArn: string): void {
    this.#rules.push(ruleArn);
  }

  /** Lets `who` send messages. */
  allowSend(who: Grantee): void {
    who.allow({ actions: ["sqs:SendMessage"], resources: [this.arn] });
    this.#key.allowSend(who);
  }

  /** Lets `who` find the queue, look at its messages, and delete those that are dealt with. */
  allowTakeBack(who: Grantee): void {
    const actions = ["GetQueueUrl", "ReceiveMessage", "ChangeMessageVisibility", "DeleteMessage"];
    who.allow({ actions: actions.map((action) => `sqs:${action}`), resources: [this.arn] });
    this.#key.allowRead(who);
  }

  #document(): string {
    return document([
      {
        Sid: "UndeliveredEvents",
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource: this.arn,
        Condition: { ArnEquals: { "aws:SourceArn": this.#rules } },
      },
      {
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: "*",
        // A denial must cover every action; it gives none.
        Action: "sqs:*",
        Resource: this.arn,
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ]);
  }
}
