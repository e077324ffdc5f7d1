import { isProtected, stackName, type Config } from "./config.ts";
import { document } from "./policy.ts";

// DynamoDB takes a key in the name of whoever makes the table (encryption.usagenotes of its guide).
const keyOfTable = "kms:CreateGrant Encrypt Decrypt ReEncryptFrom ReEncryptTo GenerateDataKey";

/**
 * What Terraform calls for the resources of each type: to make, read, change, tag and destroy them. As seen with AWS provider
 * 5.100.0, and what AWS asks for beside the call itself (tags on creation, a role that is passed on, the key of a table). Rights
 * that end what is stored stand apart.
 */
const calls: Readonly<Record<string, readonly string[]>> = {
  aws_cloudwatch_dashboard: ["cloudwatch:PutDashboard GetDashboard DeleteDashboards"],
  aws_cloudwatch_event_archive: ["events:CreateArchive DescribeArchive UpdateArchive DeleteArchive"],
  aws_cloudwatch_event_bus: [
    "events:CreateEventBus DescribeEventBus UpdateEventBus DeleteEventBus",
    "events:ListTagsForResource TagResource UntagResource",
  ],
  aws_cloudwatch_event_rule: ["events:PutRule DescribeRule DeleteRule ListTagsForResource TagResource UntagResource"],
  aws_cloudwatch_event_target: ["events:PutTargets ListTargetsByRule RemoveTargets", "iam:PassRole"],
  aws_cloudwatch_log_group: [
    "logs:CreateLogGroup DescribeLogGroups PutRetentionPolicy AssociateKmsKey DeleteLogGroup",
    "logs:ListTagsForResource TagResource UntagResource",
  ],
  aws_cloudwatch_metric_alarm: [
    "cloudwatch:PutMetricAlarm DescribeAlarms DeleteAlarms ListTagsForResource TagResource UntagResource",
  ],
  aws_dynamodb_table: [
    "dynamodb:CreateTable DescribeTable UpdateTable DescribeTimeToLive UpdateTimeToLive",
    "dynamodb:DescribeContinuousBackups UpdateContinuousBackups ListTagsOfResource TagResource UntagResource",
    keyOfTable,
  ],
  aws_iam_role: [
    "iam:CreateRole GetRole UpdateRole UpdateRoleDescription UpdateAssumeRolePolicy DeleteRole TagRole UntagRole",
    "iam:ListRolePolicies ListAttachedRolePolicies ListInstanceProfilesForRole",
  ],
  aws_iam_role_policy: ["iam:PutRolePolicy GetRolePolicy DeleteRolePolicy"],
  aws_kms_alias: ["kms:CreateAlias ListAliases UpdateAlias DeleteAlias"],
  aws_kms_key: [
    "kms:CreateKey DescribeKey GetKeyPolicy PutKeyPolicy UpdateKeyDescription EnableKeyRotation GetKeyRotationStatus",
    "kms:ListResourceTags TagResource UntagResource",
  ],
  aws_lambda_function: [
    "lambda:CreateFunction GetFunction GetFunctionConfiguration UpdateFunctionCode UpdateFunctionConfiguration",
    "lambda:PublishVersion ListVersionsByFunction GetFunctionCodeSigningConfig DeleteFunction",
    "lambda:PutFunctionConcurrency DeleteFunctionConcurrency ListTags TagResource UntagResource",
    "iam:PassRole",
  ],
  aws_lambda_permission: ["lambda:AddPermission GetPolicy RemovePermission"],
  aws_s3_bucket: [
    "s3:CreateBucket ListBucket GetBucketTagging PutBucketTagging",
    // It reads what other resources declare, too.
    "s3:GetAccelerateConfiguration GetBucketAcl GetBucketCORS GetBucketLogging GetBucketObjectLockConfiguration",
    "s3:GetBucketPolicy GetBucketRequestPayment GetBucketVersioning GetBucketWebsite GetEncryptionConfiguration",
    "s3:GetLifecycleConfiguration GetReplicationConfiguration",
  ],
  aws_s3_bucket_lifecycle_configuration: ["s3:PutLifecycleConfiguration"],
  aws_s3_bucket_notification: ["s3:GetBucketNotification PutBucketNotification"],
  aws_s3_bucket_object_lock_configuration: ["s3:PutBucketObjectLockConfiguration"],
  aws_s3_bucket_ownership_controls: ["s3:GetBucketOwnershipControls PutBucketOwnershipControls"],
  aws_s3_bucket_policy: ["s3:PutBucketPolicy DeleteBucketPolicy"],
  aws_s3_bucket_public_access_block: ["s3:GetBucketPublicAccessBlock PutBucketPublicAccessBlock"],
  aws_s3_bucket_server_side_encryption_configuration: ["s3:PutEncryptionConfiguration"],
  aws_s3_bucket_versioning: ["s3:PutBucketVersioning"],
  aws_scheduler_schedule: ["scheduler:CreateSchedule GetSchedule UpdateSchedule DeleteSchedule", "iam:PassRole"],
  aws_sfn_state_machine: [
    "states:CreateStateMachine DescribeStateMachine UpdateStateMachine DeleteStateMachine ListStateMachineVersions",
    "states:ValidateStateMachineDefinition ListTagsForResource TagResource UntagResource",
    "iam:PassRole",
  ],
  aws_sns_topic: [
    "sns:CreateTopic GetTopicAttributes SetTopicAttributes DeleteTopic",
    "sns:ListTagsForResource TagResource UntagResource",
  ],
  aws_sns_topic_policy: [],
  aws_sns_topic_subscription: ["sns:Subscribe GetSubscriptionAttributes SetSubscriptionAttributes Unsubscribe"],
  aws_sqs_queue: [
    "sqs:CreateQueue GetQueueAttributes SetQueueAttributes DeleteQueue ListQueueTags TagQueue UntagQueue",
  ],
  aws_sqs_queue_policy: [],
};

