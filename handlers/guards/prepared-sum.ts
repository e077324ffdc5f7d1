import { shorten } from "#feeds/bad-cell.ts";
import type { Line } from "#records/line.ts";

/** A record that a guard counts, for a person to look at. */
export interface GuardExample {
  readonly record: number;
  readonly line: number;
  readonly key?: string;
}

/** What the prepared lines of a chunk, or of a file, would do. */
export interface PreparedSum {
  readonly records: number;
  /** Records that fail by what is in them. */
  readonly failed: number;
  readonly created: number;
  /** Records whose product is stored already, and would be replaced or stay as it is. */
  readonly existing: number;
  readonly repriced: number;
  readonly losing: number;
  readonly examples: Readonly<Partial<Record<Counted, readonly GuardExample[]>>>;
}
export type Counted = "failed" | "created" | "repriced" | "losing";

const mostExamples = 3;

/** Adds up what lines would do that Compare has been through. */
export function sumOfLines(lines: readonly Line[]): PreparedSum {
  const counts = { failed: 0, created: 0, existing: 0, repriced: 0, losing: 0 };
  const examples: Partial<Record<Counted, GuardExample[]>> = {};
  const count = (what: Counted, line: Line): void => {
    counts[what]++;
    const shown = (examples[what] ??= []);
    if (shown.length >= mostExamples) return;
    const key = "key" in line ? line.key : undefined;
    // The sum goes through the state of the machine, and a key may be as long as a book.
    shown.push({ record: line.record, line: line.line, ...(key !== undefined && { key: shorten(key, 100) }) });
  };
  for (const line of lines) {
    if (line.kind === "failed") count("failed", line);
    if (line.kind !== "mapped" || !line.compared) continue;
    const { outcome, repriced, losing } = line.compared;
    if (outcome === "created") count("created", line);
    if (outcome === "updated" || outcome === "unchanged") counts.existing++;
    if (repriced) count("repriced", line);
    if (losing) count("losing", line);
  }
  return { records: lines.length, ...counts, examples };
}

/** Adds up the sums of chunks; of the examples the first ones. */
export function addSums(sums: Iterable<PreparedSum>): PreparedSum {
  const all = { records: 0, failed: 0, created: 0, existing: 0, repriced: 0, losing: 0 };
  const examples: Partial<Record<Counted, readonly GuardExample[]>> = {};
  for (const { examples: own, ...counts } of sums) {
    for (const name of Object.keys(all) as (keyof typeof all)[]) all[name] += counts[name];
    for (const [what, shown] of Object.entries(own) as [Counted, readonly GuardExample[]][])
      examples[what] = [...(examples[what] ?? []), ...shown].slice(0, mostExamples);
  }
  return { ...all, examples };
}
