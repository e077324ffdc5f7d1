import { Readable } from "node:stream";
import { variable, wholeNumber } from "#aws/environment.ts";
import { distinctNames } from "#csv/columns.ts";
import { dynamodb } from "#aws/dynamodb.ts";
import { lambda } from "#aws/lambda.ts";
import { head, isMissing, read, writeStream } from "#aws/objects.ts";
import type { DeadLetter } from "#failures/dead-letter.ts";
import { FailuresTable } from "#failures/failures-table.ts";
import { withOriginal } from "#aws/with-original.ts";
import { shorten } from "#feeds/bad-cell.ts";
import { feeds, feedOf } from "#feeds/deployed.ts";
import { byteOrderMark, guardedLine } from "#imports/failed-records.ts";
import type { Claimant, ObjectRef } from "#imports/flow.ts";
import { columnsOf, type ImportColumn } from "#imports/import-columns.ts";
import { importIdOf } from "#imports/import-id.ts";
import { ImportsTable } from "#imports/imports-table.ts";
import { forEachAtOnce, inOrderAtOnce } from "#records/concurrently.ts";
import {
  correctedGrouping,
  correctedRecords,
  readCorrections,
  rowByName,
  type CorrectedGrouping,
} from "#reprocessing/corrections.ts";
import type { FeedToReprocess, Selected, SelectInput, Skipped } from "#reprocessing/flow.ts";
import { candidates, filterText, selects } from "#reprocessing/select.ts";
import { Spool } from "#reprocessing/spool.ts";
import validate from "#validators/states/select-failures.js";

const work = variable("WORK_BUCKET");
const mostTaken = wholeNumber("REPROCESS_LIMIT");
const imports = new ImportsTable(dynamodb, variable("IMPORTS_TABLE"));
const failures = new FailuresTable(dynamodb, variable("FAILURES_TABLE"));
const concurrency = 32;
// Claims run side by side within a page of this many.
const pageSize = 500;

/** What a run has taken: one CSV a feed, and how many it left. */
interface Taken {
  readonly csvs: ReadonlyMap<string, { readonly records: number; readonly lines: AsyncIterable<string> }>;
  readonly skipped: Skipped;
}

/** Takes the dead letters that the request wants and writes one failed-records CSV a feed, for the import machine. */
export const handler = lambda<SelectInput, Selected>("SelectFailures", validate, async (input) => {
  const { request, execution, runId, startedAt } = input;
  const [who, reason, filter] = [request.who, request.reason, filterText(request)].map((text) => shorten(text, 300));
  const by: Claimant = { id: execution, who: who!, reason: reason!, filter: filter! };
  await imports.noteRun({ ...by, runId, execution, startedAt, status: "RUNNING" });

  const spools = new Map<string, Spool>();
  try {
    const taken = request.corrections
      ? await takeCorrected(request.corrections)
      : await takeFiltered(input, by, spools);
    const toReprocess: FeedToReprocess[] = [];
    for (const [feed, { records, lines }] of taken.csvs)
      toReprocess.push(await writeFeed(feed, records, lines, runId, startedAt, by));
    await imports.noteRun({ runId, imports: toReprocess.map(({ feed, importId }) => ({ feed, importId })) });
    const records = toReprocess.reduce((sum, one) => sum + one.records, 0);
    return { ...input, selected: { records, skipped: taken.skipped, feeds: toReprocess } };
  } finally {
    for (const spool of spools.values()) await spool.remove();
  }
});

/** Claims what the filter fits, and what an attempt of this very run has claimed before it crashed. */
async function takeFiltered(
  { request, execution }: SelectInput,
  by: Claimant,
  spools: Map<string, Spool>,
): Promise<Taken> {
  const limit = Math.min(request.limit ?? mostTaken, mostTaken);
  const skipped: Record<string, number> = {};
  const skip = (why: string): DeadLetter | undefined => {
    skipped[why] = (skipped[why] ?? 0) + 1;
    return undefined;
  };
  const columns = new Map<string, Promise<readonly ImportColumn[]>>();
  const now = new Date();
  // What an earlier attempt has taken is found by both ways below.
  const seen = new Set<string>();
  let taken = 0;

  const take = async (letter: DeadLetter): Promise<DeadLetter | undefined> => {
    if (seen.has(letter.id)) return undefined;
    seen.add(letter.id);
    const ours = letter.status === "REPROCESSING" && letter.owner === execution;
    const selection = ours ? "yes" : selects(letter, request, now);
    if (selection !== "yes") return skip(selection);
    if (taken >= limit) return skip("overLimit");
    taken += 1;
    // Before it is claimed: one that cannot be read must not take the run down, nor lose an attempt.
    const original = await readable(letter);
    if (!original) {
      taken -= 1;
      return skip("unreadable");
    }
    if (!ours && !(await failures.claim(letter, by, now.toISOString()))) {
      taken -= 1;
      return skip("notOpen");
    }
    return original;
  };
  const add = async (letter: DeadLetter | undefined): Promise<void> => {
    if (!letter) return;
    const spool = spools.get(letter.feed) ?? new Spool();
    spools.set(letter.feed, spool);
    await spool.add(letter, await columnsOfImport(letter.importId));
  };
  const columnsOfImport = (importId: string): Promise<readonly ImportColumn[]> => {
    const known = columns.get(importId) ?? imports.get(importId).then(columnsOf);
    columns.set(importId, known);
    return known;
  };
  for await (const page of pages(mine(request.filter?.feed, execution)))
    await inOrderAtOnce(page, concurrency, take, add);
  for await (const page of pages(candidates(failures, imports, feeds, request.filter ?? {}))) {
    await inOrderAtOnce(page, concurrency, take, add);
    // The rest is for the next run; paging on would only count it.
    if (taken >= limit) break;
  }

  const csvs = [...spools].map(([feed, spool]) => {
    const delimiter = feedOf(feeds, feed).dialect.delimiter ?? ",";
    return [feed, { records: spool.records, lines: spool.csv(delimiter) }] as const;
  });
  return { csvs: new Map(csvs), skipped };
}

