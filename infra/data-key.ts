import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias/index.js";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key/index.js";
import { Construct } from "constructs";
import { document, type Grantee } from "./policy.ts";

export interface DataKeyProps {
  readonly name: string;
  readonly region: string;
  readonly account: string;
  /** A key that is there already, under which everything is written; its policy must say what `keyPolicy` says. */
  readonly givenArn: string;
  /** ARNs of those in other accounts who may write what is encrypted under the key, by S3. */
  readonly writers: readonly string[];
  /** Refuses to be destroyed. */
  readonly protect: boolean;
}

/**
 * The key under which everything is encrypted that the stack stores or queues: its own, or a given one. Its own stays beside a
 * given one, for what was written before must be read for years.
 */
export class DataKey extends Construct {
  readonly arn: string;
  readonly #readable: readonly [string, ...string[]];

  constructor(scope: Construct, id: string, props: DataKeyProps) {
    super(scope, id);
    const { name, givenArn, protect } = props;
    const key = new KmsKey(this, "key", {
      description: `What ${name} stores`,
      enableKeyRotation: true,
      // Without the key nothing stored can be read again: AWS's longest time to think it over, where it matters.
      deletionWindowInDays: protect ? 30 : 7,
      policy: keyPolicy(props),
      lifecycle: { preventDestroy: protect },
    });
    new KmsAlias(this, "alias", { name: `alias/${name}`, targetKeyId: key.keyId });
    this.#readable = givenArn ? [givenArn, key.arn] : [key.arn];
    this.arn = this.#readable[0];
  }

  /** Lets `who` read what is encrypted. */
  allowRead(who: Grantee): void {
    who.allow({ actions: ["kms:Decrypt"], resources: this.#readable });
  }

  /** Lets `who` write, and read what is there. */
  allowWrite(who: Grantee): void {
    this.allowRead(who);
    who.allow({ actions: ["kms:GenerateDataKey"], resources: [this.arn] });
  }

  /** Lets `who` send what it does not read: SQS and SNS decrypt the data key that they were given. */
  allowSend(who: Grantee): void {
    who.allow({ actions: ["kms:Decrypt", "kms:GenerateDataKey"], resources: [this.arn] });
  }

  /** Lets `who` use tables: DynamoDB asks for the key in the name of its caller (encryption.usagenotes of its guide). */
  allowTables(who: Grantee): void {
    const actions = ["Encrypt", "Decrypt", "ReEncryptFrom", "ReEncryptTo", "GenerateDataKey", "DescribeKey"];
    who.allow({ actions: actions.map((action) => `kms:${action}`), resources: [this.arn] });
  }
}

/**
 * The key's policy: the account's IAM rules over it, services that act for nobody may use it for the stack's sake, and so may
 * those of other accounts who write.
 */
function keyPolicy({ region, account, writers }: DataKeyProps): string {
  const ofAccount = { StringEquals: { "aws:SourceAccount": account } };
  return document([
    {
      Sid: "AccountRules",
      Effect: "Allow",
      Principal: { AWS: `arn:aws:iam::${account}:root` },
      // AWS's default: it gives nobody anything, but lets IAM policies count. A key without it can become unmanageable.
      Action: "kms:*",
      Resource: "*",
    },
    {
      Sid: "Logs",
      Effect: "Allow",
      Principal: { Service: `logs.${region}.amazonaws.com` },
      Action: [
        "kms:Encrypt",
        "kms:Decrypt",
        "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
        "kms:GenerateDataKey",
        "kms:DescribeKey",
      ],
      Resource: "*",
      Condition: { ArnLike: { "kms:EncryptionContext:aws:logs:arn": `arn:aws:logs:${region}:${account}:log-group:*` } },
    },
    {
      Sid: "UndeliveredEventsAndAlarms",
      Effect: "Allow",
      Principal: { Service: ["events.amazonaws.com", "cloudwatch.amazonaws.com"] },
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: "*",
      Condition: ofAccount,
    },
    ...(writers.length > 0 ? [mayWrite(writers, region)] : []),
  ]);
}

/** S3 asks for the key in the name of who writes; an upload in parts has to decrypt too (UsingKMSEncryption of S3's guide). */
function mayWrite(principals: readonly string[], region: string): Readonly<Record<string, unknown>> {
  return {
    Sid: "Upstream",
    Effect: "Allow",
    Principal: { AWS: principals },
    Action: ["kms:Decrypt", "kms:GenerateDataKey"],
    Resource: "*",
    Condition: { StringEquals: { "kms:ViaService": `s3.${region}.amazonaws.com` } },
  };
}
