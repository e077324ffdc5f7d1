import type { DeadLetter } from "#failures/dead-letter.ts";
import type { Claimant, ImportRef } from "#imports/flow.ts";

/** Who takes dead letters for an import: the run that wrote its file, or the dropped file itself. */
export function claimantOf(from: ImportRef): Claimant {
  const file = `s3://${from.file.bucket}/${from.file.key}`;
  return (
    from.claimant ?? { id: from.importId, who: file, reason: "A failed-records CSV was dropped again", filter: file }
  );
}

/**
 * The source version to store a reprocessed record under: that of its original. Once a person has corrected it, the place of
 * the last correction in its history follows, so that the correction is newer than what an earlier attempt may have stored,
 * and older than all that came after the original. (Attempts would not do: reopening counts them anew.)
 */
export function correctedVersionOf({ sourceVersion, history }: Pick<DeadLetter, "sourceVersion" | "history">): string {
  const corrected = history.findLastIndex((entry) => entry.corrections !== undefined);
  return corrected < 0 ? sourceVersion : `${sourceVersion}/${String(corrected).padStart(4, "0")}`;
}
