import {
  CloudWatchClient,
  paginateDescribeAlarms,
  ResourceNotFound,
  DashboardNotFoundError,
  GetDashboardCommand,
} from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient, paginateDescribeLogGroups } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient, paginateListTables } from "@aws-sdk/client-dynamodb";
import {
  EventBridgeClient,
  ListArchivesCommand,
  ListEventBusesCommand,
  ListRulesCommand,
} from "@aws-sdk/client-eventbridge";
import { IAMClient, paginateListRoles } from "@aws-sdk/client-iam";
import { DescribeKeyCommand, KMSClient, paginateListAliases, paginateListKeys } from "@aws-sdk/client-kms";
import { LambdaClient, paginateListFunctions } from "@aws-sdk/client-lambda";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { paginateListSchedules, SchedulerClient } from "@aws-sdk/client-scheduler";
import { paginateListStateMachines, SFNClient } from "@aws-sdk/client-sfn";
import { paginateListSubscriptions, paginateListTopics, SNSClient } from "@aws-sdk/client-sns";
import { paginateListQueues, SQSClient } from "@aws-sdk/client-sqs";
import { clientSettings } from "./cloud.ts";
import type { Sandbox } from "./environment.ts";
import type { Progress } from "./progress.ts";

type Names = readonly (string | undefined)[];

/** Names by kind. */
export type Standing = Readonly<Record<string, readonly string[]>>;

/** Nothing stands of what stood; and of every kind that is looked for, something did stand. */
export function checkNothingLeft(progress: Progress, stood: Standing, stands: Standing): void {
  const without = Object.entries(stood).filter(([, names]) => names.length === 0);
  progress.check(
    `something stood of each of ${Object.keys(stood).length} kinds`,
    without.map(([kind]) => kind),
    [],
  );
  progress.check("nothing is left of either environment", Object.values(stands).flat(), []);
}

/**
 * The names of everything that stands in the emulator under a prefix, in whatever environment, by kind. A KMS key has no name: every one is given that is
 * not on its way to be deleted.
 */
export async function standing(sandbox: Sandbox, prefix: string, environments: readonly string[]): Promise<Standing> {
  const settings = clientSettings(sandbox);
  const events = new EventBridgeClient(settings);
  const logs = new CloudWatchLogsClient(settings);
  const cloudwatch = new CloudWatchClient(settings);
  const sns = new SNSClient(settings);
  const kms = new KMSClient(settings);
  const kinds: Record<string, () => Promise<Names>> = {
    buckets: async () =>
      ((await new S3Client({ ...settings, forcePathStyle: true }).send(new ListBucketsCommand())).Buckets ?? []).map(
        ({ Name }) => Name,
      ),
    tables: () => all(paginateListTables({ client: new DynamoDBClient(settings) }, {}), (page) => page.TableNames),
    machines: () =>
      all(paginateListStateMachines({ client: new SFNClient(settings) }, {}), (page) =>
        page.stateMachines?.map(({ name }) => name),
      ),
    lambdas: () =>
      all(paginateListFunctions({ client: new LambdaClient(settings) }, {}), (page) =>
        page.Functions?.map(({ FunctionName }) => FunctionName),
      ),
    buses: async () => (await events.send(new ListEventBusesCommand())).EventBuses?.map(({ Name }) => Name) ?? [],
    rules: async () => (await events.send(new ListRulesCommand())).Rules?.map(({ Name }) => Name) ?? [],
    archives: async () =>
      (await events.send(new ListArchivesCommand())).Archives?.map(({ ArchiveName }) => ArchiveName) ?? [],
    schedules: () =>
      all(paginateListSchedules({ client: new SchedulerClient(settings) }, {}), (page) =>
        page.Schedules?.map(({ Name }) => Name),
      ),
    queues: () =>
      all(paginateListQueues({ client: new SQSClient(settings) }, {}), (page) => page.QueueUrls?.map(lastPart)),
    topics: () =>
      all(paginateListTopics({ client: sns }, {}), (page) => page.Topics?.map(({ TopicArn }) => lastPart(TopicArn))),
    subscriptions: () =>
      all(paginateListSubscriptions({ client: sns }, {}), (page) =>
        page.Subscriptions?.map(({ TopicArn }) => lastPart(TopicArn)),
      ),
    logGroups: () =>
      all(paginateDescribeLogGroups({ client: logs }, {}), (page) =>
        page.logGroups?.map(({ logGroupName }) => lastPart(logGroupName)),
      ),
    alarms: () =>
      all(paginateDescribeAlarms({ client: cloudwatch }, {}), (page) =>
        [...(page.MetricAlarms ?? []), ...(page.CompositeAlarms ?? [])].map(({ AlarmName }) => AlarmName),
      ),
    // Asked for by name: in the emulator's list of them is a date that the SDK cannot read.
    dashboards: () => Promise.all(environments.map((name) => dashboard(cloudwatch, `${prefix}-${name}`))),
    roles: () =>
      all(paginateListRoles({ client: new IAMClient(settings) }, {}), (page) =>
        page.Roles?.map(({ RoleName }) => RoleName),
      ),
    aliases: () =>
      all(paginateListAliases({ client: kms }, {}), (page) =>
        page.Aliases?.map(({ AliasName }) => lastPart(AliasName)),
      ),
  };
  const found = Object.entries(kinds).map(async ([kind, names]) => {
    const own = (await names()).filter((name): name is string => name?.startsWith(prefix) ?? false);
    return [kind, own] as const;
  });
  return Object.fromEntries([...(await Promise.all(found)), ["keys", await usableKeys(kms)]]);
}

async function dashboard(client: CloudWatchClient, name: string): Promise<string | undefined> {
  try {
    return (await client.send(new GetDashboardCommand({ DashboardName: name }))).DashboardName;
  } catch (error) {
    if (error instanceof ResourceNotFound || error instanceof DashboardNotFoundError) return undefined;
    throw error;
  }
}

/** Keys that customers made and that can still be used. */
async function usableKeys(kms: KMSClient): Promise<string[]> {
  const ids = await all(paginateListKeys({ client: kms }, {}), (page) => page.Keys?.map(({ KeyId }) => KeyId));
  const keys = await Promise.all(ids.map((KeyId) => kms.send(new DescribeKeyCommand({ KeyId }))));
  return keys
    .filter(({ KeyMetadata: key }) => key?.KeyManager === "CUSTOMER" && key.KeyState !== "PendingDeletion")
    .map(({ KeyMetadata: key }) => key?.KeyId ?? "");
}

async function all<Page>(pages: AsyncIterable<Page>, names: (page: Page) => Names | undefined): Promise<Names> {
  const found: (string | undefined)[] = [];
  for await (const page of pages) found.push(...(names(page) ?? []));
  return found;
}

/** The name in an ARN, a URL or the path of a log group. */
function lastPart(text = ""): string {
  return text.split(/[/:]/).at(-1) ?? "";
}
