import { expect, it } from "vitest";
import type { ImportEntry } from "#imports/import-entry.ts";
import { feedMetrics, heldMetrics } from "#recovery/feed-metrics.ts";

const now = new Date("2026-01-10T00:00:00.000Z");
const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000).toISOString();

/** An import that was sent so many hours ago, and begun at once if nothing else is said. */
function entry(sent: number, more: Partial<ImportEntry> = {}): ImportEntry {
  return { eventTime: hoursAgo(sent), startedAt: hoursAgo(sent - 0.01), ...more } as ImportEntry;
}

/** The figures of a feed that may be silent for ten hours, whose imports are these, newest first. */
async function figures(entries: readonly ImportEntry[]) {
  let read = 0;
  const imports = {
    async *ofFeed() {
      for (const one of entries) {
        read += 1;
        yield await Promise.resolve(one);
      }
    },
  };
  const failures = { oldestOpen: (feed: string) => Promise.resolve(feed === "b" ? hoursAgo(5) : undefined) };
  const feeds = new Map([
    ["a", { silentAfterHours: 10 }],
    ["b", { silentAfterHours: undefined }],
  ]);
  const metrics = await feedMetrics(feeds, failures, imports, now);
  const valueOf = (name: string, feed?: string) =>
    metrics.find((one) => one.name === name && one.dimensions?.["feed"] === feed)?.value;
  return { silent: valueOf("SilentFeeds"), hours: valueOf("HoursSinceImport", "a"), valueOf, read };
}

it("takes a feed for silent that has sent nothing for longer than it may, or never", async () => {
  expect(await figures([entry(9)])).toMatchObject({ silent: 0, hours: 9 });
  expect(await figures([entry(11)])).toMatchObject({ silent: 1, hours: 11 });
  expect(await figures([])).toMatchObject({ silent: 1, hours: undefined });
});

it("does not take what staff run again for a file of upstream", async () => {
  const claimant = { id: "arn:run", who: "a", reason: "b", filter: "c" };
  const table = { failedRecords: true } as unknown as NonNullable<ImportEntry["table"]>;
  expect(await figures([entry(1, { claimant }), entry(2, { table }), entry(30)])).toMatchObject({
    silent: 1,
    hours: 30,
  });
});

it("goes by when a file was sent, not by when its import was run again", async () => {
  const again = entry(200, { startedAt: hoursAgo(1) });
  expect(await figures([again, entry(3), entry(20)])).toMatchObject({ silent: 0, hours: 3 });
});

it("reads no more imports than it takes to know", async () => {
  const { hours, read } = await figures([entry(1), entry(2), entry(3), entry(4)]);
  expect([hours, read]).toEqual([1, 2]);
});

it("says how long the oldest dead letter has been open, 0 where none is, and watches only feeds that want it", async () => {
  const { valueOf } = await figures([entry(1)]);
  expect(valueOf("OldestOpenFailureHours")).toBe(5);
  expect(valueOf("OldestOpenFailureHours", "a")).toBe(0);
  expect(valueOf("OldestOpenFailureHours", "b")).toBe(5);
  expect(valueOf("HoursSinceImport", "b")).toBeUndefined();
});

it("says for how long the oldest import has waited that is held; nothing where none is", async () => {
  const now = new Date("2026-01-02T00:00:00Z");
  const heldSince = (...times: string[]): Parameters<typeof heldMetrics>[0] => ({
    async *held() {
      for (const finishedAt of times) yield await Promise.resolve({ finishedAt } as ImportEntry);
    },
  });
  const metric = (value: number) => [{ name: "OldestHeldHours", unit: "None", value }];
  expect(await heldMetrics(heldSince(), now)).toEqual(metric(0));
  expect(await heldMetrics(heldSince("2026-01-01T12:00:00Z", "2026-01-01T18:00:00Z"), now)).toEqual(metric(12));
});
