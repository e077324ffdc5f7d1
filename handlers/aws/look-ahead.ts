import { readFormerStates } from "#aws/former-states.ts";
import { readLines, readRepetitions } from "#aws/lines.ts";
import { readJson } from "#aws/objects.ts";
import { readHeader } from "#aws/table.ts";
import { TextUpload } from "#aws/text-upload.ts";
import type { PlaceOf } from "#csv/sheet-place.ts";
import { placesInTable } from "#csv/table-places.ts";
import { codeOfError } from "#errors/infrastructure.ts";
import { placed } from "#failures/places.ts";
import type { Feed } from "#feeds/compile.ts";
import type { Tripped } from "#guards/guards.ts";
import type { ChunkTask, ObjectRef } from "#imports/flow.ts";
import { failuresOf, listedFailures, type ReportedFailure } from "#imports/report.ts";
import { changesHeader, changesRows, wouldFailHeader, wouldFailRows } from "#outlook/csv.ts";
import { OutlookSum, type Outlook } from "#outlook/outlook.ts";
import { preparedLines } from "#outlook/prepared-lines.ts";
import { formerOf } from "#products/former-state.ts";
import { applyRepetitions } from "#repeated-keys/apply.ts";
import type { CountedWarning } from "#warnings/catalogue.ts";
import { countWarnings } from "#warnings/count.ts";

/** What an import would do of which nothing is stored yet. */
export interface Ahead {
  readonly outlook: Outlook;
  readonly warnings: readonly CountedWarning[];
  /** The first that would be told. */
  readonly failures: readonly ReportedFailure[];
}

export interface LookAheadOptions {
  readonly importId: string;
  readonly feed: Feed;
  /** The guards that hold it. */
  readonly held: readonly Tripped[];
  /** Where former states lie. */
  readonly archive: string;
  /** Where to write each field that would change, and each thing that is wrong. */
  readonly changes: ObjectRef;
  readonly wouldFail: ObjectRef;
}

/** Goes through what is prepared, writing what would change and what would fail as it goes by: memory does not grow with the file. */
export async function lookAhead(manifest: ObjectRef, options: LookAheadOptions): Promise<Ahead> {
  const changes = new TextUpload(options.changes, "text/csv; charset=utf-8");
  const wouldFail = new TextUpload(options.wouldFail, "text/csv; charset=utf-8");
  try {
    const ahead = await walk(manifest, options, changes, wouldFail);
    await Promise.all([changes.end(), wouldFail.end()]);
    return ahead;
  } catch (error) {
    changes.abandon();
    wouldFail.abandon();
    throw error;
  }
}

async function walk(
  manifest: ObjectRef,
  { importId, feed, held, archive }: LookAheadOptions,
  changes: TextUpload,
  wouldFail: TextUpload,
): Promise<Ahead> {
  const sum = new OutlookSum();
  const warnings: CountedWarning[] = [];
  const listed: ReportedFailure[] = [];
  const tasks = await readJson<ChunkTask[]>(manifest);
  const placeOf = tasks[0] && (await placesOf(tasks[0], feed));
  await changes.write(changesHeader);
  await wouldFail.write(wouldFailHeader);
  for (const { chunk, lines: ref, table, error, repetitions } of tasks) {
    if (!ref) {
      sum.addFailed(chunk.records, codeOfError(error?.Error ?? ""));
      continue;
    }
    const [lines, found, former] = await Promise.all([
      readLines(ref),
      readRepetitions(repetitions),
      readFormerStates(archive, importId, chunk.chunk),
    ]);
    const prepared = preparedLines(applyRepetitions(feed, importId, lines, found, table.sheet), error);
    for (const line of prepared) {
      if (line.kind === "mapped" || line.kind === "restoring") {
        const states = former.get(line.record) ?? [];
        await changes.write(changesRows(sum.add(line, formerOf(line, states))));
        continue;
      }
      sum.add(line, undefined);
      if (line.kind !== "failed") continue;
      const errors = placed(line.errors, line.line, placeOf, table.group !== undefined);
      const failures = failuresOf({ ...line, errors });
      if (listed.length < listedFailures) listed.push(...failures);
      await wouldFail.write(wouldFailRows(failures));
    }
    warnings.push(...countWarnings(prepared, placeOf));
  }
  return { outlook: sum.outlook(held), warnings, failures: listed.slice(0, listedFailures) };
}

/** Of a workbook: all chunks are of one table. */
async function placesOf({ table }: ChunkTask, feed: Feed): Promise<PlaceOf | undefined> {
  return table.sheet && placesInTable(table, await readHeader(table), feed.headerRules);
}
