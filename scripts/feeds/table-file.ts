import {
  createReadStream,
  createWriteStream,
  mkdtempSync,
  openSync,
  readSync,
  closeSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { inSheet, recordsOf } from "#csv/records.ts";
import { acceptedFeed } from "#feeds/accepted.ts";
import type { Feed } from "#feeds/compile.ts";
import type { Chunk } from "#imports/flow.ts";
import { checkUnnamedColumns, openTable, type OpenedTable, type TableLimits } from "#imports/open-table.ts";
import type { Position } from "#records/line.ts";

/** A file on this machine that passed the gate as Plan has it. */
export interface TableFile extends OpenedTable {
  /** The bytes of a chunk, with the positions of its records. */
  readonly read: (chunk: Chunk) => { readonly bytes: Buffer; readonly positions: readonly Position[] };
}

/**
 * Opens a file of any accepted kind as Plan does for that feed, and hands it on while it is open. Throws FileRejected as Plan
 * would reject it.
 */
export async function withTable<T>(
  path: string,
  feed: Feed,
  limits: TableLimits,
  work: (table: TableFile) => T | Promise<T>,
): Promise<T> {
  acceptedFeed(new Map([[feed.name, feed]]), feed.name);
  const folder = mkdtempSync(join(tmpdir(), "product-import-feeds-"));
  try {
    return await work(await open(path, feed, limits, join(folder, "table.csv")));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function open(path: string, feed: Feed, limits: TableLimits, twin: string): Promise<TableFile> {
  const file = {
    name: path,
    bytes: statSync(path).size,
    stream: () => Promise.resolve(createReadStream(path)),
    start: (end: number) => Promise.resolve(bytesOf(path, 0, end)),
    writeTwin: (content: AsyncIterable<Uint8Array>) => pipeline(Readable.from(content), createWriteStream(twin)),
    streamTwin: () => Promise.resolve(createReadStream(twin)),
  };
  const opened = await openTable(feed, file, limits);
  const { table, isTwin } = opened;
  const { sheet } = table;
  const read: TableFile["read"] = (chunk) => {
    const bytes = bytesOf(isTwin ? twin : path, chunk.start, chunk.end);
    const positions = recordsOf(bytes, { ...table, ...chunk, offset: chunk.start });
    return { bytes, positions: sheet ? inSheet(sheet, positions, chunk) : positions };
  };
  await checkUnnamedColumns(feed, opened, (chunk) => Promise.resolve(read(chunk)));
  return { ...opened, read };
}

function bytesOf(path: string, start: number, end: number): Buffer {
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(end - start);
    let read = 0;
    while (read < bytes.length) {
      const count = readSync(file, bytes, read, bytes.length - read, start + read);
      if (count === 0) break;
      read += count;
    }
    return bytes.subarray(0, read);
  } finally {
    closeSync(file);
  }
}
