import type { FailureStatus } from "#failures/dead-letter.ts";
import type { Claimant } from "#imports/flow.ts";
import type { Project } from "./project.ts";

/** What became of one failure that was named. */
export interface Moved {
  readonly id: string;
  readonly done: boolean;
  /** As it is now; absent where there is none of that id. */
  readonly status?: FailureStatus;
  readonly message: string;
}

const moves = {
  park: { from: "OPEN", to: "PARKED", said: "given up" },
  reopen: { from: "PARKED", to: "OPEN", said: "taken back, its attempts counted anew" },
} as const;

/** Parks or reopens a failure for a person; says why not where its status does not allow it. */
export async function move(
  { failures, command }: Pick<Project, "failures" | "command">,
  how: keyof typeof moves,
  id: string,
  by: { readonly who: string; readonly reason: string },
): Promise<Moved> {
  const { from, to, said } = moves[how];
  const claimant: Claimant = { id: by.who, ...by, filter: `failure ${id}` };
  const letter = await failures.get(id);
  if (letter?.status === from && (await failures[how](letter, claimant, new Date().toISOString())))
    return { id, done: true, status: to, message: `It is ${to}: ${said}.` };

  // Between the look and the write somebody may have been quicker: what counts is how it is now.
  const now = letter && (await failures.get(id));
  if (!now) return { id, done: false, message: `There is no such failure: "${command("failures")}" lists them.` };
  return { id, done: false, status: now.status, message: `It is ${now.status}; only what is ${from} can be ${how}ed.` };
}
