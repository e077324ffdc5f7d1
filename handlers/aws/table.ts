import { read } from "#aws/objects.ts";
import { largestGroup } from "#csv/groups.ts";
import { isMalformed, parseRecord } from "#csv/parse.ts";
import { inSheet, recordsOf } from "#csv/records.ts";
import { RecordSplitter } from "#csv/splitter.ts";
import type { Chunk, TableRef } from "#imports/flow.ts";
import type { Position } from "#records/line.ts";

/** The bytes of one chunk, with the positions of its records. */
export interface ChunkBytes {
  readonly bytes: Buffer;
  readonly positions: readonly Position[];
}

// Plan gives a record its own chunk where it is larger than a whole chunk may be; such a record fails by its size, unread.
const largestRead = 64 * 1024 ** 2;
const firstRowBytes = 64 * 1024;

/**
 * Reads one chunk of a table file. Throws where it holds other records than Plan has counted. The records of a workbook have their
 * rows for lines, however many lines the twin takes for them.
 */
export async function readChunk(table: TableRef, chunk: Chunk): Promise<ChunkBytes> {
  const { bytes, positions } = await readLines(table, chunk);
  const { sheet } = table;
  return { bytes, positions: sheet ? inSheet(sheet, positions, chunk) : positions };
}

async function readLines(table: TableRef, chunk: Chunk): Promise<ChunkBytes> {
  const size = chunk.end - chunk.start;
  if (chunk.records === 1 && size > (table.group === undefined ? largestRead : largestGroup)) {
    return readLargest(table, chunk);
  }
  const bytes = await read(table, [chunk.start, chunk.end]);
  const positions = recordsOf(bytes, { ...table, ...chunk, offset: chunk.start });
  if (positions.length === chunk.records) return { bytes, positions };
  throw new Error(
    `Chunk ${chunk.chunk} of ${table.key} was planned with ${chunk.records} records and has ${positions.length}.`,
  );
}

/** A record that fails by its size. Of a group that is as large the first row is read, which may say whose it is. */
async function readLargest(
  table: TableRef,
  { firstRecord, firstLine, start, end, behind }: Chunk,
): Promise<ChunkBytes> {
  const record = { record: firstRecord, line: firstLine, at: [start, end - start], ...(behind && { behind }) } as const;
  if (table.group === undefined) return { bytes: Buffer.alloc(0), positions: [record] };
  const bytes = await read(table, [start, Math.min(start + firstRowBytes, end)]);
  const splitter = new RecordSplitter({ ...table, offset: start, line: firstLine });
  if (splitter.scan(bytes) === 0) return { bytes: Buffer.alloc(0), positions: [record] };
  const at = [start, splitter.nexts[0]! - splitter.breaks[0]! - start] as const;
  return { bytes, positions: [{ ...record, rows: [{ line: firstLine, at }] }] };
}

/** Reads the names of a table file's columns, as the file has them; those of its feed where it has none. */
export async function readHeader(table: TableRef): Promise<readonly string[]> {
  if (table.names) return table.names;
  const header = parseRecord((await read(table, table.header)).toString("utf8"), table);
  if (isMalformed(header))
    throw new Error(`The header of ${table.key} was accepted by Plan and cannot be read: ${header.reason}`);
  return header;
}
