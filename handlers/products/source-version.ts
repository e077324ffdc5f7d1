import type { ImportRef } from "#imports/flow.ts";

// S3 documents sequencers as hex of varying length: right-pad with zeros, then compare as text.
const sequencerDigits = 32;

/**
 * The source version of a record: event time, then sequencer, then importId, then record number, as text whose order as
 * text is the order in which products grow newer (promise 3).
 */
export function sourceVersionOf(from: Pick<ImportRef, "eventTime" | "sequencer" | "importId">, record: number): string {
  return [
    new Date(from.eventTime).toISOString(),
    from.sequencer.toUpperCase().padEnd(sequencerDigits, "0"),
    from.importId,
    String(record).padStart(10, "0"),
  ].join("/");
}

/**
 * The source version of what an undo gives back: newer than what it takes back, and than every correction of that; older than any
 * other record that is newer. So neither a late older file wins, nor does what is taken back beat a newer one.
 */
export function undoneVersionOf(sourceVersion: string): string {
  return `${sourceVersion}/undone`;
}

/** What a source version says: when upstream dropped the file that the record first stood in, the import of that file, the record. */
export interface Source {
  readonly eventTime: string;
  readonly importId: string;
  readonly record: number;
}

/** Reads a source version, that of a corrected record included. */
export function sourceOf(sourceVersion: string): Source {
  const [eventTime = "", , importId = "", record = ""] = sourceVersion.split("/");
  return { eventTime, importId, record: Number(record) };
}
