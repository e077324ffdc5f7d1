import { importIdOf } from "#imports/import-id.ts";
import type { ImportsTable } from "#imports/imports-table.ts";
import { forEachAtOnce } from "#records/concurrently.ts";
import { noted, type Done } from "#recovery/done.ts";
import { nameFor, type Executions } from "#recovery/executions.ts";
import type { InboxFile } from "#recovery/inbox.ts";

export interface StartOptions {
  /** Files that arrived later are left: their events may still be on their way. */
  readonly before: Date;
  /** Ids of imports that an earlier sweep has seen: no import is ever taken away, so they are not looked up again. */
  readonly seen: Set<string>;
  readonly most: number;
  readonly now: Date;
}

const lookUpConcurrency = 32;
const startConcurrency = 4;
// A file that cannot even be claimed is tried again after this time.
const againMinutes = 60;

/** Starts the import of every file that arrived and never became one, oldest first. */
export async function startMissing(
  files: AsyncIterable<readonly InboxFile[]>,
  imports: ImportsTable,
  executions: Executions,
  { before, seen, most, now }: StartOptions,
): Promise<Done> {
  const missing: (InboxFile & { importId: string })[] = [];
  for await (const page of files) {
    const due = page
      .filter((file) => Date.parse(file.lastModified) < before.getTime())
      .map((file) => ({ ...file, importId: importIdOf(file) }));
    const unseen = due.filter(({ importId }) => !seen.has(importId));
    await forEachAtOnce(unseen, lookUpConcurrency, async (file) => {
      if (await imports.get(file.importId)) seen.add(file.importId);
      else missing.push(file);
    });
  }
  missing.sort((a, b) => (a.lastModified < b.lastModified ? -1 : 1));
  const done = { ...noted(), more: missing.length > most };
  await forEachAtOnce(missing.slice(0, most), startConcurrency, async ({ importId, ...file }) => {
    if (await executions.start(nameFor("sweep", [importId], againMinutes, now), eventOf(file))) done.count += 1;
  });
  return done;
}

/**
 * What S3 would have told of the file, but for the sequencer, which a listing does not give. Of an upload in parts, last modified is
 * when it began: such a file counts as a little older than its event would have made it.
 */
function eventOf({ bucket, key, versionId, lastModified }: InboxFile): object {
  return {
    time: lastModified,
    detail: { bucket: { name: bucket }, object: { key, ...(versionId && { "version-id": versionId }) } },
  };
}