/** What this run holds already: there is something only where an earlier attempt of it crashed. */
async function* mine(feed: string | undefined, execution: string): AsyncGenerator<DeadLetter> {
  for (const name of feed === undefined ? feeds.keys() : [feed]) {
    for await (const letter of failures.ofStatus(name, "REPROCESSING")) if (letter.owner === execution) yield letter;
  }
}

/** The records of a corrections file by the feed of their failure. ClaimFailures claims them, and refuses what does not fit, by record. */
async function takeCorrected(corrections: ObjectRef): Promise<Taken> {
  const { columns, rows } = readCorrections(await read(corrections));
  const names = distinctNames(columns);
  const known = new Map<string, { readonly feed: string; readonly grouping: CorrectedGrouping | undefined }>();
  await forEachAtOnce([...new Set(rows.map(({ failure }) => failure))], concurrency, async (failure) => {
    const letter = await failures.get(failure);
    if (!letter) return;
    const isOne = letter.table.group === undefined;
    const theirs = isOne ? [] : columnsOf(await imports.get(letter.importId));
    known.set(failure, { feed: letter.feed, grouping: correctedGrouping(letter.table, theirs) });
  });
  const returned = rows.map(({ cells, failure }) => ({ cells, failure, row: rowByName(names, cells) }));
  const byFeed = new Map<string, { records: number; readonly rows: (readonly string[])[] }>();
  let unknown = 0;
  for (const record of correctedRecords(returned, (failure) => known.get(failure)?.grouping)) {
    const feed = known.get(record.failure)?.feed;
    if (feed === undefined || !feeds.has(feed)) unknown += 1;
    else {
      const ofFeed = byFeed.get(feed) ?? { records: 0, rows: [] };
      byFeed.set(feed, ofFeed);
      ofFeed.records += 1;
      ofFeed.rows.push(...record.rows.map(({ cells }) => cells));
    }
  }
  const csvs = [...byFeed].map(([feed, { records, rows: cells }]) => {
    const delimiter = feedOf(feeds, feed).dialect.delimiter ?? ",";
    const lines = Readable.from([byteOrderMark, ...[columns, ...cells].map((line) => guardedLine(line, delimiter))]);
    return [feed, { records, lines }] as const;
  });
  return { csvs: new Map(csvs), skipped: unknown > 0 ? { unknown } : {} };
}

async function writeFeed(
  feed: string,
  records: number,
  lines: AsyncIterable<string>,
  runId: string,
  startedAt: string,
  by: Claimant,
): Promise<FeedToReprocess> {
  const file = { bucket: work, key: `incoming/${feed}/reprocess-${runId}.csv` };
  await writeStream(file, Readable.from(lines), "text/csv; charset=utf-8");
  const written = await head(file);
  if (!written) throw new Error(`s3://${file.bucket}/${file.key} was written and is not there.`);
  const { bytes: _bytes, ...version } = written;
  return {
    feed,
    records,
    importId: importIdOf({ ...file, ...version }),
    input: {
      time: new Date(startedAt).toISOString(),
      detail: {
        bucket: { name: file.bucket },
        // This very version, which the importId is derived from.
        object: { key: file.key, ...(version.versionId && { "version-id": version.versionId }) },
      },
      reprocess: by,
    },
  };
}

/** A dead letter with its cells; undefined where they lie in an archived copy that is gone. */
async function readable(letter: DeadLetter): Promise<DeadLetter | undefined> {
  try {
    return await withOriginal(letter);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function* pages<T>(items: AsyncIterable<T>): AsyncGenerator<T[]> {
  let page: T[] = [];
  for await (const item of items) {
    page.push(item);
    if (page.length < pageSize) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}
