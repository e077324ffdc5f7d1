import type { DeadLetter } from "#failures/dead-letter.ts";
import type { FailuresTable } from "#failures/failures-table.ts";
import type { ImportsTable } from "#imports/imports-table.ts";
import { forEachAtOnce } from "#records/concurrently.ts";
import { noted, type Done } from "#recovery/done.ts";
import type { Executions } from "#recovery/executions.ts";

export interface ReleaseOptions {
  readonly feeds: Iterable<string>;
  /** Which of those that are taken are looked at. */
  readonly looksAt: (letter: DeadLetter) => boolean;
  readonly most: number;
  readonly now: Date;
}

const concurrency = 32;
const pageSize = 500;

/** Puts back the dead letters that were taken by one that can settle them no more. */
export async function releaseOrphans(
  failures: FailuresTable,
  imports: ImportsTable,
  executions: Executions,
  { feeds, looksAt, most, now }: ReleaseOptions,
): Promise<Done> {
  const done = noted();
  const owners = new Owners(imports, executions);
  const at = now.toISOString();
  let page: [letter: DeadLetter, owner: string][] = [];
  const releasePage = async () => {
    await forEachAtOnce(page, concurrency, async ([letter, owner]) => {
      if (await failures.release(letter, owner, at)) done.count += 1;
    });
    page = [];
  };
  for (const feed of feeds) {
    for await (const letter of failures.ofStatus(feed, "REPROCESSING")) {
      const { owner } = letter;
      if (owner === undefined || !looksAt(letter) || (await owners.maySettle(owner, feed))) continue;
      if (done.count + page.length >= most) {
        await releasePage();
        return { ...done, more: true };
      }
      if (page.push([letter, owner]) === pageSize) await releasePage();
    }
  }
  await releasePage();
  return done;
}

/** Those who have taken dead letters: executions of the reprocessing machine, and imports of failed-records CSVs. */
class Owners {
  readonly #imports: ImportsTable;
  readonly #executions: Executions;
  readonly #known = new Map<string, Promise<boolean>>();

  constructor(imports: ImportsTable, executions: Executions) {
    this.#imports = imports;
    this.#executions = executions;
  }

  /** Whether an owner may still settle what it has taken of a feed. */
  maySettle(owner: string, feed: string): Promise<boolean> {
    const both = `${feed} ${owner}`;
    const known =
      this.#known.get(both) ?? (owner.startsWith("arn:") ? this.#runMay(owner, feed) : this.#importMay(owner));
    this.#known.set(both, known);
    return known;
  }

  /** A run that ended may have left an import that still settles its own. */
  async #runMay(executionArn: string, feed: string): Promise<boolean> {
    if (await this.#executions.isRunning(executionArn)) return true;
    const run = await this.#imports.run(runIdOf(executionArn));
    for (const one of run?.imports ?? []) if (one.feed === feed && (await this.#importMay(one.importId))) return true;
    return false;
  }

  async #importMay(importId: string): Promise<boolean> {
    const status = (await this.#imports.get(importId))?.status;
    return status === "RUNNING" || status === "HELD";
  }
}

/** The name of an execution of the reprocessing machine, which is what a run is called by. */
export function runIdOf(executionArn: string): string {
  return executionArn.slice(executionArn.lastIndexOf(":") + 1);
}
