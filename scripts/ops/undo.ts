import type { ImportEntry } from "#imports/import-entry.ts";
import { undoIdOf } from "#imports/undo-id.ts";
import { CannotDo } from "../cli/endings.ts";
import { follow, importWords, start } from "./follow.ts";
import type { Project } from "./project.ts";

/** Takes an import back, or looks at what that would do; gives the entry of the import that does it. Throws CannotDo. */
export async function undo(
  { who, names, stepFunctions, imports, pollMilliseconds }: Project,
  { importId }: ImportEntry,
  { reason, dryRun }: { readonly reason: string; readonly dryRun: boolean },
  progress: (words: string) => void,
): Promise<ImportEntry> {
  const wish = { importId, who, reason, ...(dryRun && { dryRun }) };
  const execution = await start(stepFunctions, names.importMachine, { undo: wish });
  const undoId = undoIdOf(importId, dryRun);
  const ended = await follow(stepFunctions, execution, pollMilliseconds, async () => {
    progress(await importWords(imports, undoId, execution));
  });
  const entry = await imports.get(undoId);
  if (entry?.owner === execution && entry.status !== "RUNNING") return entry;
  const { reason: said } = (ended.output ?? {}) as { readonly reason?: string };
  throw new CannotDo(
    said ?? `Import ${importId} was not taken back: ${[ended.status, ended.why].filter(Boolean).join(": ")}`,
  );
}
