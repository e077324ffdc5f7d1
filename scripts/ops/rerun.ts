import type { ImportEntry } from "#imports/import-entry.ts";
import { CannotDo } from "../cli/endings.ts";
import { follow, importWords, start } from "./follow.ts";
import type { Project } from "./project.ts";

/**
 * Runs a rejected or failed import again from its archived original and gives its entry once it is over. Throws CannotDo where
 * it is in another status, or where somebody else was quicker.
 */
export async function rerun(
  { who, names, stepFunctions, imports, pollMilliseconds }: Project,
  { importId, status }: ImportEntry,
  reason: string,
  progress: (words: string) => void,
): Promise<ImportEntry> {
  if (status !== "REJECTED" && status !== "FAILED")
    throw new CannotDo(
      `Import ${importId} is ${status}; only one that is REJECTED or FAILED can be run again. ${instead(status)}`,
    );
  const execution = await start(stepFunctions, names.importMachine, { rerun: { importId, who, reason } });
  const ended = await follow(stepFunctions, execution, pollMilliseconds, async () => {
    progress(await importWords(imports, importId, execution));
  });
  const entry = await imports.get(importId);
  if (entry?.owner === execution && entry.status !== "RUNNING") return entry;
  const { reason: said } = (ended.output ?? {}) as { readonly reason?: string };
  throw new CannotDo(
    `Import ${importId} was not run again: ${said ?? [ended.status, ended.why].filter(Boolean).join(": ")}`,
  );
}

function instead(status: ImportEntry["status"]): string {
  return status === "RUNNING" || status === "HELD"
    ? "It is not over."
    : "What failed in it is for reprocess: its records are in the catalogue, or are failures.";
}
