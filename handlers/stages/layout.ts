import { recogniseHeader } from "#csv/header.ts";
import type { Cleanse } from "#feeds/cleansing.ts";
import type { Feed } from "#feeds/compile.ts";
import type { SheetRef } from "#imports/flow.ts";
import { bookkeepingColumns } from "#imports/bookkeeping.ts";
import type { MadeKey } from "#feeds/made-key.ts";
import type { KeyForm } from "#products/key.ts";

/** Where a feed's columns stand in one file. */
export interface Layout {
  readonly keyColumn: string;
  readonly keyForm: KeyForm | undefined;
  /** Set where the key is made of several cells, with the places of these in the file. */
  readonly madeKey: { readonly key: MadeKey; readonly sources: readonly number[] } | undefined;
  /** Cells in a record. */
  readonly width: number;
  /** The feed's columns by name, and for each its place in the file; -1 where the file has none. */
  readonly names: readonly string[];
  readonly sources: readonly number[];
  readonly cleansings: readonly (Cleanse | undefined)[];
  /** Of the feed's columns those by pattern, with the columns of the file that each fits. */
  readonly patterns: readonly PatternLayout[];
  /** Whether a cell that cannot be read fails nothing. */
  readonly omits: readonly boolean[];
  /** Place of the key in the file, and among the cells. */
  readonly keySource: number;
  readonly keyIndex: number;
  /** Rules by which a row is left out, each with the place of the cell that it looks at. */
  readonly leaveOut: readonly { readonly source: number; readonly fits: (cell: string) => boolean }[];
  /** Columns that are not declared but kept. */
  readonly extras: readonly { readonly name: string; readonly source: number }[];
  /** Set where the file is a workbook's twin. */
  readonly sheet: SheetRef | undefined;
  /** Whether the file has no header, and the feed names its columns. */
  readonly headless: boolean;
  /** Set where the file is a failed-records CSV. */
  readonly failedRecords: FailedRecordsLayout | undefined;
}

/** The columns of a file that a pattern fits, in the file's order. */
export interface PatternLayout {
  /** Place of the declared column among the cells. */
  readonly index: number;
  readonly cleanse: Cleanse | undefined;
  readonly columns: readonly { readonly name: string; readonly source: number; readonly omits: boolean }[];
}

export interface FailedRecordsLayout {
  readonly failure: number;
  readonly raw: number;
  /** Places of the original columns. */
  readonly originals: readonly number[];
}

/** Finds the feed's columns in the header of a file. */
export function layOut(feed: Feed, header: readonly string[], sheet?: SheetRef, headless = false): Layout {
  const { columns: names, failedRecords, patterns } = recogniseHeader(header, feed.headerRules);
  const bookkeeping = new Set<string>(bookkeepingColumns);
  const declared = new Set(feed.columns.map(({ name }) => name));
  const all = names.map((name, source) => ({ name, source }));
  const originals = all.filter(({ name }) => !bookkeeping.has(name));
  return {
    sheet,
    headless,
    keyColumn: feed.key,
    keyForm: feed.keyForm,
    madeKey: feed.madeKey && {
      key: feed.madeKey,
      sources: feed.madeKey.columns.map(({ name }) => names.indexOf(name)).filter((source) => source >= 0),
    },
    width: names.length,
    names: feed.columns.map(({ name }) => name),
    sources: feed.columns.map(({ name, virtual, pattern }) => (virtual || pattern ? -1 : names.indexOf(name))),
    patterns: feed.columns.flatMap(({ name: declared, index, cleanse, pattern }): PatternLayout[] => {
      if (!pattern) return [];
      const fitting = all.filter(({ source }) => patterns.get(source) === declared);
      const columns = fitting.map((column) => ({ ...column, omits: feed.omitsCell(column.name, declared) }));
      return columns.length > 0 ? [{ index, cleanse, columns }] : [];
    }),
    cleansings: feed.columns.map(({ cleanse }) => cleanse),
    omits: feed.columns.map(({ name }) => feed.omitsCell(name)),
    keySource: feed.key === "" ? -1 : names.indexOf(feed.key),
    keyIndex: feed.keyIndex,
    leaveOut: feed.leaveOut.flatMap(({ column, fits }) => {
      const source = names.indexOf(column);
      return source < 0 ? [] : [{ source, fits }];
    }),
    extras:
      feed.unknownColumns === "attributes"
        ? originals.filter(({ name, source }) => !declared.has(name) && !patterns.has(source))
        : [],
    failedRecords: failedRecords
      ? {
          failure: names.indexOf("_failure"),
          raw: names.indexOf("_raw"),
          originals: originals.map(({ source }) => source),
        }
      : undefined,
  };
}

/** Whether a rule of the feed leaves the row out. A row may be of any length, as long as it has the cell that the rule looks at. */
export function isLeftOut({ leaveOut }: Pick<Layout, "leaveOut">, row: readonly string[]): boolean {
  return leaveOut.some(({ source, fits }) => row[source] !== undefined && fits(row[source].trim()));
}
