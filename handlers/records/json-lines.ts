import { NotConserved } from "#errors/infrastructure.ts";

/** Values as JSON Lines, each with its line break. */
export function formatLines(values: readonly object[]): string {
  return values.map((line) => `${JSON.stringify(line)}\n`).join("");
}

/**
 * The values of JSON Lines. The caller vouches for their type: only this project writes them. Throws SyntaxError where the text is none;
 * its message has nothing of the text.
 */
export function parseLines<T>(text: string): T[] {
  const lines: T[] = [];
  for (let start = 0; start < text.length;) {
    const end = text.indexOf("\n", start);
    if (end < 0) throw new SyntaxError("The last JSON line has no end; the object was cut short.");
    lines.push(parseLine<T>(text.slice(start, end), lines.length + 1));
    start = end + 1;
  }
  return lines;
}

function parseLine<T>(text: string, number: number): T {
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new SyntaxError(`Line ${number} is not JSON.`, { cause });
  }
}

/**
 * Conservation: a stage that took N records hands on N, in the same order. Throws NotConserved, naming the stage and the
 * first record that is missing or new.
 */
export function checkConserved(
  stage: string,
  before: readonly { record: number }[],
  after: readonly { record: number }[],
): void {
  const different = before.findIndex((line, index) => line.record !== after[index]?.record);
  if (different < 0 && before.length === after.length) return;
  const record = before[different]?.record ?? after[before.length]?.record;
  throw new NotConserved(
    `${stage} took ${before.length} records and gave ${after.length}; the first that differs is record ${String(record)}.`,
  );
}