/** The types of resources whose rights are known. */
export const knownTypes: readonly string[] = Object.keys(calls);

/** What ends something that is stored: whoever deploys a protected stack has no right to it. */
const endings: Readonly<Record<string, readonly string[]>> = {
  aws_dynamodb_table: ["dynamodb:DeleteTable"],
  aws_kms_key: ["kms:ScheduleKeyDeletion"],
  aws_s3_bucket: ["s3:DeleteBucket ListBucketVersions DeleteObject DeleteObjectVersion"],
  aws_s3_bucket_object_lock_configuration: ["s3:BypassGovernanceRetention"],
};

/** Calls of which AWS knows no resource, or asks for all of them; they only read. */
const ofNoResource = new Set([
  "cloudwatch:DescribeAlarms",
  "kms:DescribeKey",
  "kms:ListAliases",
  "logs:DescribeLogGroups",
  "states:ValidateStateMachineDefinition",
]);
// A key has no name: it is made with the stack's tags, and known by them from then on.
const onNewKeys = new Set(["kms:CreateKey", "kms:TagResource"]);
const passRole = "iam:PassRole";
const roleTakers = ["lambda", "states", "events", "scheduler"].map((service) => `${service}.amazonaws.com`);

interface Right {
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, unknown>>;
}

/**
 * The rights that whoever deploys a stack needs, as the JSON of an identity policy: what Terraform calls for the types of its
 * resources, on resources of its name. Of a protected stack they end nothing that is stored. Throws on a type that is not known here.
 */
export function deployerPolicy(config: Config, types: readonly string[]): string {
  const stranger = types.find((type) => !knownTypes.includes(type));
  if (stranger)
    throw new Error(`Nothing is known of the rights to make a ${stranger}: add them to infra/deployer-policy.ts.`);
  const sources = isProtected(config) ? [calls] : [calls, endings];
  const words = sources.flatMap((of) => types.flatMap((type) => of[type] ?? []));
  const actions = [...new Set(words.flatMap(actionsOf))].sort();
  return document(
    [...onNames(config, actions), ...otherwise(config, actions), ...onState(config)]
      .filter(({ Action }) => Action.length > 0)
      .map((right) => ({ Effect: "Allow", ...right })),
  );
}

