import type { Construct } from "constructs";
import type { EventBus } from "./event-bus.ts";
import type { ImportBuckets } from "./import-buckets.ts";
import type { ImportTables } from "./import-tables.ts";
import type { NodeFunction } from "./node-function.ts";
import { StateFunctions, untilDone, wholeProcessor, type FunctionSettings } from "./state-functions.ts";

export interface ImportFunctionsProps extends FunctionSettings, ImportBuckets, ImportTables {
  readonly bus: EventBus;
}

/** One Lambda for each state of the import machine, each with access to what that state touches and to nothing else. */
export function importFunctions(
  scope: Construct,
  props: ImportFunctionsProps,
): { readonly functions: StateFunctions; readonly receive: NodeFunction } {
  const { config, inbox, work, archive, imports, failures, products, bus } = props;
  const functions = new StateFunctions(scope, props);
  // The brake: many imports at once share these, and leave the account and the tables room.
  const preparing = { reservedConcurrency: config.reservedPreparers };
  const writing = { reservedConcurrency: config.reservedWriters };

  const receive = functions.add("Receive", "Claims the import of a file version and archives the file");
  // A copy takes tags along; without the right to them, a file that upstream has tagged could not be archived.
  const copyVersion = ["GetObjectVersion", "GetObjectVersionTagging"] as const;
  // It asks for the version where an event does not name it.
  inbox.grant(receive, "INBOX_BUCKET", ["GetObject", ...copyVersion], "incoming/*", "preview/*");
  inbox.allowMissing(receive);
  // What a reprocessing run wrote.
  work.allow(receive, copyVersion, "incoming/*");
  work.allowMissing(receive);
  // It asks whether the copy is there already, before an import that runs again is copied.
  const copyFile = ["GetObject", "PutObject", "PutObjectTagging", "AbortMultipartUpload"] as const;
  archive.grant(receive, "ARCHIVE_BUCKET", copyFile, "files/*");
  archive.allowMissing(receive);
  imports.grant(receive, "IMPORTS_TABLE", "GetItem", "Query", "UpdateItem");
  receive.setVariable("UNDO_DAYS", String(config.undoDays));

  const plan = functions.add("Plan", "Checks a file as a whole and finds its records", {
    ...untilDone,
    ...preparing,
  });
  archive.grant(plan, "ARCHIVE_BUCKET", ["GetObject", "PutObject", "AbortMultipartUpload"], "files/*");
  // It asks whether the manifest that an earlier attempt wrote is still there.
  work.grant(plan, "WORK_BUCKET", ["GetObject", "PutObject"], "imports/*");
  work.allowMissing(plan);
  imports.grant(plan, "IMPORTS_TABLE", "GetItem", "Query", "UpdateItem");
  plan.setVariable("WORK_DAYS", String(config.workDays));
  plan.setVariable("CHUNK_RECORDS", String(config.chunkRecords));
  plan.setVariable("CHUNK_BYTES", String(config.chunkBytes));
  plan.setVariable("MAX_FILE_BYTES", String(config.maxFileBytes));
  plan.setVariable("MAX_EXCEL_BYTES", String(config.maxExcelBytes));

  const restructure = functions.add("Restructure", "Makes cells of the bytes of a chunk", {
    ...wholeProcessor,
    ...preparing,
  });
  archive.grant(restructure, "ARCHIVE_BUCKET", ["GetObject"], "files/*");
  work.grant(restructure, "WORK_BUCKET", ["GetObject", "PutObject"], "imports/*");
  // An attempt asks what an earlier one has left, of which there mostly is none.
  work.allowMissing(restructure);
  restructure.setVariable("MAX_RECORD_BYTES", String(config.maxRecordBytes));
  for (const [name, url] of Object.entries(config.services)) restructure.setVariable(name, url);

  const claimFailures = functions.add("ClaimFailures", "Takes the dead letters that a chunk reprocesses", {
    ...wholeProcessor,
    ...writing,
  });
  work.grant(claimFailures, "WORK_BUCKET", ["GetObject", "PutObject"], "imports/*");
  work.allowMissing(claimFailures);
  archive.grant(claimFailures, "ARCHIVE_BUCKET", ["GetObject"], "files/*");
  // A correction goes without the original cells where the archived file is gone.
  archive.allowMissing(claimFailures);
  imports.grant(claimFailures, "IMPORTS_TABLE", "GetItem");
  failures.grant(claimFailures, "FAILURES_TABLE", "GetItem", "UpdateItem");

  const mapping = functions.add("Mapping", "Makes products of the cells of a chunk", {
    ...wholeProcessor,
    ...preparing,
  });
  work.grant(mapping, "WORK_BUCKET", ["GetObject", "PutObject"], "imports/*");
  work.allowMissing(mapping);

  const validator = functions.add("Validator", "Holds the products of a chunk to their schema and rules", {
    ...wholeProcessor,
    ...preparing,
  });
  work.grant(validator, "WORK_BUCKET", ["GetObject", "PutObject"], "imports/*");
  work.allowMissing(validator);

  const compare = functions.add("Compare", "Compares the products of a chunk with what is stored", {
    ...wholeProcessor,
    ...preparing,
  });
  work.grant(compare, "WORK_BUCKET", ["GetObject", "PutObject"], "imports/*");
  work.allowMissing(compare);
  archive.grant(compare, "ARCHIVE_BUCKET", ["PutObject"], "undo/*");
  products.grant(compare, "PRODUCTS_TABLE", "BatchGetItem");

  const recall = functions.add("Recall", "Finds what the products of a chunk were before an import", wholeProcessor);
  work.grant(recall, "WORK_BUCKET", ["PutObject"], "imports/*");
  archive.grant(recall, "ARCHIVE_BUCKET", ["GetObject", "PutObject"], "undo/*");
  archive.allowList(recall);
  products.grant(recall, "PRODUCTS_TABLE", "BatchGetItem");

  const notePrepared = functions.add("NotePrepared", "Notes in the ledger that a chunk is prepared");
  imports.grant(notePrepared, "IMPORTS_TABLE", "UpdateItem");

  const decide = functions.add("Decide", "Adds up the ledger before the first product is written", untilDone);
  imports.grant(decide, "IMPORTS_TABLE", "GetItem", "Query", "UpdateItem");
  // What the feed's last imports were like.
  imports.allowIndexes(decide, "byFeed");
  work.grant(decide, "WORK_BUCKET", ["GetObject", "PutObject"], "imports/*");
  // Which groups a chunk has that was stopped before anything was written of it.
  archive.allow(decide, ["GetObject"], "files/*");
  // What an earlier run of the import has left may have expired.
  work.allowMissing(decide);

  const importer = functions.add("Import", "Stores the products of a chunk", { ...wholeProcessor, ...writing });
  work.grant(importer, "WORK_BUCKET", ["GetObject", "PutObject"], "imports/*");
  work.allowMissing(importer);
  // Where a refused write does not say what stands there, it is read; and again what somebody has written since Compare.
  products.grant(importer, "PRODUCTS_TABLE", "GetItem", "BatchGetItem", "UpdateItem");
  archive.grant(importer, "ARCHIVE_BUCKET", ["PutObject"], "undo/*");
  importer.setVariable("WRITE_CONCURRENCY", String(config.writeConcurrency));

  const closeChunk = functions.add("CloseChunk", "Closes a chunk: writes its dead letters and its outcomes", {
    ...wholeProcessor,
    ...writing,
  });
  work.grant(closeChunk, "WORK_BUCKET", ["GetObject"], "imports/*");
  // Lines that have expired are no reason to fail: the records behind them become failures.
  work.allowMissing(closeChunk);
  archive.grant(closeChunk, "ARCHIVE_BUCKET", ["GetObject"], "files/*");
  imports.grant(closeChunk, "IMPORTS_TABLE", "GetItem", "UpdateItem");
  failures.grant(closeChunk, "FAILURES_TABLE", "GetItem", "PutItem", "UpdateItem");

  const report = functions.add("Report", "Checks the balance and writes the reports", untilDone);
  archive.grant(report, "ARCHIVE_BUCKET", ["GetObject"], "files/*", "undo/*");
  // What an import would do that is held: its prepared lines, and what they would replace.
  archive.allowList(report);
  work.allow(report, ["GetObject"], "imports/*");
  archive.allow(report, ["PutObject", "AbortMultipartUpload"], "reports/*");
  imports.grant(report, "IMPORTS_TABLE", "GetItem", "Query", "UpdateItem");
  failures.grant(report, "FAILURES_TABLE", "Query");
  bus.tellName(report, "EVENT_BUS_NAME");
  // For the commands in its notices.
  report.setVariable("IMPORT_ENVIRONMENT", config.environment);
  report.setVariable("IMPORT_NAME_PREFIX", config.namePrefix);

  return { functions, receive };
}
