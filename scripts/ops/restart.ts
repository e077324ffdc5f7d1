import type { ImportEntry, ImportStatus } from "#imports/import-entry.ts";
import { CannotDo } from "../cli/endings.ts";
import { follow, importWords, start } from "./follow.ts";
import type { Project } from "./project.ts";

/** What a person may want of an import that is over, or waits. */
export type Wish = "rerun" | "release" | "discard";

const wishes: Readonly<Record<Wish, { readonly of: readonly ImportStatus[]; readonly done: string }>> = {
  rerun: { of: ["REJECTED", "FAILED"], done: "run again" },
  release: { of: ["HELD", "PREVIEWED"], done: "released" },
  discard: { of: ["HELD", "PREVIEWED"], done: "discarded" },
};

/**
 * Runs a rejected or failed import again from its archived original, lets one go on that was held or previewed, or closes such a one;
 * gives its entry once it is over. Throws CannotDo where it is in another status, or where somebody else was quicker.
 */
export async function restart(
  { who, names, stepFunctions, imports, pollMilliseconds }: Project,
  { importId, status }: ImportEntry,
  wish: Wish,
  reason: string,
  progress: (words: string) => void,
): Promise<ImportEntry> {
  const { of, done } = wishes[wish];
  if (!of.includes(status))
    throw new CannotDo(
      `Import ${importId} is ${status}; only one that is ${of.join(" or ")} can be ${done}. ${instead(status)}`,
    );
  const execution = await start(stepFunctions, names.importMachine, { [wish]: { importId, who, reason } });
  const ended = await follow(stepFunctions, execution, pollMilliseconds, async () => {
    progress(await importWords(imports, importId, execution));
  });
  const entry = await imports.get(importId);
  if (entry?.owner === execution && entry.status !== "RUNNING") return entry;
  const { reason: said } = (ended.output ?? {}) as { readonly reason?: string };
  throw new CannotDo(
    `Import ${importId} was not ${done}: ${said ?? [ended.status, ended.why].filter(Boolean).join(": ")}`,
  );
}

function instead(status: ImportStatus): string {
  if (status === "RUNNING") return "It is not over.";
  if (status === "HELD" || status === "PREVIEWED") return "It waits for imports release, or imports discard.";
  if (status === "REJECTED" || status === "FAILED") return "It can be run again: imports rerun.";
  return "What failed in it is for reprocess: its records are in the catalogue, or are failures.";
}
