import { variable } from "#aws/environment.ts";
import { dynamodb } from "#aws/dynamodb.ts";
import { lambda } from "#aws/lambda.ts";
import { readLines } from "#aws/lines.ts";
import { isMissing, read, readJson, write } from "#aws/objects.ts";
import { feeds, feedOf } from "#feeds/deployed.ts";
import { chunksToImport } from "#imports/decide.ts";
import type { ChunkEntry } from "#imports/chunk-entry.ts";
import { ImportsTable } from "#imports/imports-table.ts";
import { workKey } from "#imports/work-key.ts";
import type { ChunkTask, Decided, ImportRef, ObjectRef, Planned } from "#imports/flow.ts";
import { forEachAtOnce } from "#records/concurrently.ts";
import { keyIndexOf } from "#repeated-keys/key-index.ts";
import { RepeatedKeys } from "#repeated-keys/repeated-keys.ts";
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
 * Reads the ledger before the first product is written, finds the keys that stand several times in the file, and says of each
 * chunk whether it is imported or only closed.
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
 * Where the repetitions of each chunk that has some lie; noted in the ledger too, so that they count however the chunk is closed.
 * The keys of chunks that are closed already count as well: an import that was taken over decides as it did before.
 */
async function findRepetitions(
  from: ImportRef,
  tasks: readonly ChunkTask[],
  ledger: readonly ChunkEntry[],
  attempt: string,
): Promise<ReadonlyMap<number, ObjectRef>> {
  const found = new Map<number, ObjectRef>();
  const firstRecords = new Map(tasks.map(({ chunk }) => [chunk.chunk, chunk.firstRecord]));
  const { duplicates } = feedOf(feeds, from.feed);
  // A chunk that was stopped on its way has lines that name keys. Only a feed that refuses repeated ones asks for them: what is
  // stopped there would be stored alone, once it is run again.
  const isIndexed = ({ keys, lines, state }: ChunkEntry): boolean =>
    keys !== undefined || (duplicates === "fail" && state === "PREPARED" && lines !== undefined);
  const indexed = ledger.filter(isIndexed);
  const records = indexed.reduce((sum, entry) => sum + entry.records, 0);
  const repeated = new RepeatedKeys(records, duplicates === "last");
  const eachIndex = (work: (index: Buffer, entry: (typeof indexed)[number], firstRecord: number) => unknown) =>
    forEachAtOnce(indexed, concurrency, async (entry) => {
      const index = await readIndex(entry);
      if (index) await work(index, entry, firstRecords.get(entry.chunk)!);
    });

  await eachIndex((index) => {
    repeated.collect(index);
  });
  if (repeated.collected()) {
    await eachIndex((index, _, firstRecord) => {
      repeated.group(index, firstRecord);
    });
    await eachIndex(async (index, { chunk, state }, firstRecord) => {
      const repetitions = state === "PREPARED" ? repeated.repetitionsIn(index, firstRecord) : [];
      if (repetitions.length === 0) return;
      const ref = workKey(work, from.importId, "repetitions", attempt, chunk);
      await write(ref, JSON.stringify(repetitions), "application/json");
      await imports.repeated(from.importId, chunk, ref);
      found.set(chunk, ref);
    });
  }
  await imports.decided(from, { repeatedKeys: repeated.sum() });
  return found;
}

/** Undefined where it has expired: that of a chunk which was closed long ago, before the import was run again. */
async function readIndex({ keys, lines }: ChunkEntry): Promise<Buffer | undefined> {
  try {
    if (keys) return await read(keys);
    return lines && keyIndexOf(await readLines(lines), true);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
