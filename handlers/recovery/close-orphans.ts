import type { ImportEntry } from "#imports/import-entry.ts";
import type { ImportsTable } from "#imports/imports-table.ts";
import { forEachAtOnce } from "#records/concurrently.ts";
import { nameFor, type Executions } from "#recovery/executions.ts";
import { noted, type Done } from "#recovery/done.ts";

export interface CloseOptions {
  /** Whether an import that is not finished has lost its owner. */
  readonly isOrphan: (entry: ImportEntry) => boolean | Promise<boolean>;
  /** What its report gives as the cause. */
  readonly reason: string;
  readonly most: number;
  readonly now: Date;
}

const concurrency = 4;
// A closing that came to nothing is begun again after this time.
const againMinutes = 10;

/**
 * Starts the closing of every import that is not finished and has lost its owner. Who of several gets to close it is decided
 * by the conditional write of Receive, so this may find too much.
 */
export async function closeOrphans(
  imports: ImportsTable,
  executions: Executions,
  { isOrphan, reason, most, now }: CloseOptions,
): Promise<Done> {
  const running: ImportEntry[] = [];
  for await (const entry of imports.running()) running.push(entry);
  const done = noted();
  await forEachAtOnce(running, concurrency, async (listed) => {
    if (!(await isOrphan(listed))) return;
    // The list may be older than the entry.
    const entry = await imports.get(listed.importId);
    if (entry?.status !== "RUNNING" || entry.owner !== listed.owner) return;
    if (done.count >= most) return void (done.more = true);
    const { importId, owner } = entry;
    const name = nameFor("close", [importId, owner], againMinutes, now);
    if (await executions.start(name, { close: { importId, reason } })) done.count += 1;
  });
  return done;
}
