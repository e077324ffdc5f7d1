import type { RecordError } from "#errors/catalogue.ts";
import type { Cell } from "#records/line.ts";
import { warn } from "#warnings/count.ts";
import type { RecordWarning } from "#warnings/catalogue.ts";

/** What is noted of one record while a stage works on it: what fails it, and what a person is told of it all the same. */
export class Notes {
  readonly errors: RecordError[] = [];
  /** Undefined until there is one: most records have none. */
  warnings: RecordWarning[] | undefined;
  /** The column that each image of the product came from; undefined where the feed has one such column, or the product no image. */
  imagesFrom: readonly string[] | undefined;

  /** Places of cells that could not be read and fail nothing: whatever is made of them is left out. */
  unreadable: number[] | undefined;

  /** While the rows of a group are read: the line of the row, and its cells, with blank ones as in the rows above. */
  line: number | undefined;
  above: readonly Cell[] | undefined;

  /** While a key is read that is made of them: the record's number, and its file's name. */
  of: { readonly record: string; readonly file: string } | undefined;

  /** Says of what was noted as errors after the first `from` on which line it stands, where that is the line of a row. */
  place(from: number): void {
    if (this.line !== undefined) this.placeAt(from, this.line);
  }

  placeAt(from: number, line: number): void {
    const { errors } = this;
    for (let i = from; i < errors.length; i++) errors[i] = { line, ...errors[i]! };
  }

  /** Tells what was noted as errors after the first `from` as values left out instead; whether there were any. */
  omit(from: number): boolean {
    if (this.errors.length === from) return false;
    const errors = this.errors.splice(from);
    for (const { column, value } of errors) {
      this.warn({
        code: "VALUE_OMITTED",
        ...(column !== undefined && { column }),
        ...(value !== undefined && { value }),
      });
    }
    return true;
  }

  warn(warning: RecordWarning): void {
    warn((this.warnings ??= []), warning);
  }
}

/** The warnings that a record has already, with those that a stage adds; undefined where there are none. */
export function allWarnings(
  known: readonly RecordWarning[] | undefined,
  added: readonly RecordWarning[] | undefined,
): readonly RecordWarning[] | undefined {
  if (known === undefined || added === undefined) return known ?? added;
  const all = [...known];
  for (const warning of added) warn(all, warning);
  return all;
}
