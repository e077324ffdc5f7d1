import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import {
  S3BucketLifecycleConfiguration,
  type S3BucketLifecycleConfigurationRule,
} from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration/index.js";
import { S3BucketNotification } from "@cdktf/provider-aws/lib/s3-bucket-notification/index.js";
import { S3BucketObjectLockConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-object-lock-configuration/index.js";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls/index.js";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy/index.js";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block/index.js";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration/index.js";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning/index.js";
import { Construct } from "constructs";
import { skipCheck } from "./checkov.ts";
import type { DataKey } from "./data-key.ts";
import { document, type ConfigurableGrantee, type Grantee } from "./policy.ts";

export interface StorageBucketProps {
  /** Unique in the world: callers put the account's id into it. */
  readonly name: string;
  /** Days after which an object is hidden; it is an old version from then on. */
  readonly expireDays: number;
  /** Days after which objects under a prefix go, where they are fewer. */
  readonly sooner?: Readonly<Record<string, number>>;
  /** Days for which a version that was overwritten, deleted or hidden can still be had; then it is gone. */
  readonly keepOldVersionsDays: number;
  /** Days after which an object moves to Glacier Instant Retrieval. */
  readonly coldDays?: number;
  /** Days for which a version that was just written can be deleted by nobody who may not bypass that; 0 or nothing for no lock. */
  readonly lockDays?: number;
  /** Tells EventBridge of every object. */
  readonly announce?: boolean;
  /** ARNs of those in other accounts who may write, each by the prefix under which it may. */
  readonly writers?: Readonly<Record<string, string>>;
  readonly key: DataKey;
  /** Refuses to be destroyed. */
  readonly protect: boolean;
}

/** A bucket that is versioned, encrypted, private, reached by TLS only, and cleans up after itself. */
export class StorageBucket extends Construct {
  readonly name: string;
  readonly arn: string;
  readonly #key: DataKey;

  constructor(scope: Construct, id: string, props: StorageBucketProps) {
    super(scope, id);
    const bucket = new S3Bucket(this, "bucket", {
      bucket: props.name,
      forceDestroy: !props.protect,
      lifecycle: { preventDestroy: props.protect },
    });
    this.#key = props.key;
    this.name = bucket.bucket;
    this.arn = bucket.arn;
    const versioning = new S3BucketVersioningA(this, "versioning", {
      bucket: bucket.id,
      versioningConfiguration: { status: "Enabled" },
    });
    new S3BucketServerSideEncryptionConfigurationA(this, "encryption", {
      bucket: bucket.id,
      rule: [
        {
          applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: props.key.arn },
          // One call of KMS for many objects, not one for each.
          bucketKeyEnabled: true,
        },
      ],
    });
    const block = new S3BucketPublicAccessBlock(this, "public-access", {
      bucket: bucket.id,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    new S3BucketOwnershipControls(this, "ownership", {
      bucket: bucket.id,
      rule: { objectOwnership: "BucketOwnerEnforced" },
    });
    new S3BucketPolicy(this, "tls-only", {
      bucket: bucket.id,
      policy: document([tlsOnly(bucket.arn), ...upstream(bucket.arn, props.writers)]),
      // S3 answers one of two policy changes at once with a conflict.
      dependsOn: [block],
    });
    new S3BucketLifecycleConfiguration(this, "lifecycle", {
      bucket: bucket.id,
      rule: lifecycle(props),
      // Rules on old versions mean nothing before there are versions.
      dependsOn: [versioning],
    });
    if (props.lockDays)
      // Not the bucket's own switch, for which a bucket that stands would be replaced; this one S3 takes at any time, once there are
      // versions. Writers then send checksums (object-lock-managing of S3's guide), which the SDK does by itself.
      new S3BucketObjectLockConfigurationA(this, "lock", {
        bucket: bucket.id,
        rule: { defaultRetention: { mode: "GOVERNANCE", days: props.lockDays } },
        dependsOn: [versioning],
      });
    if (props.announce) new S3BucketNotification(this, "events", { bucket: bucket.id, eventbridge: true });
    else skipCheck(bucket, "CKV2_AWS_62", "What the pipeline writes must start nothing.");
    skipCheck(bucket, "CKV_AWS_18", "Who read what is CloudTrail's to say, for the account as a whole.");
    skipCheck(
      bucket,
      "CKV_AWS_144",
      "Versions guard against all but the loss of a Region, which the account plans for.",
    );
  }

  /** Lets `who` call the actions on the objects under `keys` (`imports/*`), and tells it the bucket's name. */
  grant(who: ConfigurableGrantee, variable: string, actions: readonly ObjectAction[], ...keys: string[]): void {
    who.setVariable(variable, this.name);
    this.allow(who, actions, ...keys);
  }

  /** Lets `who` call the actions on the objects under `keys`; for one that knows the bucket by other means. */
  allow(who: Grantee, actions: readonly ObjectAction[], ...keys: string[]): void {
    who.allow({ actions: actions.map((action) => `s3:${action}`), resources: keys.map((key) => `${this.arn}/${key}`) });
    if (actions.includes("PutObject")) this.#key.allowWrite(who);
    else this.#key.allowRead(who);
  }

  /** Lets `who` be told that there is no such object (404) where it would else be told that access is denied (403). */
  allowMissing(who: Grantee): void {
    this.allowList(who);
  }

  /** Lets `who` list the bucket's objects. */
  allowList(who: Grantee): void {
    who.allow({ actions: ["s3:ListBucket"], resources: [this.arn] });
  }

  /** Lets `who` list all versions of the bucket's objects, and tells it the bucket's name. */
  grantListVersions(who: ConfigurableGrantee, variable: string): void {
    who.setVariable(variable, this.name);
    who.allow({ actions: ["s3:ListBucketVersions"], resources: [this.arn] });
  }
}

/** Actions on objects that this project calls. */
export type ObjectAction =
  | "GetObject"
  | "GetObjectVersion"
  | "PutObject"
  | "AbortMultipartUpload"
  | "ListMultipartUploadParts"
  | "GetObjectVersionTagging"
  | "PutObjectTagging";

function tlsOnly(arn: string): Readonly<Record<string, unknown>> {
  return {
    Sid: "TlsOnly",
    Effect: "Deny",
    Principal: "*",
    // A denial must cover every action; it gives none.
    Action: "s3:*",
    Resource: [arn, `${arn}/*`],
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
}

/** What the bucket's account must give to those of another, beside what that one gives them; the objects are the bucket's owner's. */
function upstream(arn: string, writers: StorageBucketProps["writers"] = {}): Readonly<Record<string, unknown>>[] {
  return Object.entries(writers).map(([prefix, principal]) => ({
    Effect: "Allow",
    Principal: { AWS: principal },
    Action: ["s3:PutObject", "s3:AbortMultipartUpload"],
    Resource: `${arn}/${prefix}*`,
  }));
}

function lifecycle(props: StorageBucketProps): S3BucketLifecycleConfigurationRule[] {
  const everything = [{ prefix: "" }];
  return [
    {
      id: "expire",
      status: "Enabled",
      filter: everything,
      expiration: [{ days: props.expireDays }],
      noncurrentVersionExpiration: [{ noncurrentDays: props.keepOldVersionsDays }],
      abortIncompleteMultipartUpload: [{ daysAfterInitiation: 3 }],
      ...(props.coldDays && { transition: [{ days: props.coldDays, storageClass: "GLACIER_IR" }] }),
    },
    ...Object.entries(props.sooner ?? {}).map(([prefix, days]) => ({
      id: `expire-${prefix.replace(/\W+$/, "")}`,
      status: "Enabled",
      filter: [{ prefix }],
      expiration: [{ days }],
      noncurrentVersionExpiration: [{ noncurrentDays: 1 }],
    })),
    // A marker that hides nothing any more; S3 does not let one rule do this and expire by days.
    {
      id: "sweep-delete-markers",
      status: "Enabled",
      filter: everything,
      expiration: [{ expiredObjectDeleteMarker: true }],
    },
  ];
}
