import { read } from "#aws/objects.ts";
import { isMalformed, parseRecord } from "#csv/parse.ts";
import { recordsOf } from "#csv/records.ts";
import { rowOf } from "#csv/sheet-place.ts";
import type { Chunk, TableRef } from "#imports/flow.ts";
import type { Position } from "#records/line.ts";

/** The bytes of one chunk, with the positions of its records. */
export interface ChunkBytes {
  readonly bytes: Buffer;
  readonly positions: readonly Position[];
}

// Plan gives a record its own chunk where it is larger than a whole chunk may be; such a record fails by its size, unread.
const largestRead = 64 * 1024 ** 2;

/**
 * Reads one chunk of a table file. Throws where it holds other records than Plan has counted. The records of a workbook have their
 * rows for lines, however many lines the twin takes for them.
 */
export async function readChunk(table: TableRef, chunk: Chunk): Promise<ChunkBytes> {
  const { bytes, positions } = await readLines(table, chunk);
  const { sheet } = table;
  if (sheet === undefined) return { bytes, positions };
  return { bytes, positions: positions.map((at) => ({ ...at, line: rowOf(sheet, at.record) })) };
}

async function readLines(table: TableRef, chunk: Chunk): Promise<ChunkBytes> {
  if (chunk.records === 1 && chunk.end - chunk.start > largestRead) {
    const at = [chunk.start, chunk.end - chunk.start] as const;
    return { bytes: Buffer.alloc(0), positions: [{ record: chunk.firstRecord, line: chunk.firstLine, at }] };
  }
  const bytes = await read(table, [chunk.start, chunk.end]);
  const { firstRecord, firstLine } = chunk;
  const positions = recordsOf(bytes, { ...table, offset: chunk.start, firstRecord, firstLine });
  if (positions.length === chunk.records) return { bytes, positions };
  throw new Error(
    `Chunk ${chunk.chunk} of ${table.key} was planned with ${chunk.records} records and has ${positions.length}.`,
  );
}

/** Reads the names of a table file's columns, as the file has them; those of its feed where it has none. */
export async function readHeader(table: TableRef): Promise<readonly string[]> {
  if (table.names) return table.names;
  const header = parseRecord((await read(table, table.header)).toString("utf8"), table);
  if (isMalformed(header))
    throw new Error(`The header of ${table.key} was accepted by Plan and cannot be read: ${header.reason}`);
  return header;
}
