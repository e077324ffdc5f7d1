import { visible } from "#feeds/visible.ts";
import { Progress } from "./progress.ts";
import { table } from "./table.ts";

/** Where texts go. */
export interface Channels {
  readonly write: (text: string) => void;
  readonly note: (text: string) => void;
  readonly progress: (subject: string) => { readonly show: (words: string) => void; readonly end: () => void };
}

const standard: Channels = {
  write: (text) => void process.stdout.write(text),
  note: (text) => void process.stderr.write(text),
  progress: (subject) => {
    const progress = new Progress(subject);
    return {
      show: progress.show,
      end: () => {
        progress.end();
      },
    };
  },
};

/** Where a command's answer goes: JSON or text on stdout, remarks for people on stderr. */
export class Output {
  readonly json: boolean;
  readonly #channels: Channels;

  constructor(json: boolean, channels: Channels = standard) {
    this.json = json;
    this.#channels = channels;
  }

  #write(text: string): void {
    this.#channels.write(text);
  }

  /** The whole answer: a value for programs, its text for people. */
  answer(value: unknown, text: () => string): void {
    this.#write(`${this.json ? JSON.stringify(value, null, 2) : text()}\n`);
  }

  /** Text for people only. */
  text(text: string): void {
    if (!this.json) this.#write(`${text}\n`);
  }

  /** A remark that is no part of the answer. */
  note(text: string): void {
    this.#channels.note(`${text}\n`);
  }

  /** Does what takes its time, and shows how it goes. */
  async following<T>(subject: string, work: (progress: (words: string) => void) => Promise<T>): Promise<T> {
    const progress = this.#channels.progress(subject);
    try {
      return await work(progress.show);
    } finally {
      progress.end();
    }
  }

  /**
   * A list as long as it may be: a JSON array, or a table a page, written as its items come. `seen` is told of each. Gives how
   * many there were.
   */
  async list<T>(items: AsyncIterable<T>, { value, header, row, seen }: Listed<T>): Promise<number> {
    let count = 0;
    let page: Row[] = [];
    const flush = () => {
      if (page.length > 0) this.text(`${table(header, page)}\n`);
      page = [];
    };
    for await (const item of items) {
      seen?.(item);
      if (this.json) this.#write(`${count === 0 ? "[" : ","}\n  ${JSON.stringify(value(item))}`);
      else if (page.push(row(item).map(plain)) === pageRows) flush();
      count += 1;
    }
    flush();
    if (this.json) this.#write(count === 0 ? "[]\n" : "\n]\n");
    return count;
  }
}

export type Row = readonly (string | number | undefined)[];

/** How the items of a list are shown. */
export interface Listed<T> {
  readonly value: (item: T) => unknown;
  readonly header: readonly string[];
  readonly row: (item: T) => Row;
  readonly seen?: (item: T) => void;
}

const pageRows = 500;

/** A cell that does nothing to a terminal: suppliers write what stands in files. */
export function plain<C extends string | number | undefined>(cell: C): C | string {
  return typeof cell === "string" ? visible(cell.replaceAll(/[\t\r\n]/g, " ")) : cell;
}

/** A time as people read it: to the second, in UTC. */
export function timeText(iso: string): string {
  return `${iso.slice(0, 19).replace("T", " ")}Z`;
}

/** Counts by name, the largest first. */
export function largestFirst(counts: Readonly<Record<string, number>>): [string, number][] {
  return Object.entries(counts).sort(([, a], [, b]) => b - a);
}
