import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic/index.js";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy/index.js";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription/index.js";
import { Construct } from "constructs";
import type { DataKey } from "./data-key.ts";
import { document, type Grantee } from "./policy.ts";

export interface MailTopicProps {
  readonly name: string;
  /** Mail addresses; each is asked once whether it wants to hear. */
  readonly addresses: readonly string[];
  readonly key: DataKey;
  /** A service that publishes for the account, such as cloudwatch.amazonaws.com. */
  readonly publisher?: { readonly service: string; readonly account: string };
}

/** A topic on which people are told something by mail. */
export class MailTopic extends Construct {
  readonly arn: string;
  readonly #key: DataKey;

  constructor(scope: Construct, id: string, { name, addresses, key, publisher }: MailTopicProps) {
    super(scope, id);
    this.arn = new SnsTopic(this, "topic", { name, kmsMasterKeyId: key.arn }).arn;
    this.#key = key;
    for (const endpoint of addresses) {
      new SnsTopicSubscription(this, `mail-${endpoint}`, { topicArn: this.arn, protocol: "email", endpoint });
    }
    if (publisher) new SnsTopicPolicy(this, "policy", { arn: this.arn, policy: topicPolicy(this.arn, publisher) });
  }

  /** Lets `who` publish notices. */
  allowPublish(who: Grantee): void {
    who.allow({ actions: ["sns:Publish"], resources: [this.arn] });
    this.#key.allowSend(who);
  }
}

function topicPolicy(arn: string, { service, account }: NonNullable<MailTopicProps["publisher"]>): string {
  return document([
    {
      Sid: "Publish",
      Effect: "Allow",
      Principal: { Service: service },
      Action: "sns:Publish",
      Resource: arn,
      Condition: { StringEquals: { "aws:SourceAccount": account } },
    },
  ]);
}
