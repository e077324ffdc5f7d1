/**
 * The shapes that flow through the reprocessing state machine, in order. Like those of the import machine they are references
 * and counts only.
 */

import type { ImportStatus } from "#imports/import-entry.ts";
import type { Claimant, ObjectRef } from "#imports/flow.ts";

/** Which dead letters a run wants. All that is given must fit; nothing given means every feed. */
export interface FailureFilter {
  readonly importId?: string;
  readonly feed?: string;
  readonly code?: string;
  readonly sku?: string;
  /** ISO 8601: failed then or later. */
  readonly since?: string;
}

/** Input of the reprocessing machine, and the detail of a ReprocessRequested event. */
export interface ReprocessRequest {
  /** The caller's identity, or what asked: `schedule`, the source of an event. */
  readonly who: string;
  readonly reason: string;
  readonly filter?: FailureFilter;
  /** A failed-records CSV, corrected: then its rows are what runs, and there is no filter. */
  readonly corrections?: ObjectRef;
  /** Whether dead letters run too that only a change can heal. */
  readonly includeFinal?: boolean;
  /** Whether only those run whose last failure is long enough ago for their number of attempts. */
  readonly growingDistance?: boolean;
  /** Most dead letters a run takes. */
  readonly limit?: number;
}

/** What the machine adds to a request for SelectFailures. */
export interface SelectInput {
  readonly request: ReprocessRequest;
  /** ARN of the execution: the owner of what it takes. */
  readonly execution: string;
  /** Name of the execution: what a person calls the run. */
  readonly runId: string;
  readonly startedAt: string;
}

/** One failed-records CSV for the import machine. */
export interface FeedToReprocess {
  readonly feed: string;
  readonly records: number;
  /** The import that its file becomes. */
  readonly importId: string;
  /** Input of the import machine. */
  readonly input: ReprocessingEvent;
}

/** How the reprocessing machine starts the import machine: the event of a file in the work bucket, and who has claimed its rows. */
export interface ReprocessingEvent {
  readonly time: string;
  readonly detail: {
    readonly bucket: { readonly name: string };
    readonly object: { readonly key: string; readonly "version-id"?: string };
  };
  readonly reprocess: Claimant;
}

/** Why dead letters were not taken. */
export type Skipped = Readonly<
  Partial<Record<"final" | "notOpen" | "tooSoon" | "overLimit" | "unknown" | "refused" | "unreadable", number>>
>;

/** Output of SelectFailures. */
export interface Selected extends SelectInput {
  readonly selected: {
    readonly records: number;
    readonly skipped: Skipped;
    readonly feeds: readonly FeedToReprocess[];
  };
  /** What a Catch noted, where the machine gave up on a part. */
  readonly error?: { readonly Error: string; readonly Cause: string };
}

/** The run's entry in the imports table: `run#<runId>` / `RUN`, listed under the feed `(runs)`. */
export interface RunEntry {
  readonly runId: string;
  readonly execution: string;
  readonly who: string;
  readonly reason: string;
  readonly filter: string;
  readonly startedAt: string;
  readonly status: "RUNNING" | "DONE" | "FAILED";
  readonly imports?: readonly { readonly feed: string; readonly importId: string; readonly status?: ImportStatus }[];
  readonly counts?: RunCounts;
  readonly finishedAt?: string;
}

/** What became of a run's dead letters. */
export interface RunCounts {
  readonly selected: number;
  readonly resolved: number;
  readonly failedAgain: number;
  readonly parked: number;
  /** Put back because no import came to an outcome for them. */
  readonly released: number;
  readonly skipped: Skipped;
}
