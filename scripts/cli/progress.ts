/** Shows on stderr how work goes: on a terminal in one line that changes, else a line for each change. */
export class Progress {
  readonly #subject: string;
  #shown = "";

  constructor(subject: string) {
    this.#subject = subject;
  }

  readonly show = (words: string): void => {
    if (words === this.#shown) return;
    this.#shown = words;
    process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${this.#subject}: ${words}` : `${this.#subject}: ${words}\n`);
  };

  /** Leaves the line as it is. */
  end(): void {
    if (this.#shown && process.stderr.isTTY) process.stderr.write("\n");
  }
}
