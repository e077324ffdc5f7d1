import type { Construct } from "constructs";
import type { Config } from "./config.ts";
import type { Fillings } from "./definition.ts";
import type { EventBus } from "./event-bus.ts";
import type { ImportBuckets, ImportTables } from "./import-stack.ts";
import type { Naming } from "./naming.ts";
import { NodeFunction } from "./node-function.ts";
import type { Grantee } from "./policy.ts";

export interface ImportFunctionsProps extends ImportBuckets, ImportTables {
  readonly config: Config;
  readonly naming: Naming;
  /** Folder that `npm run build` fills. */
  readonly bundles: string;
  readonly bus: EventBus;
}

/** The Lambdas of the import machine, as the machine needs them. */
export interface ImportFunctions {
  /** `<State>Function` to the ARN of the version just published. */
  readonly fillings: Fillings;
  readonly receive: Grantee;
  allowInvoke(who: Grantee): void;
}

/** One Lambda for each state of the import machine, each with access to what that state touches and to nothing else. */
export function importFunctions(scope: Construct, props: ImportFunctionsProps): ImportFunctions {
  const { config, inbox, work, archive, imports, failures, products, bus } = props;
  const functions: Record<string, NodeFunction> = {};
  const add = (state: string, description: string, differs: Differs = {}): NodeFunction => {
    const handler = state.replace(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
    const { naming, bundles } = props;
    const { logDays } = config;
    const settings = { name: naming(handler), description, bundles, handler, logDays, ...differs };
    return (functions[`${state}Function`] = new NodeFunction(scope, handler, settings));
  };

  const receive = add("Receive", "Claims the import of a file version and archives the file");
  // A copy takes tags along; without the right to them, a file that upstream has tagged could not be archived.
  const readFile = ["GetObject", "GetObjectVersion", "GetObjectTagging", "GetObjectVersionTagging"] as const;
  inbox.grant(receive, "INBOX_BUCKET", readFile, "incoming/*");
  inbox.allowMissing(receive);
  archive.grant(receive, "ARCHIVE_BUCKET", ["PutObject", "PutObjectTagging", "AbortMultipartUpload"], "files/*");
  imports.grant(receive, "IMPORTS_TABLE", "GetItem", "UpdateItem");

  const plan = add("Plan", "Checks a file as a whole and finds its records", wholeFile);
  archive.grant(plan, "ARCHIVE_BUCKET", ["GetObject", "PutObject", "AbortMultipartUpload"], "files/*");
  work.grant(plan, "WORK_BUCKET", ["PutObject"], "imports/*");
  imports.grant(plan, "IMPORTS_TABLE", "GetItem", "UpdateItem");
  plan.setVariable("CHUNK_RECORDS", String(config.chunkRecords));
  plan.setVariable("CHUNK_BYTES", String(config.chunkBytes));
  plan.setVariable("MAX_FILE_BYTES", String(config.maxFileBytes));
  plan.setVariable("MAX_EXCEL_BYTES", String(config.maxExcelBytes));

  const restructure = add("Restructure", "Makes cells of the bytes of a chunk", wholeProcessor);
  archive.grant(restructure, "ARCHIVE_BUCKET", ["GetObject"], "files/*");
  work.grant(restructure, "WORK_BUCKET", ["PutObject"], "imports/*");
  restructure.setVariable("MAX_RECORD_BYTES", String(config.maxRecordBytes));

  const mapping = add("Mapping", "Makes products of the cells of a chunk", wholeProcessor);
  work.grant(mapping, "WORK_BUCKET", ["GetObject", "PutObject"], "imports/*");

  const validator = add("Validator", "Holds the products of a chunk to their schema and rules", wholeProcessor);
  work.grant(validator, "WORK_BUCKET", ["GetObject", "PutObject"], "imports/*");

  const notePrepared = add("NotePrepared", "Notes in the ledger that a chunk is prepared");
  imports.grant(notePrepared, "IMPORTS_TABLE", "GetItem", "UpdateItem");

  const decide = add("Decide", "Adds up the ledger before the first product is written");
  imports.grant(decide, "IMPORTS_TABLE", "Query");
  work.grant(decide, "WORK_BUCKET", ["GetObject", "PutObject"], "imports/*");

  const importer = add("Import", "Stores the products of a chunk", wholeProcessor);
  work.grant(importer, "WORK_BUCKET", ["GetObject", "PutObject"], "imports/*");
  products.grant(importer, "PRODUCTS_TABLE", "GetItem", "UpdateItem");
  importer.setVariable("WRITE_CONCURRENCY", String(config.writeConcurrency));

  const closeChunk = add("CloseChunk", "Closes a chunk: writes its dead letters and its outcomes", wholeProcessor);
  work.grant(closeChunk, "WORK_BUCKET", ["GetObject"], "imports/*");
  // Lines that have expired are no reason to fail: the records behind them become failures.
  work.allowMissing(closeChunk);
  archive.grant(closeChunk, "ARCHIVE_BUCKET", ["GetObject"], "files/*");
  imports.grant(closeChunk, "IMPORTS_TABLE", "GetItem", "UpdateItem");
  failures.grant(closeChunk, "FAILURES_TABLE", "BatchWriteItem");
  closeChunk.setVariable("MAX_RECORD_BYTES", String(config.maxRecordBytes));

  const report = add("Report", "Checks the balance and writes the reports", wholeFile);
  archive.grant(report, "ARCHIVE_BUCKET", ["GetObject"], "files/*");
  archive.allow(report, ["PutObject", "AbortMultipartUpload"], "reports/*");
  imports.grant(report, "IMPORTS_TABLE", "GetItem", "Query", "UpdateItem");
  failures.grant(report, "FAILURES_TABLE", "Query");
  bus.tellName(report, "EVENT_BUS_NAME");

  return {
    fillings: Object.fromEntries(Object.entries(functions).map(([name, { qualifiedArn }]) => [name, qualifiedArn])),
    receive,
    allowInvoke: (who) => {
      for (const one of Object.values(functions)) one.allowInvoke(who);
    },
  };
}

interface Differs {
  readonly memoryMegabytes?: number;
  readonly timeoutSeconds?: number;
}
/** For what computes: 1,769 MB come with one whole processor, and more of them would idle. */
const wholeProcessor: Differs = { memoryMegabytes: 1769 };
/** For what goes through a whole file; below the 900 seconds of its Task. */
const wholeFile: Differs = { ...wholeProcessor, timeoutSeconds: 840 };
