import type { Feed } from "#feeds/compile.ts";
import type { FailuresTable } from "#failures/failures-table.ts";
import type { ImportsTable } from "#imports/imports-table.ts";
import type { Metric } from "#metrics/metric.ts";
import { forEachAtOnce } from "#records/concurrently.ts";

// Each asks as many questions as the status index has shards.
const concurrency = 4;
const fewImports = 10;

/**
 * What the metrics say of the feeds at a time: how long dead letters have been open, in all and by feed, and how many feeds
 * have been silent for longer than they should. A feed that never sent anything is silent too: it should have.
 */
export async function feedMetrics(
  feeds: ReadonlyMap<string, Pick<Feed, "silentAfterHours">>,
  failures: Pick<FailuresTable, "oldestOpen">,
  imports: Pick<ImportsTable, "ofFeed">,
  now: Date,
): Promise<Metric[]> {
  const hoursSince = (at: string) => Math.max(0, now.getTime() - Date.parse(at)) / 3_600_000;
  const ofFeeds: Metric[] = [];
  const open = [0];
  let silent = 0;
  await forEachAtOnce([...feeds], concurrency, async ([feed, { silentAfterHours }]) => {
    const dimensions = { feed };
    const oldest = await failures.oldestOpen(feed);
    const openHours = oldest === undefined ? 0 : hoursSince(oldest);
    open.push(openHours);
    ofFeeds.push({ name: "OldestOpenFailureHours", unit: "None", value: openHours, dimensions });
    if (silentAfterHours === undefined) return;
    const sent = await lastSent(imports, feed);
    if (sent === undefined || hoursSince(sent) > silentAfterHours) silent += 1;
    if (sent !== undefined)
      ofFeeds.push({ name: "HoursSinceImport", unit: "None", value: hoursSince(sent), dimensions });
  });
  return [
    { name: "OldestOpenFailureHours", unit: "None", value: Math.max(...open) },
    { name: "SilentFeeds", unit: "Count", value: silent },
    ...ofFeeds,
  ];
}

/** For how many hours the oldest import has waited that is held for a person; 0 where none is. */
export async function heldMetrics(imports: Pick<ImportsTable, "held">, now: Date): Promise<Metric[]> {
  let hours = 0;
  for await (const { finishedAt } of imports.held())
    hours = Math.max(hours, (now.getTime() - Date.parse(finishedAt ?? now.toISOString())) / 3_600_000);
  return [{ name: "OldestHeldHours", unit: "None", value: hours }];
}

/** When upstream last sent a file that became an import, whatever came of it; undefined where it never did. */
async function lastSent(imports: Pick<ImportsTable, "ofFeed">, feed: string): Promise<string | undefined> {
  let last: string | undefined;
  for await (const { startedAt, eventTime, claimant, table, preview, released, undoes } of imports.ofFeed(
    feed,
    "",
    fewImports,
  )) {
    // The list is by when work began, and an old file may be run again; but none began before it was sent.
    if (last !== undefined && startedAt <= last) break;
    // What staff run again, or look at, says nothing of upstream.
    if (claimant ?? table?.failedRecords ?? undoes ?? (preview && !released)) continue;
    if (last === undefined || eventTime > last) last = eventTime;
  }
  return last;
}
