import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { compileFeed } from "#feeds/compile.ts";
import { quote, quoteAll } from "#feeds/bad-cell.ts";
import { InvalidFeed } from "#feeds/invalid-feed.ts";
import { adaptFeed } from "./adapt.ts";
import { draftOf } from "./draft-of-sample.ts";
import type { Draft, DraftFeed } from "./draft.ts";
import { readSample, type Sample } from "./sample.ts";
import { tryFile, type Trial } from "./try.ts";

export interface SuggestOptions {
  readonly catalog?: string | undefined;
  /** The feed to begin with. */
  readonly from?: string | undefined;
  /** Folder of the feeds. */
  readonly feeds: string;
}

export interface Suggested {
  readonly json: DraftFeed;
  /** What could be read two ways, and how it was read: a sentence each. */
  readonly doubts: readonly string[];
}

/**
 * Makes a feed for files like this one. It compiles, and the file's own records go through it: what would fail many of them is
 * taken for text instead, and told. Throws CannotDo where the file cannot be read.
 */
export async function suggestFeed(path: string, { catalog, from, feeds }: SuggestOptions): Promise<Suggested> {
  const sample = await readSample(path);
  const draft = from === undefined ? plainDraft(sample, path, catalog) : adaptFeed(from, feeds, sample, catalog);
  draft.doubt(...sample.doubts);
  if (!sample.whole)
    draft.doubt(
      `Only the first ${sample.rows.length.toLocaleString("en")} rows were looked at: what comes later may be otherwise.`,
    );
  if (sample.crooked > 0)
    draft.doubt(
      `${sample.crooked} of the first rows have more or fewer cells than the header, or quotes that break the rules of CSV: their records fail.`,
    );
  await prove(draft, path, sample);
  return { json: draft.feed, doubts: draft.doubts };
}

/** The draft that says most of the file and that can be compiled. */
function plainDraft(sample: Sample, path: string, catalog: string | undefined): Draft {
  const shapes = [true, false].flatMap((groups) => [true, false].map((patterns) => ({ groups, patterns })));
  const drafts = shapes.map((shape) => draftOf(sample, basename(path), catalog, shape));
  return drafts.find(({ feed }) => compiles(feed)) ?? drafts.at(-1)!;
}

function compiles(feed: DraftFeed): boolean {
  try {
    compileFeed("suggested", structuredClone(feed));
    return true;
  } catch (error) {
    if (!(error instanceof InvalidFeed)) throw error;
    return false;
  }
}

/** Runs the sample's records through the draft, and takes back what does not hold for many of them. */
async function prove(draft: Draft, path: string, sample: Sample): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "product-import-feeds-"));
  try {
    const file = sampleFile(path, sample, folder);
    for (let round = 0; round < 5; round++) {
      const trial = await tryFile(file, compileFeed("suggested", structuredClone(draft.feed)), sample.rows.length);
      if (trial.rejection) {
        draft.doubt(`The file would be rejected as ${trial.rejection.code}: ${trial.rejection.message}`);
        return;
      }
      const demoted = failingColumns(trial).filter(
        (column) => Object.hasOwn(draft.feed.columns, column) && column !== draft.feed.key,
      );
      for (const column of demoted) takeForText(draft, column, trial);
      if (demoted.length > 0) continue;
      tellFailures(draft, trial);
      return;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The file itself where it was read whole; else one with the rows of the sample. */
function sampleFile(path: string, { bytes, whole }: Sample, folder: string): string {
  if (whole || bytes === undefined) return path;
  const end = Math.max(bytes.lastIndexOf("\n"), bytes.lastIndexOf("\r")) + 1;
  const file = join(folder, "sample.csv");
  // The last row may go on behind a line break in quotes: what it lacks is told as nothing that the file has.
  writeFileSync(file, bytes.subarray(0, end > 0 ? end : bytes.length));
  return file;
}

/** Columns by which one record in ten would fail, and more than one. */
function failingColumns({ shown }: Trial): string[] {
  const counts = new Map<string, number>();
  for (const { errors } of shown)
    for (const column of new Set(
      errors.flatMap(({ code, column = [] }) => (code === "SPREADSHEET_ERROR" ? [] : column)),
    ))
      counts.set(column, (counts.get(column) ?? 0) + 1);
  return [...counts].filter(([, count]) => count > 1 && count > shown.length / 10).map(([column]) => column);
}

function takeForText(draft: Draft, column: string, { shown }: Trial): void {
  const failed = shown.filter(({ errors }) => errors.some((error) => error.column === column));
  const { message } = failed[0]!.errors.find((error) => error.column === column)!;
  const fields = draft.demote(column);
  const was = fields.length > 0 ? ` and not for ${quoteAll(fields)}` : "";
  draft.doubt(
    `Column ${quote(column)} was taken for text${was}, since ${failed.length} of ${shown.length} records would fail: ${message}`,
  );
}

function tellFailures(draft: Draft, { shown }: Trial): void {
  const failed = shown.filter(({ errors }) => errors.length > 0);
  if (failed.length === 0) return;
  const [{ line, errors }] = failed as [Trial["shown"][number]];
  draft.doubt(
    `${failed.length} of the first ${shown.length} records would fail, the first on line ${line}: ${errors[0]!.message}`,
  );
}
