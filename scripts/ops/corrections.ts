import { distinctNames } from "#csv/columns.ts";
import { readFileSync } from "node:fs";
import { quote } from "#feeds/bad-cell.ts";
import type { DeadLetter } from "#failures/dead-letter.ts";
import { correct, refusalOf } from "#failures/returned-row.ts";
import { forEachAtOnce } from "#records/concurrently.ts";
import type { ImportColumn } from "#imports/import-columns.ts";
import {
  BadCorrections,
  correctedGrouping,
  correctedRecords,
  readCorrections,
  rowByName,
  type Corrections,
} from "#reprocessing/corrections.ts";
import { CannotDo, WrongUsage } from "../cli/endings.ts";
import { columnsOfImports } from "./import-columns.ts";
import { originalOf } from "./original.ts";
import type { Project } from "./project.ts";

/** A corrections file, read. */
export interface CorrectionsFile extends Corrections {
  readonly bytes: Buffer;
}

/** A record that a run would leave alone, and why. */
export interface RefusedRow {
  /** Its first row, from 1, the header not counted. */
  readonly row: number;
  readonly code: string;
  readonly message: string;
}

/** What the rows of a corrections file are worth. */
export interface CheckedCorrections {
  readonly wouldRun: readonly { readonly letter: DeadLetter; readonly corrected: readonly string[] }[];
  readonly refused: readonly RefusedRow[];
  /** How many of the refused rows name a failure that this deployment does not have. */
  readonly nowhere: number;
}

/** Reads a corrections file of this machine. Throws WrongUsage where there is none, CannotDo where it cannot be read as one. */
export function openCorrections(file: string): CorrectionsFile {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new WrongUsage(`${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown"}).`, {
      cause: error,
    });
  }
  try {
    return { ...readCorrections(bytes), bytes };
  } catch (error) {
    if (!(error instanceof BadCorrections)) throw error;
    throw new CannotDo(`${file}: ${error.message}`, { cause: error });
  }
}

const concurrency = 32;

/** Looks up the dead letter of every record, as the run will. */
export async function checkCorrections(project: Project, { columns, rows }: Corrections): Promise<CheckedCorrections> {
  const columnsOf = columnsOfImports(project.imports);
  const names = distinctNames(columns);
  const letters = new Map<string, { readonly letter: DeadLetter; readonly theirs: readonly ImportColumn[] }>();
  await forEachAtOnce([...new Set(rows.map(({ failure }) => failure))], concurrency, async (failure) => {
    const letter = await project.failures.get(failure);
    if (letter) letters.set(failure, { letter, theirs: await columnsOf(letter.importId) });
  });
  const records = correctedRecords(
    rows.map(({ cells, failure }) => ({ failure, row: rowByName(names, cells) })),
    (failure) => {
      const known = letters.get(failure);
      return known && correctedGrouping(known.letter.table, known.theirs);
    },
  );
  const wouldRun = new Array<CheckedCorrections["wouldRun"][number] | undefined>(records.length);
  const refused = new Array<RefusedRow | undefined>(records.length);
  let nowhere = 0;
  await forEachAtOnce(records, concurrency, async ({ failure, places: [place = 0], rows: returned }, index) => {
    const known = letters.get(failure);
    if (!known) {
      nowhere += 1;
      refused[index] = { row: place + 1, code: "FAILURE_UNKNOWN", message: unknown(failure) };
      return;
    }
    const { letter, theirs } = known;
    const original = await originalOf(project.s3, letter);
    const came = returned.map(({ row }) => row);
    // No run has taken anything yet, so nobody asks as an owner.
    const refusal = refusalOf(came, failure, original, letter.feed, "", theirs);
    if (refusal) refused[index] = { row: place + 1, code: refusal.code, message: refusal.message };
    else {
      const { corrections } = correct(came, original, theirs);
      wouldRun[index] = { letter, corrected: corrections.map(({ column }) => column) };
    }
  });
  return { wouldRun: present(wouldRun), refused: present(refused), nowhere };
}

function unknown(failure: string): string {
  return failure === ""
    ? "The column _failure is empty: leave the columns that begin with _ as the failed-records CSV has them."
    : `The column _failure has ${quote(failure)}, which names no failure: leave the columns that begin with _ as the failed-records CSV has them.`;
}

function present<T>(items: readonly (T | undefined)[]): T[] {
  return items.filter((item) => item !== undefined);
}