/** `s3:A B` as actions. */
function actionsOf(words: string): string[] {
  const [service = "", names = ""] = words.split(":");
  return names.split(" ").map((name) => `${service}:${name}`);
}

/** What is done to resources that carry the stack's name, in whatever account the policy stands. */
function onNames(config: Config, actions: readonly string[]): Right[] {
  const stack = stackName(config);
  const arn = (service: string, name: string) => `arn:aws:${service}:${config.region}:*:${name}`;
  const names: Readonly<Record<string, readonly string[]>> = {
    cloudwatch: [arn("cloudwatch", `alarm:${stack}-*`), `arn:aws:cloudwatch::*:dashboard/${stack}`],
    dynamodb: [arn("dynamodb", `table/${stack}-*`)],
    // An archive is made on the bus that it archives, and that is AWS's own. Rules of another bus are named behind that.
    events: [`archive/${stack}-*`, "event-bus/default", `event-bus/${stack}-*`, `rule/${stack}-*`].map((name) =>
      arn("events", name),
    ),
    iam: [`arn:aws:iam::*:role/${stack}-*`],
    lambda: [arn("lambda", `function:${stack}-*`)],
    logs: ["lambda", "vendedlogs/states"].map((of) => arn("logs", `log-group:/aws/${of}/${stack}-*`)),
    // Their objects as well: a wildcard spans slashes.
    s3: [`arn:aws:s3:::${stack}-*`],
    scheduler: [arn("scheduler", `schedule/default/${stack}-*`)],
    sns: [arn("sns", `${stack}-*`)],
    sqs: [arn("sqs", `${stack}-*`)],
    states: [arn("states", `stateMachine:${stack}-*`)],
  };
  const named = actions.filter((action) => !ofNoResource.has(action) && action !== passRole);
  return Object.entries(names).map(([service, Resource]) => ({
    Action: named.filter((action) => action.startsWith(`${service}:`)),
    Resource,
  }));
}

/** What is done to the key, to no resource that could be named, and to roles that are handed to services. */
function otherwise(config: Config, actions: readonly string[]): Right[] {
  const { region, namePrefix, environment, kmsKeyArn } = config;
  const tags = (of: "RequestTag" | "ResourceTag") => ({
    StringEquals: { [`aws:${of}/application`]: namePrefix, [`aws:${of}/environment`]: environment },
  });
  const ofKeys = actions.filter((action) => action.startsWith("kms:") && !ofNoResource.has(action));
  const aliases = ofKeys.filter((action) => action.endsWith("Alias"));
  return [
    { Action: actions.filter((action) => ofNoResource.has(action)), Resource: "*" },
    { Action: ofKeys.filter((action) => onNewKeys.has(action)), Resource: "*", Condition: tags("RequestTag") },
    {
      Action: ofKeys.filter((action) => action !== "kms:CreateKey"),
      Resource: `arn:aws:kms:${region}:*:key/*`,
      Condition: tags("ResourceTag"),
    },
    ...(kmsKeyArn ? [{ Action: actionsOf(keyOfTable), Resource: kmsKeyArn }] : []),
    { Action: aliases, Resource: `arn:aws:kms:${region}:*:alias/${stackName(config)}` },
    {
      Action: actions.filter((action) => action === passRole),
      Resource: `arn:aws:iam::*:role/${stackName(config)}-*`,
      Condition: { StringEquals: { "iam:PassedToService": roleTakers } },
    },
  ];
}

/** What Terraform does to its state and the lock beside it, where these lie in a bucket. */
function onState(config: Config): Right[] {
  const { stateBucket, region } = config;
  if (!stateBucket) return [];
  const bucket = `arn:aws:s3:::${stateBucket}`;
  return [
    { Action: ["s3:ListBucket"], Resource: bucket },
    {
      Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
      Resource: `${bucket}/${stackName(config)}.${region}.tfstate*`,
    },
  ];
}
