import { variable } from "#aws/environment.ts";
import { dynamodb } from "#aws/dynamodb.ts";
import { lambda } from "#aws/lambda.ts";
import { readGroups } from "#aws/group-index.ts";
import { readLines, readRepetitions } from "#aws/lines.ts";
import { isMissing, read, readJson, write } from "#aws/objects.ts";
import type { Feed } from "#feeds/compile.ts";
import { feeds, feedOf } from "#feeds/deployed.ts";
import { mostImports, trippedBy, usualOf, type Tripped, type Usual } from "#guards/guards.ts";
import { addSums, sumOfLines, type PreparedSum } from "#guards/prepared-sum.ts";
import { chunksToImport } from "#imports/decide.ts";
import type { ChunkEntry } from "#imports/chunk-entry.ts";
import { ImportsTable } from "#imports/imports-table.ts";
import { workKey } from "#imports/work-key.ts";
import type { ChunkTask, Decided, ImportRef, ObjectRef, Planned } from "#imports/flow.ts";
import { forEachAtOnce } from "#records/concurrently.ts";
import { keyIndexOf, keysIn, type IndexedKey } from "#repeated-keys/key-index.ts";
import { applyRepetitions } from "#repeated-keys/apply.ts";
import { RepeatedKeys, type RepeatedKeysSum } from "#repeated-keys/repeated-keys.ts";
import { ScatteredGroups, type ScatteredGroup } from "#repeated-keys/scattered-groups.ts";
import validate from "#validators/states/decide.js";

interface DecideInput {
  readonly import: ImportRef;
  readonly plan: Planned;
}

const imports = new ImportsTable(dynamodb, variable("IMPORTS_TABLE"));
const work = variable("WORK_BUCKET");
// An index has 80 KB for 5,000 records: many small reads, whose waiting is what takes time.
const concurrency = 16;

/**
 * Reads the ledger before the first product is written, finds the keys that stand several times in the file and the groups whose rows
 * do not stand together, and says of each chunk whether it is imported or only closed; and whether a person has to look first.
 */
export const handler = lambda<DecideInput, DecideInput & { decided: Decided }>(
  "Decide",
  validate,
  async (input, attempt) => {
    const { importId } = input.import;
    const tasks = await readJson<ChunkTask[]>(input.plan.manifest);
    const ledger: ChunkEntry[] = [];
    for await (const entry of imports.ledger(importId)) ledger.push(entry);

    const repetitions =
      input.import.undoes === undefined
        ? await findRepetitions(input.import, tasks, ledger, attempt)
        : { byChunk: new Map<number, ObjectRef>(), repeatedKeys: { keys: 0, records: 0 } };
    const manifest = workKey(work, importId, "decide", attempt);
    const chunks = chunksToImport(tasks, ledger, repetitions.byChunk);
    await write(manifest, JSON.stringify(chunks), "application/json");
    const held = await guardsTripped(input.import, chunks, ledger);
    const { repeatedKeys } = repetitions;
    await imports.decided(input.import, { repeatedKeys, decided: manifest, ...(held.length > 0 && { held }) });
    const by = input.import.preview ? "preview" : held.length > 0 ? "guard" : undefined;
    return { ...input, decided: { manifest, chunks: tasks.length, ...(by && { held: by }) } };
  },
);

/**
 * The guards of the feed that the import trips. None where a person has let it go on, where something of it is stored already, or where
 * it brings failures back, which wait for their end.
 */
async function guardsTripped(
  from: ImportRef,
  chunks: readonly ChunkTask[],
  ledger: readonly ChunkEntry[],
): Promise<readonly Tripped[]> {
  const { guards: settings } = feedOf(feeds, from.feed);
  if (!settings || from.undoes !== undefined || chunks[0]?.table.failedRecords) return [];
  if (ledger.some(({ state }) => state !== "PREPARED")) return [];
  if ((await imports.get(from.importId))?.released) return [];
  const sums: PreparedSum[] = [];
  await forEachAtOnce(chunks, concurrency, async (task, at) => {
    sums[at] = await sumOf(task);
  });
  return trippedBy(settings, addSums(sums), await usualFor(from));
}

/** What a chunk would do. Of keys and groups that others have Compare has not known. */
async function sumOf(task: ChunkTask): Promise<PreparedSum> {
  const { import: from, lines, repetitions, error, table, chunk } = task;
  const unknown = { records: chunk.records, failed: 0, created: 0, existing: 0, repriced: 0, losing: 0, examples: {} };
  if (error || !lines) return unknown;
  if (!repetitions) return lines.sum ?? unknown;
  const feed = feedOf(feeds, from.feed);
  const found = await readRepetitions(repetitions);
  return sumOfLines(applyRepetitions(feed, from.importId, await readLines(lines), found, table.sheet));
}

// Rejected files, previews and failures that came back stand in the list too.
const mostLookedAt = 50;

