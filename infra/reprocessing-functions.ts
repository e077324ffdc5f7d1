import type { Construct } from "constructs";
import type { ImportBuckets } from "./import-buckets.ts";
import type { ImportTables } from "./import-tables.ts";
import { StateFunctions, untilDone, type FunctionSettings } from "./state-functions.ts";

export interface ReprocessingFunctionsProps extends FunctionSettings, ImportBuckets, ImportTables {}

/** One Lambda for each state of the reprocessing machine, each with access to what that state touches and to nothing else. */
export function reprocessingFunctions(scope: Construct, props: ReprocessingFunctionsProps): StateFunctions {
  const { config, work, archive, imports, failures } = props;
  const functions = new StateFunctions(scope, props);

  const selectFailures = functions.add("SelectFailures", "Takes dead letters and writes one CSV a feed", {
    ...untilDone,
    // Dead letters wait on disk until the header of their CSV is known.
    diskMegabytes: 10_240,
  });
  work.grant(selectFailures, "WORK_BUCKET", ["GetObject", "PutObject", "AbortMultipartUpload"], "incoming/*");
  work.allow(selectFailures, ["GetObject"], "corrections/*");
  archive.grant(selectFailures, "ARCHIVE_BUCKET", ["GetObject"], "files/*");
  // A dead letter whose archived file is gone is left, and its neighbours run.
  archive.allowMissing(selectFailures);
  imports.grant(selectFailures, "IMPORTS_TABLE", "GetItem", "Query", "UpdateItem");
  failures.grant(selectFailures, "FAILURES_TABLE", "GetItem", "Query", "UpdateItem");
  failures.grantIndexes(selectFailures, "FAILURES_TABLE", "byStatus", "byKey");
  selectFailures.setVariable("REPROCESS_LIMIT", String(config.reprocessLimit));

  const settle = functions.add(
    "Settle",
    "Counts what became of a run's dead letters, and puts back the rest",
    untilDone,
  );
  imports.grant(settle, "IMPORTS_TABLE", "GetItem", "Query", "UpdateItem");
  failures.grant(settle, "FAILURES_TABLE", "GetItem", "Query", "UpdateItem");
  failures.grantIndexes(settle, "FAILURES_TABLE", "byStatus");
  settle.setVariable("IMPORT_ENVIRONMENT", config.environment);
  settle.setVariable("IMPORT_NAME_PREFIX", config.namePrefix);

  return functions;
}
