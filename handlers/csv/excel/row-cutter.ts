/** Characters of XML; a cell has at most 32,767 characters of text, but rarely any near it. */
const maxRowLength = 64 * 1024 * 1024;
/** No honest tag of a sheet has a longer prefix. */
const longestStart = 256;

/** The sheet unpacks to more than can be read. */
export class SheetTooLarge extends Error {
  override readonly name = "SheetTooLarge";
}

/**
 * Cuts the XML of a sheet, given in blocks, into parts that end after a row. What was searched is never searched again and what
 * is kept is joined once, so that a row of any length costs what its length does.
 */
export class RowCutter {
  /** Characters searched or joined so far. */
  work = 0;
  /** What no part holds yet. */
  #pieces: string[] = [];
  #kept = 0;
  /** The end of what was searched: a tag may be cut in two. */
  #searched = "";
  #endOfRow: string | undefined;

  /** Takes the next block and gives the rows that end in it, if any do. */
  push(block: string): string | undefined {
    const seen = this.#searched + block;
    this.work += seen.length;
    this.#endOfRow ??= endOfRowIn(seen);
    const at = this.#endOfRow === undefined ? -1 : seen.lastIndexOf(this.#endOfRow);
    this.#searched = seen.slice(1 - (this.#endOfRow?.length ?? longestStart));
    if (at === -1) {
      this.#keep(block);
      return undefined;
    }
    const cut = at + this.#endOfRow!.length - (seen.length - block.length);
    this.#keep(block.slice(0, cut));
    const rows = this.end();
    this.#keep(block.slice(cut));
    return rows;
  }

  /** Gives what is left behind the last row. */
  end(): string {
    this.work += this.#kept;
    const rest = this.#pieces.join("");
    this.#pieces = [];
    this.#kept = 0;
    return rest;
  }

  #keep(piece: string): void {
    this.#pieces.push(piece);
    this.#kept += piece.length;
    if (this.#kept > maxRowLength) throw new SheetTooLarge();
  }
}

/** The tag that ends a row, with the namespace prefix that the sheet uses. */
function endOfRowIn(xml: string): string | undefined {
  const start = /<([\w.-]+:)?sheetData[\s>]/.exec(xml);
  return start === null ? undefined : `</${start[1] ?? ""}row>`;
}
