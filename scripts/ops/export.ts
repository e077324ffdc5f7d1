import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { DeadLetter } from "#failures/dead-letter.ts";
import type { Delimiter } from "#imports/flow.ts";
import { Spool } from "#reprocessing/spool.ts";
import { columnsOfImports } from "./import-columns.ts";
import { originalOf } from "./original.ts";
import type { Project } from "./project.ts";

/**
 * Writes the failed-records CSV of dead letters and gives their number; several imports' headers become their union. With no
 * dead letter there is no file. The file is there whole or not at all.
 */
export async function exportFailures(
  { imports, s3 }: Pick<Project, "imports" | "s3">,
  letters: AsyncIterable<DeadLetter>,
  file: string,
): Promise<number> {
  const spool = new Spool();
  try {
    const columnsOf = columnsOfImports(imports);
    const delimiters = new Set<Delimiter>();
    for await (const letter of letters) {
      delimiters.add(letter.table.delimiter);
      await spool.add(await originalOf(s3, letter), await columnsOf(letter.importId));
    }
    if (spool.records === 0) return 0;
    // A feed that declares its delimiter takes no other when the file is dropped again.
    const [delimiter = ","] = delimiters.size === 1 ? delimiters : [];
    await write(file, spool.csv(delimiter));
    return spool.records;
  } finally {
    await spool.remove();
  }
}

async function write(file: string, lines: AsyncIterable<string>): Promise<void> {
  const unfinished = `${file}.unfinished`;
  try {
    await pipeline(Readable.from(lines), createWriteStream(unfinished));
    await rename(unfinished, file);
  } finally {
    await rm(unfinished, { force: true });
  }
}
