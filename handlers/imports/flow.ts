/**
 * The shapes that flow through the import state machine. Each state's input is the previous state's output, so these
 * types, read in order, are the flow. Everything here is a reference or a count: state data stays far below 256 KiB.
 */

import type { PreparedSum } from "#guards/prepared-sum.ts";

export interface ObjectRef {
  readonly bucket: string;
  readonly key: string;
}

/** One version of one file, on its way; made by Receive, handed to every later state. */
export interface ImportRef {
  /** 32 hex digits derived from bucket, key and version; see `#imports/import-id.ts`. */
  readonly importId: string;
  readonly feed: string;
  /** The object upstream dropped, with its size in bytes. */
  readonly file: ObjectRef & { readonly versionId?: string; readonly etag: string; readonly bytes: number };
  /** When upstream dropped it: ISO 8601 in UTC; first part of the source version. */
  readonly eventTime: string;
  /** S3's sequencer (hex), or "" where the event carries none. */
  readonly sequencer: string;
  /** The archived copy that everything later reads. */
  readonly archived: ObjectRef;
  /** Set where nothing is to be stored: the report says what would be. */
  readonly preview?: true;
  /** The import that it takes back, where that is what it does. */
  readonly undoes?: string;
  /** Who has claimed the failures in the file, where a reprocessing run wrote it. */
  readonly claimant?: Claimant;
  /** ARN of the execution that owns the import. */
  readonly owner: string;
  readonly startedAt: string;
}

/** Who takes dead letters, and why; kept on the run and on each dead letter it touches. */
export interface Claimant {
  /** ARN of the reprocessing execution, or the importId of a failed-records CSV that was dropped. */
  readonly id: string;
  /** The caller's identity, or where the file came from. */
  readonly who: string;
  readonly reason: string;
  /** What was asked for, as a person reads it. */
  readonly filter: string;
}

export const delimiters = [",", ";", "|", "\t"] as const;
export type Delimiter = (typeof delimiters)[number];

/** How a table file writes its cells. */
export interface Dialect {
  readonly delimiter: Delimiter;
  /** Set where a quote is a character like any other. */
  readonly quote?: "none" | undefined;
  /** What stands before a quote that belongs to a quoted cell; a second quote where there is none. */
  readonly escape?: "\\" | undefined;
  /** What a line begins with that is no record. */
  readonly comment?: "#" | undefined;
}

/** The sheet of a workbook that a table file was written from, row for row. */
export interface SheetRef {
  readonly name: string;
  /** From 1, or 0 where the feed names the columns; the first record of the table is the row below. */
  readonly headerRow: number;
}

/** A table file whose records have byte ranges: plain UTF-8 CSV. Either the archived copy or its normalised twin. */
export interface TableRef extends ObjectRef, Dialect {
  /** Byte range [start, end) of the header record, byte order mark and line break excluded. */
  readonly header: readonly [start: number, end: number];
  /** True where it is a failed-records CSV that came back. */
  readonly failedRecords?: true;
  /** Where it is the twin of a workbook. */
  readonly sheet?: SheetRef;
  /** The names of its columns where the feed declares them, for the file has no header. */
  readonly names?: readonly string[];
  /** Where records are groups of rows: the place, from 0, of the column whose runs of equal cells they are, or that says where they start. */
  readonly group?: number;
  /** The cells of that column with which a record starts, where not runs of equal ones are the records. */
  readonly starts?: readonly string[];
  /** Where records are groups: the cells of the header. */
  readonly columns?: number;
  /** Where records are groups that came back in a failed-records CSV: the place of its column `_failure`. */
  readonly identity?: number;
}

/** A run of whole records; the unit of parallel work and of the ledger. */
export interface Chunk {
  /** Number of the chunk in the file, from 1. */
  readonly chunk: number;
  /** Byte range [start, end) in the table file. */
  readonly start: number;
  readonly end: number;
  readonly firstRecord: number;
  readonly firstLine: number;
  readonly records: number;
  /** Where records are groups: the number of its first row in the file, from 1. */
  readonly firstRow?: number;
  /** Where records are groups: the line of a row in the chunk above that cannot be read, and may be the first row of a record of this one. */
  readonly behind?: number;
}

/** JSON Lines written by a stage, with what they hold. */
export interface LinesRef extends ObjectRef {
  readonly lines: number;
  readonly failed: number;
  /** Which of the records have which keys, once that is known; see `#repeated-keys/key-index.ts`. */
  readonly keys?: ObjectRef;
  /** What they would do, once that is known. */
  readonly sum?: PreparedSum;
}

/** Why a file as a whole is not trusted. */
export interface Rejection {
  readonly code: string;
  readonly message: string;
  readonly line?: number;
}

/** What a Catch puts under `$.error`. */
export interface StateError {
  readonly Error: string;
  /** Absent where Step Functions knows none, as for a time-out. */
  readonly Cause?: string;
}

/** Output of Receive. */
export type Received =
  | { readonly decision: "import"; readonly import: ImportRef }
  | {
      /** The owner ended: nothing is imported any more, what is open is closed. */
      readonly decision: "close";
      readonly import: ImportRef;
      readonly plan?: Planned;
      readonly error: StateError;
    }
  | {
      /** A person will have none of it. */
      readonly decision: "discard";
      readonly import: ImportRef;
      readonly plan: { readonly decision: "rejected"; readonly rejection: Rejection };
    }
  | {
      /** The owner ended between the decision to hold and its report. */
      readonly decision: "hold";
      readonly import: ImportRef;
      readonly plan: Planned;
      readonly decided: Decided;
    }
  | { readonly decision: "duplicate" | "ignored"; readonly reason: string };

/** What Plan makes of a file that it accepts. */
export interface Planned {
  readonly decision: "planned";
  readonly table: TableRef;
  readonly records: number;
  /** Rows of the file, where its records are groups of them. */
  readonly rows?: number;
  readonly chunks: number;
  /** JSON array of ChunkTask, in the work bucket: the items of PrepareChunks and of CloseRemaining. */
  readonly manifest: ObjectRef;
  /** Set where a person lets the import go on, and what was prepared of it is still there. */
  readonly prepared?: true;
}

/** What Plan adds to its input, under `$.plan`. */
export type Plan = Planned | { readonly decision: "rejected"; readonly rejection: Rejection };

/** Input of Restructure, Mapping, Validator, NotePrepared, Import and CloseChunk: one child of a Map. */
export interface ChunkTask {
  readonly import: ImportRef;
  readonly table: TableRef;
  readonly chunk: Chunk;
  /** The last lines written of this chunk, if any stage has written some. */
  readonly lines?: LinesRef;
  /** JSON array of Repetition: its records whose keys others of the file have, if there are any. */
  readonly repetitions?: ObjectRef;
  /** What stopped the chunk, if anything did. */
  readonly error?: StateError;
}

/** What Decide adds to its input, under `$.decided`. */
export interface Decided {
  /** JSON array of ChunkTask, in the work bucket: the items of ImportChunks. */
  readonly manifest: ObjectRef;
  readonly chunks: number;
  /** Set where nothing is stored yet: a person has to look first, or asked for no more than a look. */
  readonly held?: "guard" | "preview";
}
