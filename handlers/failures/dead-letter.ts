import { recordErrors, type RecordError, type RecordErrorCode } from "#errors/catalogue.ts";
import type { ImportRef, TableRef } from "#imports/flow.ts";
import { sourceVersionOf } from "#products/source-version.ts";
import type { FailedLine } from "#records/line.ts";

/** Where a dead letter is in its life. */
export type FailureStatus = "OPEN" | "REPROCESSING" | "RESOLVED" | "PARKED";

/** What a failed record's bytes say: its cells, or its raw text where they do not line up with the header. */
export type Original = { readonly cells: readonly string[] } | { readonly raw: string };

/** A dead letter, as the failures table holds it. Its keys are deterministic: writing it again changes nothing. */
export interface DeadLetter {
  /** Partition: `<importId>#<chunk>`, so that the failures of a large import do not share one. */
  readonly chunk: string;
  /** `RECORD#<record>`. */
  readonly record: string;
  /** What a person calls it, and what `_failure` carries: `<importId>-<chunk>-<record>`. */
  readonly id: string;
  readonly importId: string;
  readonly feed: string;
  readonly catalog: string;
  readonly status: FailureStatus;
  /** `<feed>#<status>#<shard>`: a status alone would be one hot partition. */
  readonly feedStatus: string;
  /** `<catalog>#<key>`, where the key is known. */
  readonly catalogKey?: string;
  readonly failedAt: string;
  readonly attempts: number;
  readonly heals: boolean;
  readonly recordNumber: number;
  readonly line: number;
  readonly key?: string;
  /** The code of the first error; counts by code go by it. */
  readonly code: RecordErrorCode;
  readonly errors: readonly RecordError[];
  /** The age that the record keeps through every reprocessing. */
  readonly sourceVersion: string;
  readonly file: ImportRef["file"];
  /** Where the original bytes are: for records whose cells are too large to be kept here. */
  readonly table: TableRef;
  readonly at: readonly [offset: number, length: number];
  readonly cells?: readonly string[];
  readonly raw?: string;
}

// A dead letter with larger cells keeps only their byte range in the archived copy; DynamoDB's item limit is 400 KB.
const largestOriginal = 64 * 1024;

// Writes of one feed and status spread over this many index partitions.
export const statusShards = 16;

/** The partition of a chunk's dead letters. */
export function failurePartition(importId: string, chunk: number): string {
  return `${importId}#${String(chunk).padStart(6, "0")}`;
}

/** Where one dead letter is found by the status index. */
export function feedStatusOf(feed: string, status: FailureStatus, record: number): string {
  return `${feed}#${status}#${String(record % statusShards).padStart(2, "0")}`;
}

/** The dead letter of a failed record. `failedAt` is the time its chunk began to close. */
export function deadLetterOf(
  from: ImportRef,
  catalog: string,
  table: TableRef,
  chunk: number,
  failed: FailedLine,
  original: Original,
  failedAt: string,
): DeadLetter {
  const small = failed.at[1] <= largestOriginal;
  const code = failed.errors[0].code;
  return {
    chunk: failurePartition(from.importId, chunk),
    record: `RECORD#${String(failed.record).padStart(10, "0")}`,
    id: `${from.importId}-${chunk}-${failed.record}`,
    importId: from.importId,
    feed: from.feed,
    catalog,
    status: "OPEN",
    feedStatus: feedStatusOf(from.feed, "OPEN", failed.record),
    ...(failed.key && { key: failed.key, catalogKey: `${catalog}#${failed.key}` }),
    failedAt,
    attempts: 1,
    heals: recordErrors[code].heals,
    recordNumber: failed.record,
    line: failed.line,
    code,
    errors: failed.errors,
    sourceVersion: sourceVersionOf(from, failed.record),
    file: from.file,
    table,
    at: failed.at,
    ...(small && original),
  };
}
