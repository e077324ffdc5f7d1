/**
 * A cell of a workbook as what it is. `text` is what it reads without a rule of the feed: numbers in digits with a point, never an
 * exponent; dates in ISO 8601; TRUE or FALSE; the name of an error.
 */
export type SheetCell = { readonly type: "text" | "boolean" | "error"; readonly text: string } | NumberCell | DateCell;

export interface NumberCell {
  readonly type: "number";
  /** With the zeros that a format like `00000` puts before it. */
  readonly text: string;
  /** Decimal text without them, with at least the decimals that the format shows: what the cell is as an amount. */
  readonly number: string;
  /** As the sheet shows it, where its format writes something around the digits: `SKU-0042`. */
  readonly shown?: string;
  /** The sign or code of the currency that its format shows beside it. */
  readonly currency?: string;
}

export interface DateCell {
  readonly type: "date";
  readonly text: string;
  /** `2021-06-10`. */
  readonly date: string;
  /** `12:00:00`; all zeros where the sheet shows no time. */
  readonly time: string;
  /** Whether the sheet shows the time. */
  readonly showsTime: boolean;
}

/** What a cell reads whose formula has no result yet. */
export const uncalculated = "#UNCALCULATED!";

export const emptyCell: SheetCell = { type: "text", text: "" };
