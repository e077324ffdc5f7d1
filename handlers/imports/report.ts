import type { RecordError } from "#errors/catalogue.ts";
import type { DeadLetter } from "#failures/dead-letter.ts";
import type { ChangedFields } from "#imports/changed-fields.ts";
import type { DecidedEntry, FailuresByCode, FinishedEntry, PlannedEntry } from "#imports/import-entry.ts";
import type { ImportRef, ObjectRef, Rejection } from "#imports/flow.ts";
import type { Outlook } from "#outlook/outlook.ts";
import type { FailedLine, Outcomes } from "#records/line.ts";
import type { RepeatedKeysSum } from "#repeated-keys/repeated-keys.ts";
import type { Warning } from "#warnings/catalogue.ts";

/** One thing that is wrong with one record; a record that breaks several rules is shown once for each. */
export interface ReportedFailure {
  readonly record: number;
  /** Physical line of the file; in a workbook the row. Of a group the row that is wrong, where it is one. */
  readonly line: number;
  /** In a workbook: `Prices!C6`, or `Prices!6:6` where it is no one cell. */
  readonly cell?: string;
  readonly key?: string;
  /** Name of the column in the file. */
  readonly column?: string;
  readonly value?: string;
  readonly code: string;
  readonly message: string;
}

/** A product that an undo leaves alone, for another import has written it since. */
export interface LeftAlone {
  readonly record: number;
  readonly key: string;
  readonly by?: string;
}

/** The report of an import, as programs read it. */
export interface Report {
  readonly importId: string;
  readonly feed: string;
  readonly file: ObjectRef & { readonly versionId?: string; readonly bytes: number };
  readonly status: FinishedEntry["status"];
  /** The import that it takes back, where that is what it does. */
  readonly undoes?: string;
  readonly rejection?: Rejection;
  /** Why the machine gave up, where it did. */
  readonly error?: string;
  readonly records: number;
  /** Rows of the file, where its records are groups of them; else there are as many as records. */
  readonly rows: number;
  readonly outcomes: Outcomes;
  readonly balanced: boolean;
  /** Of updated records: in how many of them each field changed, the most frequent first, a hundred at most. */
  readonly changedFields: ChangedFields;
  /** What it would do, where nothing is stored yet: it is held, or was a preview. */
  readonly outlook?: Outlook;
  /** Keys that several records of the file have, and how many records these are; 0 where each key stands once. */
  readonly repeatedKeys: RepeatedKeysSum;
  /** What fails nothing and should be known all the same; in the order of the catalogue. */
  readonly warnings: readonly Warning[];
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly seconds: number;
  readonly recordsPerSecond: number;
  /** The first hundred; the failed-records CSV has them all. */
  readonly failures: readonly ReportedFailure[];
  readonly failuresByCode: FailuresByCode;
  /** Of an undo: products that others have written since, the first hundred. */
  readonly leftAlone?: readonly LeftAlone[];
  /** s3:// addresses. */
  readonly reports: {
    readonly report: string;
    readonly page: string;
    readonly failedRecords?: string;
    readonly changes?: string;
    readonly wouldFail?: string;
  };
}

/** How many failures a report lists one by one. */
export const listedFailures = 100;

/** Puts the report together; figures per second are of the whole import, from claim to report. */
export function reportOf(
  from: ImportRef,
  records: number,
  end: FinishedEntry & Partial<DecidedEntry> & Pick<PlannedEntry, "rows">,
  failures: readonly ReportedFailure[],
  outlook?: Outlook,
  leftAlone?: readonly LeftAlone[],
): Report {
  const seconds = Math.max(0, Date.parse(end.finishedAt) - Date.parse(from.startedAt)) / 1000;
  const { bucket, key, versionId, bytes } = from.file;
  return {
    importId: from.importId,
    feed: from.feed,
    file: { bucket, key, ...(versionId && { versionId }), bytes },
    status: end.status,
    ...(from.undoes !== undefined && { undoes: from.undoes }),
    ...(end.rejection && { rejection: end.rejection }),
    ...(end.error && { error: `${end.error.Error}: ${messageOf(end.error.Cause ?? "no cause is known")}` }),
    records,
    rows: end.rows ?? records,
    outcomes: end.outcomes,
    balanced: end.balanced,
    changedFields: end.changedFields ?? {},
    ...(outlook && { outlook }),
    repeatedKeys: end.repeatedKeys ?? { keys: 0, records: 0 },
    warnings: end.warnings ?? [],
    startedAt: from.startedAt,
    finishedAt: end.finishedAt,
    seconds,
    recordsPerSecond: seconds > 0 ? Math.round(records / seconds) : records,
    failures,
    ...(leftAlone && { leftAlone }),
    failuresByCode: end.failuresByCode,
    reports: Object.fromEntries(
      Object.entries(end.reports).map(([name, ref]) => [name, addressOf(ref)]),
    ) as unknown as Report["reports"],
  };
}

/** A dead letter as a report lists it: one row for each thing wrong with the record. */
export function reportedFailures({ recordNumber: record, ...letter }: DeadLetter): ReportedFailure[] {
  return failuresOf({ ...letter, record });
}

/** What is wrong with a record, as a report lists it. */
export function failuresOf({
  record,
  line: first,
  key,
  errors,
}: Pick<FailedLine, "record" | "line"> & {
  readonly key?: string | undefined;
  readonly errors: readonly RecordError[];
}): ReportedFailure[] {
  return errors.map(({ code, message, column, value, cell, line = first }) => ({
    record,
    line,
    ...(cell !== undefined && { cell }),
    ...(key !== undefined && { key }),
    ...(column !== undefined && { column }),
    ...(value !== undefined && { value }),
    code,
    message,
  }));
}

function addressOf(ref: ObjectRef): string {
  return `s3://${ref.bucket}/${ref.key}`;
}

/** A Lambda's Cause is JSON around the message; anything else is the message itself. */
function messageOf(cause: string): string {
  try {
    const parsed = JSON.parse(cause) as { errorMessage?: unknown } | null;
    return typeof parsed?.errorMessage === "string" ? parsed.errorMessage : cause;
  } catch {
    return cause;
  }
}
