import type { RecordError } from "#errors/catalogue.ts";
import type { Product } from "#products/product.ts";
import type { RecordWarning } from "#warnings/catalogue.ts";

/** Where a record stands. `at` is a byte range [offset, length] in the table file, line break excluded. */
export interface Position {
  /** Number of the record in the file, from 1; blank lines count. */
  readonly record: number;
  /** Physical line of the file on which the record begins, from 1; the header is line 1. */
  readonly line: number;
  readonly at: readonly [offset: number, length: number];
  /** Where the record is a group of several rows, these in their order; on positions only, no line carries it. */
  readonly rows?: readonly RowPosition[];
  /** Where the record is a group: the line of a row above that cannot be read, and may be its first one; on positions only. */
  readonly behind?: number;
  /** The failure that the record reprocesses, where the file is a failed-records CSV that came back. */
  readonly failure?: ReturnedFailure;
  /** What is to be told of the record, whatever becomes of it. */
  readonly warnings?: readonly RecordWarning[];
}

/** Where one row of a group stands; `at` as for a record. */
export interface RowPosition {
  readonly line: number;
  readonly at: readonly [offset: number, length: number];
}

/** A failure on its way back in. */
export interface ReturnedFailure {
  /** Identity of the dead letter, from the column `_failure`. */
  readonly id: string;
  /** The source version to store the record under; present once ClaimFailures has taken the dead letter. */
  readonly sourceVersion?: string;
  /** Where several rows came back, once it is taken: the line of each, with that in the file it came from; null where it was added. */
  readonly lines?: readonly (readonly [line: number, original: number | null])[];
}

/** One cell after cleansing: text, a flag, a list; null where the file has nothing. Numbers stay text (promise 7). */
export type SingleCell = string | boolean | readonly string[] | null;

/** The cells that are filled of the columns which a pattern fits, by the file's names of them and in its order. */
export type PatternCells = Readonly<Record<string, NonNullable<SingleCell>>>;

/** What a record has of a declared column. */
export type Cell = SingleCell | PatternCells;

/** What Restructure makes of a well-formed record: cells in the order of the feed's declared columns. */
export interface RestructuredLine extends Position {
  readonly kind: "restructured";
  /** The product key as the file has it, where it is known. */
  readonly key?: string;
  readonly cells: readonly Cell[];
  /** Cells of columns the feed does not declare, by column name; present when the feed keeps them as attributes. */
  readonly extra?: Readonly<Record<string, string>>;
  /** Places of cells that could not be read, where the feed leaves out what is made of them. */
  readonly unreadable?: readonly number[];
  /** Where the record is a group of several rows: those after the first, without blank ones and those that the feed leaves out. */
  readonly more?: readonly RestructuredRow[];
}

/** A further row of a group. */
export type RestructuredRow = Pick<RestructuredLine, "line" | "cells" | "extra" | "unreadable">;

/** What Mapping makes of a restructured record. Validator passes it on or turns it into a failed line. */
export interface MappedLine extends Position {
  readonly kind: "mapped";
  readonly key: string;
  readonly product: Product;
  /** On its way to Validator, where several columns hold images: the one that each of them came from. */
  readonly imagesFrom?: readonly string[];
  /** From Compare on. */
  readonly compared?: Compared;
}

/** What a record will make of its product, by what was stored when the two were compared. */
export interface Compared {
  readonly outcome: StoredOutcome;
  /** Of the product as the record has it. */
  readonly hash: string;
  /** The source version of what it replaces; absent where nothing is stored. */
  readonly over?: string;
  /** Of what is updated: the fields that differ, each once; see `#products/changes.ts`. */
  readonly changed?: readonly string[];
  /** Set where a price changes by more than the feed's guards let through unseen. */
  readonly repriced?: true;
  /** Set where a field is gone that the product had. */
  readonly losing?: true;
  /** Set where nothing can change that: the record is stored already, or something newer is. */
  readonly settled?: true;
  /** The import whose newer product is stored, where the outcome is `superseded`. */
  readonly supersededBy?: string;
}

/** A record that failed. It passes through every later stage untouched. */
export interface FailedLine extends Position {
  readonly kind: "failed";
  readonly key?: string;
  readonly errors: readonly [RecordError, ...RecordError[]];
}

/** A record with nothing in it: an empty line, or one whose cells are all empty. */
export interface BlankLine extends Position {
  readonly kind: "blank";
}

/** A record that a rule of the feed leaves out, such as a row of totals. */
export interface LeftOutLine extends Position {
  readonly kind: "leftOut";
}

/** What Recall makes of a record that an import has stored: the state that its product had before. */
export interface RestoringLine extends Position {
  readonly kind: "restoring";
  readonly key: string;
  /** Absent where there was none. */
  readonly product?: Product;
  /** The source version to store it under. */
  readonly version: string;
  readonly compared: Compared;
}

/** What Import makes of a mapped record. */
export interface StoredLine extends Position {
  readonly kind: "stored";
  readonly key: string;
  readonly outcome: StoredOutcome;
  /** Of what is updated: the fields that differ. */
  readonly changed?: readonly string[];
  /** The import whose newer product is stored, where the outcome is `superseded`. */
  readonly supersededBy?: string;
  /** The record of this very import that is stored instead, where several have one key. */
  readonly supersededByRecord?: number;
}

/** One JSON line of a stage's output. No record ever leaves the stream: N lines in, N lines out. */
export type Line = RestructuredLine | MappedLine | RestoringLine | FailedLine | BlankLine | LeftOutLine | StoredLine;

/** What the store says of a product it was given, or was to take away. */
export const storedOutcomes = ["created", "updated", "unchanged", "superseded", "removed"] as const;
export type StoredOutcome = (typeof storedOutcomes)[number];

/** What became of a record, in the order in which reports show it. */
export const outcomes = [...storedOutcomes, "blank", "leftOut", "failed", "held"] as const;
export type Outcome = (typeof outcomes)[number];
export type Outcomes = Readonly<Record<Outcome, number>>;

/** Outcomes with nothing counted yet. */
export function noOutcomes(): Record<Outcome, number> {
  return { created: 0, updated: 0, unchanged: 0, superseded: 0, removed: 0, blank: 0, leftOut: 0, failed: 0, held: 0 };
}

/** Sums outcomes; the whole of a file is the sum of its chunks. A chunk closed by an earlier version may lack some. */
export function addOutcomes(all: Iterable<Partial<Outcomes>>): Outcomes {
  const sum = noOutcomes();
  for (const one of all) for (const outcome of outcomes) sum[outcome] += one[outcome] ?? 0;
  return sum;
}

/** How many records the outcomes account for. */
export function countOutcomes(counted: Outcomes): number {
  return outcomes.reduce((sum, outcome) => sum + counted[outcome], 0);
}
