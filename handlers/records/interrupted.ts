import type { Line } from "#records/line.ts";

/** Work on lines that had to end before it was done: `lines` are all of them, as far as it came, and `cause` is why. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  override readonly cause: Error;
  readonly lines: readonly Line[];

  constructor(lines: readonly Line[], cause: Error) {
    super(cause.message);
    this.lines = lines;
    this.cause = cause;
  }
}
