import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity/index.js";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider/index.js";
import { LocalBackend, S3Backend, TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { Alarms } from "./alarms.ts";
import { isProtected, type Config } from "./config.ts";
import { Dashboard } from "./dashboard.ts";
import { DataKey } from "./data-key.ts";
import { EventArchive } from "./event-archive.ts";
import { EventBus } from "./event-bus.ts";
import { EventQueue } from "./event-queue.ts";
import { EventTrigger } from "./event-trigger.ts";
import { importBuckets } from "./import-buckets.ts";
import { importFunctions } from "./import-functions.ts";
import { importTables } from "./import-tables.ts";
import { MailTopic } from "./mail-topic.ts";
import { namingOf } from "./naming.ts";
import { Recovery } from "./recovery.ts";
import { reprocessingFunctions } from "./reprocessing-functions.ts";
import { Schedule } from "./schedule.ts";
import { StateMachine } from "./state-machine.ts";
import { SupportRole } from "./support-role.ts";

export interface ImportStackProps {
  readonly config: Config;
  /** Folder that `npm run build` fills. */
  readonly bundles: string;
  /** Folder of the state machines. */
  readonly definitions: string;
  /** Where Terraform keeps its state; beside the project where it is not given. */
  readonly stateFile?: string;
}

/** Everything the product import consists of, in one environment. */
export class ImportStack extends TerraformStack {
  constructor(scope: Construct, id: string, { config, bundles, definitions, stateFile }: ImportStackProps) {
    super(scope, id);
    const { region } = config;
    const naming = namingOf(config);
    const protect = isProtected(config);
    new AwsProvider(this, "aws", {
      region,
      defaultTags: [{ tags: { ...config.tags, application: config.namePrefix, environment: config.environment } }],
    });
    this.#keepState(config, id, stateFile);
    const account = new DataAwsCallerIdentity(this, "account").accountId;

    const key = new DataKey(this, "key", {
      ...{ name: id, region, account, protect },
      givenArn: config.kmsKeyArn,
      writers: [...new Set(Object.values(config.upstreamPrincipals))],
    });
    const buckets = importBuckets(this, config, (role) => `${naming(role)}-${account}`, key, protect);
    const tables = importTables(this, config, naming, key, protect);
    const bus = new EventBus(this, "announcements", { name: naming("announcements") });
    const notices = new MailTopic(this, "notices", {
      name: naming("notices"),
      addresses: config.noticeAddresses,
      key,
    });
    const alarms = new MailTopic(this, "alarm-mails", {
      name: naming("alarms"),
      addresses: config.alarmAddresses,
      key,
      publisher: { service: "cloudwatch.amazonaws.com", account },
    });

    const undelivered = new EventQueue(this, "undelivered-events", { name: naming("undelivered-events"), key });
    const unwatched = new EventQueue(this, "unwatched-events", { name: naming("unwatched-events"), key });

    const settings = { config, naming, bundles, key, service: id, ...buckets, ...tables };
    const machineSettings = { region, account, logDays: config.logDays, key };
    const { functions, receive } = importFunctions(this, { ...settings, bus });
    const importMachine = new StateMachine(this, "import-machine", {
      // Not "import": the Lambda of the state Import has a role of that name.
      name: naming("import-machine"),
      ...machineSettings,
      definition: readFileSync(join(definitions, "import.asl.json"), "utf8"),
      fillings: {
        ...functions.fillings,
        WorkBucket: buckets.work.name,
        NoticeTopic: notices.arn,
        PrepareConcurrency: config.prepareConcurrency,
        ImportConcurrency: config.importConcurrency,
      },
    });
    functions.allowInvoke(importMachine);
    importMachine.allowMaps();
    importMachine.allowDescribe(receive);
    // The manifests that the Maps read, and the results that they write.
    buckets.work.allow(
      importMachine,
      ["GetObject", "PutObject", "ListMultipartUploadParts", "AbortMultipartUpload"],
      "imports/*",
    );
    bus.allowPut(importMachine);
    notices.allowPublish(importMachine);

    const reprocessing = reprocessingFunctions(this, settings);
    const reprocessMachine = new StateMachine(this, "reprocess-machine", {
      name: naming("reprocess-machine"),
      ...machineSettings,
      definition: readFileSync(join(definitions, "reprocess.asl.json"), "utf8"),
      fillings: { ...reprocessing.fillings, ImportMachine: importMachine.arn, NoticeTopic: notices.arn },
    });
    reprocessing.allowInvoke(reprocessMachine);
    importMachine.allowRun(reprocessMachine);
    notices.allowPublish(reprocessMachine);

    const fileArrived = {
      source: ["aws.s3"],
      "detail-type": ["Object Created"],
      // Whatever the suffix: an odd file is answered, not ignored.
      detail: {
        bucket: { name: [buckets.inbox.name] },
        object: { key: [{ prefix: "incoming/" }, { prefix: "preview/" }] },
      },
    };
    new EventTrigger(this, "inbox-trigger", {
      name: naming("file-arrived"),
      description: "A file arrived in the inbox",
      account,
      pattern: fileArrived,
      target: importMachine,
      undelivered,
    });
    const archive = new EventArchive(this, "inbox-events", {
      // Short: an archive's name has 48 characters at most.
      name: naming("inbox"),
      description: "The files that arrived in the inbox",
      busArn: `arn:aws:events:${region}:${account}:event-bus/default`,
      pattern: fileArrived,
      days: config.eventDays,
    });
    new EventTrigger(this, "reprocess-trigger", {
      name: naming("reprocess-asked"),
      description: "A system asks for dead letters to be run again",
      account,
      bus,
      pattern: { "detail-type": ["ReprocessRequested"] },
      target: reprocessMachine,
      inputPath: "$.detail",
      undelivered,
    });
    if (config.reprocessSchedule) {
      new Schedule(this, "reprocess-schedule", {
        name: naming("reprocess-schedule"),
        description: "Runs what time may have healed again",
        account,
        expression: config.reprocessSchedule,
        target: reprocessMachine,
        undelivered,
        input: { who: "schedule", reason: "scheduled", growingDistance: true },
      });
    }
    const machines = { importMachine, reprocessMachine };
    const recovery = new Recovery(this, "recovery", { ...settings, ...machines, account, unwatched });
    const support = new SupportRole(this, "support", {
      name: naming("support"),
      ...{ account, principals: config.supportPrincipals, undelivered },
      ...{ ...buckets, ...tables, ...machines },
    });
    const watched = { config, service: id, within: this, ...machines, undelivered, unwatched };
    const { watchdog, sweep } = recovery;
    const { arns } = new Alarms(this, "alarms", { ...watched, naming, topic: alarms, watchdog, sweep });
    new Dashboard(this, "dashboard", { ...watched, alarms: arns });
    this.#tell({
      inbox_bucket: buckets.inbox.name,
      work_bucket: buckets.work.name,
      archive_bucket: buckets.archive.name,
      imports_table: tables.imports.name,
      failures_table: tables.failures.name,
      products_table: tables.products.name,
      import_machine_arn: importMachine.arn,
      reprocess_machine_arn: reprocessMachine.arn,
      announcements_bus: bus.name,
      notices_topic_arn: notices.arn,
      alarms_topic_arn: alarms.arn,
      inbox_events_archive_arn: archive.arn,
      kms_key_arn: key.arn,
      undelivered_events_url: undelivered.url,
      unwatched_events_url: unwatched.url,
      watchdog_function: recovery.watchdog.name,
      sweep_function: recovery.sweep.name,
      support_role_arn: support.arn,
    });
  }

  /** Terraform's state lies in the bucket that the configuration names, locked while it changes; else in a file. */
  #keepState({ stateBucket, region }: Config, id: string, stateFile: string | undefined): void {
    if (!stateBucket) {
      if (stateFile) new LocalBackend(this, { path: stateFile });
      return;
    }
    // With the Region in its name: another one begins anew, and never takes this one's resources for gone.
    new S3Backend(this, { bucket: stateBucket, key: `${id}.${region}.tfstate`, region, encrypt: true });
    // A lock in the bucket itself, which cdktf's types do not know.
    this.addOverride("terraform.backend.s3.use_lockfile", true);
  }

  #tell(outputs: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(outputs)) {
      new TerraformOutput(this, name, { value, staticId: true });
    }
  }
}
