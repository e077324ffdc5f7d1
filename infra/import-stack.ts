import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity/index.js";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider/index.js";
import { LocalBackend, TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { Config } from "./config.ts";
import { EventBus } from "./event-bus.ts";
import { FileTrigger } from "./file-trigger.ts";
import { importFunctions } from "./import-functions.ts";
import { KeyedTable } from "./keyed-table.ts";
import { namingOf, type Naming } from "./naming.ts";
import { NoticeTopic } from "./notice-topic.ts";
import { StateMachine } from "./state-machine.ts";
import { StorageBucket } from "./storage-bucket.ts";

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
    const protect = config.environment === "prod";
    new AwsProvider(this, "aws", {
      region,
      defaultTags: [{ tags: { ...config.tags, application: config.namePrefix, environment: config.environment } }],
    });
    if (stateFile) new LocalBackend(this, { path: stateFile });
    const account = new DataAwsCallerIdentity(this, "account").accountId;

    const buckets = importBuckets(this, config, (role) => `${naming(role)}-${account}`, protect);
    const tables = importTables(this, naming, protect);
    const bus = new EventBus(this, "announcements", { name: naming("announcements") });
    const notices = new NoticeTopic(this, "notices", { name: naming("notices") });

    const functions = importFunctions(this, { config, naming, bundles, ...buckets, ...tables, bus });
    const machine = new StateMachine(this, "import-machine", {
      // Not "import": the Lambda of the state Import has a role of that name.
      name: naming("import-machine"),
      region,
      account,
      definition: readFileSync(join(definitions, "import.asl.json"), "utf8"),
      fillings: {
        ...functions.fillings,
        WorkBucket: buckets.work.name,
        NoticeTopic: notices.arn,
        PrepareConcurrency: config.prepareConcurrency,
        ImportConcurrency: config.importConcurrency,
      },
      logDays: config.logDays,
    });
    functions.allowInvoke(machine);
    machine.allowDescribe(functions.receive);
    // The manifests that the Maps read, and the results that they write.
    buckets.work.allow(
      machine,
      ["GetObject", "PutObject", "ListMultipartUploadParts", "AbortMultipartUpload"],
      "imports/*",
    );
    bus.allowPut(machine);
    notices.allowPublish(machine);

    new FileTrigger(this, "inbox-trigger", { naming, account, bucket: buckets.inbox, prefix: "incoming/", machine });
    this.#tell({
      inbox_bucket: buckets.inbox.name,
      work_bucket: buckets.work.name,
      archive_bucket: buckets.archive.name,
      imports_table: tables.imports.name,
      failures_table: tables.failures.name,
      products_table: tables.products.name,
      import_machine_arn: machine.arn,
      announcements_bus: bus.name,
      notices_topic_arn: notices.arn,
    });
  }

  #tell(outputs: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(outputs)) {
      new TerraformOutput(this, name, { value, staticId: true });
    }
  }
}

/** The buckets of the product import. */
export interface ImportBuckets {
  /** What upstream dropped. */
  readonly inbox: StorageBucket;
  /** Manifests, stage outputs, map results. */
  readonly work: StorageBucket;
  /** Originals, normalised copies and reports, kept for years. */
  readonly archive: StorageBucket;
}

function importBuckets(scope: Construct, config: Config, naming: Naming, protect: boolean): ImportBuckets {
  return {
    inbox: new StorageBucket(scope, "inbox", {
      name: naming("inbox"),
      expireDays: config.inboxDays,
      // The next file of the same name must not take its forerunner along before that is imported.
      keepOldVersionsDays: config.inboxDays,
      announce: true,
      protect,
    }),
    work: new StorageBucket(scope, "work", {
      name: naming("work"),
      expireDays: config.workDays,
      keepOldVersionsDays: 1,
      protect,
    }),
    archive: new StorageBucket(scope, "archive", {
      name: naming("archive"),
      expireDays: config.archiveDays,
      keepOldVersionsDays: 90,
      coldDays: config.archiveColdDays,
      protect,
    }),
  };
}

/** The tables of the product import. */
export interface ImportTables {
  /** Imports and the ledger of their chunks. */
  readonly imports: KeyedTable;
  /** Dead letters. */
  readonly failures: KeyedTable;
  readonly products: KeyedTable;
}

function importTables(scope: Construct, naming: Naming, protect: boolean): ImportTables {
  return {
    imports: new KeyedTable(scope, "imports", {
      name: naming("imports"),
      key: { partition: "importId", sort: "entry" },
      indexes: { byFeed: { partition: "feed", sort: "startedAt" } },
      protect,
    }),
    failures: new KeyedTable(scope, "failures", {
      name: naming("failures"),
      key: { partition: "chunk", sort: "record" },
      indexes: {
        byStatus: { partition: "feedStatus", sort: "failedAt" },
        byKey: { partition: "catalogKey", sort: "failedAt" },
      },
      expiresAt: "expiresAt",
      protect,
    }),
    products: new KeyedTable(scope, "products", { name: naming("products"), key: { partition: "product" }, protect }),
  };
}
