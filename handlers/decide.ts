import { variable } from "#aws/environment.ts";
import { dynamodb } from "#aws/dynamodb.ts";
import { lambda } from "#aws/lambda.ts";
import { readGroups } from "#aws/group-index.ts";
import { readLines } from "#aws/lines.ts";
import { isMissing, read, readJson, write } from "#aws/objects.ts";
import type { Feed } from "#feeds/compile.ts";
import { feeds, feedOf } from "#feeds/deployed.ts";
import { chunksToImport } from "#imports/decide.ts";
import type { ChunkEntry } from "#imports/chunk-entry.ts";
import { ImportsTable } from "#imports/imports-table.ts";
import { workKey } from "#imports/work-key.ts";
import type { ChunkTask, Decided, ImportRef, ObjectRef, Planned } from "#imports/flow.ts";
import { forEachAtOnce } from "#records/concurrently.ts";
import { keyIndexOf, keysIn, type IndexedKey } from "#repeated-keys/key-index.ts";
import { RepeatedKeys } from "#repeated-keys/repeated-keys.ts";
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
 * do not stand together, and says of each chunk whether it is imported or only closed.
 */
export const handler = lambda<DecideInput, DecideInput & { decided: Decided }>(
  "Decide",
  validate,
  async (input, attempt) => {
    const { importId } = input.import;
    const tasks = await readJson<ChunkTask[]>(input.plan.manifest);
    const ledger: ChunkEntry[] = [];
    for await (const entry of imports.ledger(importId)) ledger.push(entry);

    const repetitions = await findRepetitions(input.import, tasks, ledger, attempt);
    const manifest = workKey(work, importId, "decide", attempt);
    await write(manifest, JSON.stringify(chunksToImport(tasks, ledger, repetitions)), "application/json");
    return { ...input, decided: { manifest, chunks: tasks.length } };
  },
);

/**
 * Where the repetitions of each chunk that has some lie, and its scattered groups; noted in the ledger too, so that they count however
 * the chunk is closed. The keys of chunks that are closed already count as well: an import that was taken over decides as it did before.
 */
async function findRepetitions(
  from: ImportRef,
  tasks: readonly ChunkTask[],
  ledger: readonly ChunkEntry[],
  attempt: string,
): Promise<ReadonlyMap<number, ObjectRef>> {
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
  await imports.decided(from, { repeatedKeys: repeated.sum() });
  return found;
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
