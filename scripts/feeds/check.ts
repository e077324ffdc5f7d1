import { existsSync } from "node:fs";
import { join } from "node:path";
import { readFeeds } from "#feeds/load.ts";

/** A file of the schemas, with what is wrong with it. */
export interface Checked {
  /** Below `schemas/`. */
  readonly file: string;
  readonly faults: readonly string[];
}

/** Reads and compiles everything that a build does, and gives all faults of all files. */
export function check(schemas: string): Checked[] {
  const folder = join(schemas, "feeds");
  if (!existsSync(folder)) return [];
  const { feeds, broken } = readFeeds(folder);
  return [...feeds.keys(), ...broken.keys()]
    .sort()
    .map((name) => ({ file: `feeds/${name}.json`, faults: broken.get(name)?.faults ?? [] }));
}

/** What was found, a line a fault. */
export function checkText(checked: readonly Checked[]): string {
  const wrong = checked.filter(({ faults }) => faults.length > 0);
  const faults = wrong.flatMap(({ file, faults }) => faults.map((fault) => `${file}: ${fault}`));
  const right = checked.length - wrong.length;
  const end = wrong.length === 0 ? `All ${right} are right.` : `${wrong.length} of ${checked.length} files are wrong.`;
  return [...faults, end].join("\n");
}
