import type { DeadLetter } from "#failures/dead-letter.ts";
import type { ReprocessRequest } from "#reprocessing/flow.ts";
import { candidates, selects, type Selection } from "#reprocessing/select.ts";
import type { Project } from "./project.ts";

/** Why a dead letter would not run, as a person reads it. */
export const whyNot: Readonly<Record<string, string>> = {
  final: "only a change heals it: correct it, or say --include-final",
  notOpen: "it is not OPEN",
  tooSoon: "it failed too short a time ago",
  overLimit: "the run had taken as many as one run takes: run it again",
  refused: "it is a row that came back without its failure, and nobody knows how old its record is",
  unknown: "its row names no failure, or its columns that begin with _ were altered",
};

/** How many of which code would run, and how many would not and why. */
export interface DryRun {
  readonly wouldRun: Readonly<Record<string, number>>;
  readonly wouldNot: Readonly<Partial<Record<string, Readonly<Record<string, number>>>>>;
}

/** Looks at what a request fits, and takes nothing. */
export async function dryRun(
  { failures, imports, feeds }: Project,
  request: Pick<ReprocessRequest, "filter" | "includeFinal">,
): Promise<DryRun> {
  const wouldRun: Record<string, number> = {};
  const wouldNot: Partial<Record<Exclude<Selection, "yes">, Record<string, number>>> = {};
  const now = new Date();
  for await (const letter of candidates(failures, imports, feeds, request.filter ?? {})) {
    const selection = selects(letter, request, now);
    count(selection === "yes" ? wouldRun : (wouldNot[selection] ??= {}), letter);
  }
  return { wouldRun, wouldNot };
}

/** Counts a dead letter under its code. */
export function count(counts: Record<string, number>, { code }: Pick<DeadLetter, "code">): void {
  counts[code] = (counts[code] ?? 0) + 1;
}
