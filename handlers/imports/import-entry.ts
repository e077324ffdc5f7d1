import type { RecordErrorCode } from "#errors/catalogue.ts";
import type { Tripped } from "#guards/guards.ts";
import type { ChangedFields } from "#imports/changed-fields.ts";
import type { ImportRef, ObjectRef, Planned, Rejection, StateError, TableRef } from "#imports/flow.ts";
import type { Outcomes } from "#records/line.ts";
import type { RepeatedKeysSum } from "#repeated-keys/repeated-keys.ts";
import type { CountedWarning, Warning } from "#warnings/catalogue.ts";

/** Status of an import. HELD awaits a person; a preview that is PREVIEWED may be let in by one. The others but RUNNING are final. */
export type ImportStatus =
  "RUNNING" | "COMPLETED" | "COMPLETED_WITH_FAILURES" | "REJECTED" | "HELD" | "PREVIEWED" | "FAILED";

/** How many failed records carry a code as their first. */
export type FailuresByCode = Readonly<Partial<Record<RecordErrorCode, number>>>;

/** What Plan found; present once the file is accepted. */
export interface PlannedEntry {
  readonly table: TableRef;
  /** Names of the columns as the file has them. */
  readonly header: readonly string[];
  /** Names by which rows of several files are put side by side, where they are others; see ImportColumn. */
  readonly columns?: readonly string[];
  readonly feedRevision: string;
  readonly records: number;
  /** Rows of the file, where its records are groups of them. */
  readonly rows?: number;
  readonly chunks: number;
  readonly manifest: ObjectRef;
  /** What the file as a whole is to be told of. */
  readonly fileWarnings?: readonly CountedWarning[];
}

/** What Decide found; present once it has decided. */
export interface DecidedEntry {
  /** Keys that several records of the file have; 0 where none has. */
  readonly repeatedKeys: RepeatedKeysSum;
  /** The second manifest. */
  readonly decided: ObjectRef;
  /** The guards that hold it; none where it is a preview. */
  readonly held?: readonly Tripped[];
}

/** What Report concludes; present once the import is finished. */
export interface FinishedEntry {
  readonly status: Exclude<ImportStatus, "RUNNING">;
  readonly finishedAt: string;
  readonly outcomes: Outcomes;
  readonly failuresByCode: FailuresByCode;
  readonly balanced: boolean;
  /** An earlier version knew none. */
  readonly warnings?: readonly Warning[];
  /** As above. */
  readonly changedFields?: ChangedFields;
  readonly reports: {
    readonly report: ObjectRef;
    readonly page: ObjectRef;
    readonly failedRecords?: ObjectRef;
    /** Of an import that has stored nothing yet: what it would change, and what would fail. */
    readonly changes?: ObjectRef;
    readonly wouldFail?: ObjectRef;
  };
  readonly rejection?: Rejection;
  readonly error?: StateError;
}

/** What a person has done to an import, and why. */
export interface ByPerson {
  readonly who: string;
  readonly reason: string;
  readonly at: string;
}

/** The imports table's entry for one import. */
export type ImportEntry = ImportRef & {
  /** The last time a person ran it again. */
  readonly rerun?: ByPerson;
  /** Who has let it go on, after it was held or previewed, or will have none of it. */
  readonly released?: ByPerson;
  readonly discarded?: ByPerson;
  /** Who takes another import back by this one. */
  readonly undo?: ByPerson;
  /** The import that takes this one back. */
  readonly undoneBy?: string;
} & Partial<PlannedEntry> &
  Partial<DecidedEntry> &
  Partial<Omit<FinishedEntry, "status">> & { readonly status: ImportStatus };

/** The plan of an import, once it has one. */
export function planOf({ table, records, rows, chunks, manifest }: ImportEntry): Planned | undefined {
  if (!table || records === undefined || chunks === undefined || !manifest) return undefined;
  return { decision: "planned", table, records, ...(rows !== undefined && { rows }), chunks, manifest };
}
