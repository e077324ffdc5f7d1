/** Thrown where a feed file is wrong; the message has one line for each fault, each naming the path inside the file. */
export class InvalidFeed extends Error {
  override readonly name = "InvalidFeed";
  readonly feed: string;
  readonly faults: readonly string[];
  constructor(feed: string, faults: readonly string[]) {
    super(faults.map((fault) => `feeds/${feed}.json: ${fault}`).join("\n"));
    this.feed = feed;
    this.faults = faults;
  }
}

/** Takes one thing wrong with a feed: where (a JSON pointer) and a plain sentence. */
export type NoteFault = (path: string, sentence: string) => void;

/** A JSON pointer of the names, escaped as RFC 6901 says. */
export function pointer(...names: (string | number)[]): string {
  return names.map((name) => `/${String(name).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}
