import { chunkName } from "#imports/chunk-name.ts";
import { recordErrors, type RecordError, type RecordErrorCode } from "#errors/catalogue.ts";
import { shorten } from "#feeds/bad-cell.ts";
import type { Claimant, ImportRef, TableRef } from "#imports/flow.ts";
import { sourceVersionOf } from "#products/source-version.ts";
import type { FailedLine, Outcome } from "#records/line.ts";

/** Where a dead letter is in its life. */
export const failureStatuses = ["OPEN", "REPROCESSING", "RESOLVED", "PARKED"] as const;
export type FailureStatus = (typeof failureStatuses)[number];

/** What the bytes of a row say: its cells, or its raw text where they do not line up with the header. */
export type OriginalRow = { readonly cells: readonly string[] } | { readonly raw: string };

/** What a failed record's bytes say; where it is a group of several rows, what each of them says. */
export type Original = OriginalRow | { readonly rows: readonly LetterRow[] };

/** A row of a dead letter; one whose text cannot be had any more has neither cells nor raw text. */
export interface LetterRow {
  /** Its line in the file (in a workbook its row); a row that a person has added has none. */
  readonly line?: number;
  readonly cells?: readonly string[];
  readonly raw?: string;
}

/** A cell that a person has changed, by the column's name. */
export interface Correction {
  /** Where the record is a group of several rows: the line of the row, or that a person has added it. */
  readonly row?: number | "added";
  readonly column: string;
  readonly before: string;
  readonly after: string;
}

/** What a record can end as so that nothing is left to do about it. */
export type ResolvingOutcome = Exclude<Outcome, "failed" | "held">;

/** One step in the life of a dead letter. */
export interface HistoryEntry {
  readonly at: string;
  readonly what: "failed" | "claimed" | "released" | "resolved" | "parked" | "reopened";
  /** How many attempts had been made by then, this one included. */
  readonly attempt: number;
  /** The import in which it happened, where it happened in one. */
  readonly importId?: string;
  readonly by?: Claimant;
  readonly code?: RecordErrorCode;
  readonly message?: string;
  readonly corrections?: readonly Correction[];
  /** How many more cells were corrected than are listed. */
  readonly moreCorrections?: number;
  readonly outcome?: ResolvingOutcome;
  /** The import whose newer product is stored, where the outcome is `superseded`. */
  readonly supersededBy?: string;
}

/** A dead letter, as the failures table holds it. Its keys are deterministic: writing it again changes nothing. */
export interface DeadLetter {
  /** Partition: `<importId>#<chunk>`, so that the failures of a large import do not share one. */
  readonly chunk: string;
  /** `RECORD#<record>`. */
  readonly record: string;
  /** What a person calls it, and what `_failure` carries: `<importId>-<chunk>-<record>`. */
  readonly id: string;
  /**
   * Present on the trace that a record leaves when it fails in an import which reprocesses it: `id` is that of the dead letter it
   * came from. A trace balances its import; it is no second dead letter, has no status, and stands in no index.
   */
  readonly trace?: true;
  /**
   * On a trace: where the record stood in the file that it came from, which is what its row in a failed-records CSV says; where it
   * is a group, `places` has the place of each row.
   */
  readonly of?: { readonly recordNumber: number; readonly place: string; readonly places?: readonly string[] };
  readonly importId: string;
  readonly feed: string;
  readonly catalog: string;
  readonly status: FailureStatus;
  /** `<feed>#<status>#<shard>`: a status alone would be one hot partition. */
  readonly feedStatus?: string;
  /** `<catalog>#<key>`, where the key is known. */
  readonly catalogKey?: string;
  /** When it failed last. */
  readonly failedAt: string;
  /** Times it was tried: the first failure is 1, each claim adds one. */
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
  /** In the order of the header of its import; as corrected last. */
  readonly cells?: readonly string[];
  readonly raw?: string;
  /** Where the record is a group of several rows, all that say something; then it has no cells and no raw text of its own. */
  readonly rows?: readonly LetterRow[];
  /** Who has taken it, while REPROCESSING. */
  readonly owner?: string;
  /** The one row that may run it, while REPROCESSING: `<importId>#<record>`. */
  readonly claimedFor?: string;
  readonly history: readonly HistoryEntry[];
  /** Seconds since 1970 at which the table forgets it; on resolved ones and on traces only. */
  readonly expiresAt?: number;
}

// A dead letter with larger cells keeps only their byte range in the archived copy; DynamoDB's item limit is 400 KB.
const largestOriginal = 64 * 1024;
// DynamoDB's partition keys have at most 2048 bytes; a longer key is no key a product could have.
const longestKey = 500;

/** Writes of one feed and status spread over this many index partitions. */
export const statusShards = 16;

/** Times a record is tried, the first included, before its dead letter is parked. */
export const attemptsCap = 5;

/** Corrections that a history lists one by one: a group may have thousands, and they stand beside its rows. */
export const listedCorrections = 100;

/** How long resolved dead letters and traces are kept. */
export const keepResolvedDays = 90;

/** The partition of a chunk's dead letters. */
export function failurePartition(importId: string, chunk: number): string {
  return `${importId}#${chunkName(chunk)}`;
}

/** The keys of the dead letter that an identity names; undefined where it can name none. */
export function keysOf(id: string): { chunk: string; record: string } | undefined {
  const parts = /^([0-9a-f]{32})-(\d{1,6})-(\d{1,10})$/.exec(id);
  if (!parts) return undefined;
  return { chunk: failurePartition(parts[1]!, Number(parts[2])), record: recordKey(Number(parts[3])) };
}

/** The partition of the status index that a record's dead letter stands in. */
export function feedStatusOf(feed: string, status: FailureStatus, record: number): string {
  return `${feed}#${status}#${String(record % statusShards).padStart(2, "0")}`;
}

/** When the table may forget what was settled at that time. */
export function expiryOf(at: string): number {
  return Math.floor(Date.parse(at) / 1000) + keepResolvedDays * 86_400;
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
  const code = failed.errors[0].code;
  const key = failed.key === undefined ? undefined : shorten(failed.key, longestKey);
  return {
    chunk: failurePartition(from.importId, chunk),
    record: recordKey(failed.record),
    id: `${from.importId}-${chunk}-${failed.record}`,
    importId: from.importId,
    feed: from.feed,
    catalog,
    status: "OPEN",
    feedStatus: feedStatusOf(from.feed, "OPEN", failed.record),
    ...(key && { key, catalogKey: `${catalog}#${key}` }),
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
    ...(failed.at[1] <= largestOriginal && original),
    history: [
      { at: failedAt, what: "failed", attempt: 1, importId: from.importId, code, message: failed.errors[0].message },
    ],
  };
}

/** The rows of a dead letter; those of a group whose text lies in the archived copy are not known without it. */
export function rowsOf({ line, cells, raw, rows, table }: Rows): readonly LetterRow[] | undefined {
  if (rows) return rows;
  if (cells) return [{ line, cells }];
  if (raw !== undefined) return [{ line, raw }];
  return table.group === undefined ? [{ line }] : undefined;
}

type Rows = Pick<DeadLetter, "line" | "cells" | "raw" | "rows" | "table">;

function recordKey(record: number): string {
  return `RECORD#${String(record).padStart(10, "0")}`;
}
