import type { ChangedFields } from "#imports/changed-fields.ts";
import type { FailuresByCode } from "#imports/import-entry.ts";
import type { LinesRef, ObjectRef, StateError } from "#imports/flow.ts";
import type { Outcomes } from "#records/line.ts";
import type { CountedWarning } from "#warnings/catalogue.ts";

/**
 * The ledger's entry for one chunk: PREPARED (its last lines are known, nothing stored yet), CLOSING (which lines count is
 * settled, dead letters are being written), CLOSED (final; recovery from then on is reprocessing).
 */
export interface ChunkEntry {
  readonly importId: string;
  readonly chunk: number;
  readonly state: "PREPARED" | "CLOSING" | "CLOSED";
  readonly records: number;
  readonly lines?: LinesRef;
  /** Which of its records have which keys. It stays when the chunk is closed: the keys of others are compared with them. */
  readonly keys?: ObjectRef;
  /** Its records whose keys others have, as Decide found them. */
  readonly repetitions?: ObjectRef;
  readonly error?: StateError;
  /** When it became CLOSING; the dead letters' time, so that writing them again changes nothing. */
  readonly closingAt?: string;
  readonly outcomes?: Outcomes;
  readonly failuresByCode?: FailuresByCode;
  readonly warnings?: readonly CountedWarning[];
  readonly changedFields?: ChangedFields;
}
