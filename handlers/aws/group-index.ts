import { isMissing, read, write } from "#aws/objects.ts";
import { readChunk, readHeader } from "#aws/table.ts";
import { parseRecords, type ParsedRecord } from "#csv/parse.ts";
import { rowsOfAll } from "#csv/records.ts";
import { feeds, feedOf } from "#feeds/deployed.ts";
import type { ChunkTask, ObjectRef } from "#imports/flow.ts";
import { workKey } from "#imports/work-key.ts";
import type { Position } from "#records/line.ts";
import { groupIndexOf } from "#repeated-keys/group-index.ts";
import { groupedRecords } from "#repeated-keys/grouped-records.ts";

/** Writes which records of a chunk are which groups, where these are known by a value that their rows share. */
export async function writeGroups(
  work: string,
  task: ChunkTask,
  header: readonly string[],
  positions: readonly Position[],
  rows: readonly ParsedRecord[],
): Promise<void> {
  if (task.table.group === undefined || task.table.starts) return;
  await write(groupsRef(work, task), indexOf(task, header, positions, rows), "application/octet-stream");
}

/** Reads which records of a chunk are which groups; from its bytes, where it was stopped before that was written, or it has expired. */
export async function readGroups(work: string, task: ChunkTask): Promise<Buffer> {
  try {
    return await read(groupsRef(work, task));
  } catch (error) {
    if (!isMissing(error)) throw error;
    const [header, { bytes, positions }] = await Promise.all([
      readHeader(task.table),
      readChunk(task.table, task.chunk),
    ]);
    const rows = parseRecords(bytes, rowsOfAll(positions), { ...task.table, offset: task.chunk.start });
    return indexOf(task, header, positions, rows);
  }
}

function indexOf(
  { import: from, table }: ChunkTask,
  header: readonly string[],
  positions: readonly Position[],
  rows: readonly ParsedRecord[],
): Buffer {
  return groupIndexOf(groupedRecords(feedOf(feeds, from.feed), header, table, positions, rows));
}

/** The one key of a chunk, whichever attempt writes it: the bytes of a chunk say the same each time. */
function groupsRef(work: string, { import: { importId }, chunk }: ChunkTask): ObjectRef {
  return workKey(work, importId, "groups", "index", chunk.chunk);
}