/** What the feed's last imports were like. */
async function usualFor({ importId, feed }: ImportRef): Promise<Usual | undefined> {
  const found: { records: number; created: number }[] = [];
  let seen = 0;
  for await (const entry of imports.ofFeed(feed, "", mostLookedAt)) {
    if (found.length === mostImports || ++seen > mostLookedAt) break;
    const { status, records, outcomes, table, claimant } = entry;
    if (entry.importId === importId || !status.startsWith("COMPLETED")) continue;
    if (records === undefined || !outcomes || (claimant ?? table?.failedRecords ?? entry.undoes)) continue;
    found.push({ records, created: outcomes.created });
  }
  return usualOf(found);
}

/**
 * Where the repetitions of each chunk that has some lie, and its scattered groups; noted in the ledger too, so that they count however
 * the chunk is closed. The keys of chunks that are closed already count as well: an import that was taken over decides as it did before.
 */
async function findRepetitions(
  from: ImportRef,
  tasks: readonly ChunkTask[],
  ledger: readonly ChunkEntry[],
  attempt: string,
): Promise<Repetitions> {
  const scatteredIn = await findScattered(tasks);
  const found = new Map<number, ObjectRef>();
  const { duplicates } = feedOf(feeds, from.feed);
  const records = tasks.reduce((sum, { chunk }) => sum + chunk.records, 0);
  const repeated = new RepeatedKeys(records, duplicates === "last");
  const entries = new Map(ledger.map((entry) => [entry.chunk, entry]));
  const eachChunk = (
    work: (keys: Iterable<IndexedKey>, task: ChunkTask, scattered: readonly ScatteredGroup[]) => unknown,
  ): Promise<void> =>
    forEachAtOnce(tasks, concurrency, async (task) => {
      const entry = entries.get(task.chunk.chunk);
      const [index, scattered] = await Promise.all([entry && readIndex(entry, duplicates), scatteredIn(task)]);
      await work(liveKeys(index, task, scattered), task, scattered);
    });

  await eachChunk((keys) => {
    repeated.collect(keys);
  });
  const anyRepeated = repeated.collected();
  if (anyRepeated || scatteredIn !== noneScattered) {
    if (anyRepeated)
      await eachChunk((keys, { chunk }) => {
        repeated.group(keys, chunk.firstRecord);
      });
    await eachChunk(async (keys, { chunk }, scattered) => {
      const entry = entries.get(chunk.chunk);
      if (entry && entry.state !== "PREPARED") return;
      const repetitions = [...scattered, ...repeated.repetitionsIn(keys, chunk.firstRecord)];
      if (repetitions.length === 0) return;
      const ref = workKey(work, from.importId, "repetitions", attempt, chunk.chunk);
      await write(ref, JSON.stringify(repetitions), "application/json");
      if (entry) await imports.repeated(from.importId, chunk.chunk, ref);
      found.set(chunk.chunk, ref);
    });
  }
  return { byChunk: found, repeatedKeys: repeated.sum() };
}

interface Repetitions {
  readonly byChunk: ReadonlyMap<number, ObjectRef>;
  readonly repeatedKeys: RepeatedKeysSum;
}

type ScatteredIn = (task: ChunkTask) => Promise<readonly ScatteredGroup[]>;
const noneScattered: ScatteredIn = () => Promise.resolve([]);

/** Finds the groups whose rows do not stand together, whatever has become of their chunks; gives those of a chunk when asked. */
async function findScattered(tasks: readonly ChunkTask[]): Promise<ScatteredIn> {
  const { group, starts } = tasks[0]?.table ?? {};
  // The word with which every record starts scatters none.
  if (group === undefined || starts) return noneScattered;
  const groups = new ScatteredGroups(tasks.reduce((sum, { chunk }) => sum + chunk.records, 0));
  await forEachAtOnce(tasks, concurrency, async (task) => {
    groups.collect(await readGroups(work, task));
  });
  if (!groups.collected()) return noneScattered;
  await forEachAtOnce(tasks, concurrency, async (task) => {
    groups.group(await readGroups(work, task));
  });
  return async (task) => groups.scatteredIn(await readGroups(work, task), task.chunk.firstRecord);
}

/** The keys of a chunk; a record whose group is scattered is stored no more than one that has failed. */
function liveKeys(
  index: Buffer | undefined,
  { chunk: { firstRecord } }: ChunkTask,
  scattered: readonly ScatteredGroup[],
): Iterable<IndexedKey> {
  if (!index) return [];
  if (scattered.length === 0) return keysIn(index);
  const failed = new Set(scattered.map(({ record }) => record - firstRecord));
  return [...keysIn(index)].map((key) => (failed.has(key.place) ? { ...key, live: false } : key));
}

/**
 * Undefined where there is none, or it has expired: that of a chunk which was closed long ago, before the import was run again. A chunk
 * that was stopped on its way has lines that name keys. Only a feed that refuses repeated ones asks for them: what is stopped there
 * would be stored alone, once it is run again.
 */
async function readIndex(
  { keys, lines, state }: ChunkEntry,
  duplicates: Feed["duplicates"],
): Promise<Buffer | undefined> {
  try {
    if (keys) return await read(keys);
    if (duplicates !== "fail" || state !== "PREPARED") return undefined;
    return lines && keyIndexOf(await readLines(lines), true);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
