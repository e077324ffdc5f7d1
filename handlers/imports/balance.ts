import { addChangedFields, type ChangedFields } from "#imports/changed-fields.ts";
import type { ChunkEntry } from "#imports/chunk-entry.ts";
import type { FailuresByCode } from "#imports/import-entry.ts";
import { addOutcomes, countOutcomes, noOutcomes, type Outcomes } from "#records/line.ts";
import type { RecordErrorCode } from "#errors/catalogue.ts";
import type { CountedWarning } from "#warnings/catalogue.ts";

/** What the ledger of an import adds up to. */
export interface LedgerSum {
  /** Chunks that are not CLOSED, those without an entry included. */
  readonly unclosed: number;
  readonly outcomes: Outcomes;
  readonly failuresByCode: FailuresByCode;
  readonly warnings: readonly CountedWarning[];
  readonly changedFields: ChangedFields;
  /** Chunks that have dead letters, in order. */
  readonly failedChunks: readonly number[];
}

/** Adds up the ledger; only CLOSED chunks count. `chunks` is how many were planned. */
export function addLedger(ledger: readonly ChunkEntry[], chunks: number): LedgerSum {
  const closed = ledger.filter((entry) => entry.state === "CLOSED");
  const failuresByCode: Partial<Record<RecordErrorCode, number>> = {};
  for (const entry of closed) {
    for (const [code, count] of Object.entries(entry.failuresByCode ?? {})) {
      failuresByCode[code as RecordErrorCode] = (failuresByCode[code as RecordErrorCode] ?? 0) + count;
    }
  }
  return {
    unclosed: chunks - closed.length,
    outcomes: addOutcomes(closed.map((entry) => entry.outcomes ?? noOutcomes())),
    failuresByCode,
    warnings: closed.flatMap((entry) => entry.warnings ?? []),
    changedFields: addChangedFields(closed.map((entry) => entry.changedFields)),
    failedChunks: closed.filter((entry) => (entry.outcomes?.failed ?? 0) > 0).map((entry) => entry.chunk),
  };
}

/**
 * Promise 1: records planned = the sum of all outcomes, every chunk closed, and `failed` = dead letters read back.
 * An import for which this is false is FAILED.
 */
export function balances(planned: number, sum: LedgerSum, deadLetters: number): boolean {
  return sum.unclosed === 0 && countOutcomes(sum.outcomes) === planned && sum.outcomes.failed === deadLetters;
}
