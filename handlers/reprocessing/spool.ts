import { createReadStream, mkdtempSync, rmSync } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { DeadLetter } from "#failures/dead-letter.ts";
import { failedRecordsHeader, failedRecordsRows } from "#imports/failed-records.ts";
import type { ImportColumn } from "#imports/import-columns.ts";
import type { Delimiter } from "#imports/flow.ts";

/**
 * Dead letters on their way into one CSV. They wait on disk, for the header is the union of their imports' headers and is
 * known only with the last of them; memory does not grow with their number.
 */
export class Spool {
  readonly #folder = mkdtempSync(join(tmpdir(), "reprocess-"));
  readonly #file = join(this.#folder, "letters.jsonl");
  readonly #headers = new Map<string, readonly string[]>();
  // The promise, not the handle: many add at once, and one file is opened.
  #handle: Promise<FileHandle> | undefined;
  records = 0;

  /** Adds a dead letter, with the columns of its import that its cells follow. */
  async add(letter: DeadLetter, columns: readonly ImportColumn[]): Promise<void> {
    this.#handle ??= open(this.#file, "a");
    this.#headers.set(
      letter.importId,
      columns.map(({ name }) => name),
    );
    this.records += 1;
    await (await this.#handle).appendFile(`${JSON.stringify(letter)}\n`);
  }

  /** The failed-records CSV of all that was added, line by line. */
  async *csv(delimiter: Delimiter): AsyncGenerator<string> {
    await (await this.#handle)?.close();
    this.#handle = undefined;
    // Nothing stands in a column without a name.
    const union = [...new Set([...this.#headers.values()].flat())].filter((name) => name !== "");
    yield failedRecordsHeader(union, delimiter);
    for await (const line of createInterface({ input: createReadStream(this.#file), crlfDelay: Infinity })) {
      const letter = JSON.parse(line) as DeadLetter;
      const header = this.#headers.get(letter.importId)!;
      const spread = (cells: readonly string[]): string[] => union.map((name) => cells[header.indexOf(name)] ?? "");
      const { cells, rows } = letter;
      yield failedRecordsRows(
        {
          ...letter,
          ...(cells && { cells: spread(cells) }),
          ...(rows && { rows: rows.map((row) => (row.cells ? { ...row, cells: spread(row.cells) } : row)) }),
        },
        union,
        delimiter,
      );
    }
  }

  async remove(): Promise<void> {
    await (await this.#handle)?.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
