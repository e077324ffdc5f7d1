import { hasNoAge } from "#failures/age.ts";
import type { DeadLetter } from "#failures/dead-letter.ts";
import type { FailuresTable } from "#failures/failures-table.ts";
import type { ImportsTable } from "#imports/imports-table.ts";
import { cleanKey } from "#products/key.ts";
import type { FailureFilter, ReprocessRequest } from "#reprocessing/flow.ts";

/** Whether a run takes a dead letter, or why not. */
export type Selection = "yes" | "notOpen" | "refused" | "final" | "tooSoon";

const firstDistanceMinutes = 15;
const distanceGrowth = 4;

/**
 * Whether a request takes this dead letter: it is open, time may heal it (or final ones are asked for), and, where a growing
 * distance is asked for, its last failure is 15 minutes ago, then an hour, four hours, sixteen.
 */
export function selects(
  letter: DeadLetter,
  request: Pick<ReprocessRequest, "includeFinal" | "growingDistance">,
  now: Date,
): Selection {
  if (letter.status !== "OPEN") return "notOpen";
  if (hasNoAge(letter)) return "refused";
  if (!letter.heals && !request.includeFinal) return "final";
  const distance = firstDistanceMinutes * distanceGrowth ** (letter.attempts - 1) * 60_000;
  if (request.growingDistance && now.getTime() - Date.parse(letter.failedAt) < distance) return "tooSoon";
  return "yes";
}

/** The feeds that are there: their names, each with its catalog. */
export type FeedCatalogs = ReadonlyMap<string, { readonly catalog: string }>;

/**
 * The dead letters that a filter fits, whatever may become of them, by the cheapest index: those of an import, of a key, or the
 * open ones of each feed. Never a scan.
 */
export async function* candidates(
  failures: FailuresTable,
  imports: ImportsTable,
  feeds: FeedCatalogs,
  filter: FailureFilter,
): AsyncGenerator<DeadLetter> {
  for await (const letter of found(failures, imports, feeds, filter)) if (fits(letter, filter)) yield letter;
}

/** Whether a dead letter is one of those that a filter means. */
export function fits(letter: DeadLetter, { importId, feed, code, sku, since }: FailureFilter): boolean {
  return (
    (importId === undefined ||
      letter.importId === importId ||
      letter.history.some((entry) => entry.importId === importId)) &&
    (feed === undefined || letter.feed === feed) &&
    (code === undefined || letter.code === code) &&
    (sku === undefined || (letter.key !== undefined && cleanKey(letter.key) === cleanKey(sku))) &&
    (since === undefined || letter.failedAt >= since)
  );
}

async function* found(
  failures: FailuresTable,
  imports: ImportsTable,
  feeds: FeedCatalogs,
  { importId, feed, sku, since }: FailureFilter,
): AsyncGenerator<DeadLetter> {
  if (importId !== undefined) {
    yield* ofImport(failures, imports, importId);
    return;
  }
  const names = feed === undefined ? [...feeds.keys()] : [feed];
  if (sku === undefined) {
    for (const name of names) yield* failures.ofStatus(name, "OPEN", since);
    return;
  }
  const catalogs = new Set(names.flatMap((name) => feeds.get(name)?.catalog ?? []));
  // One that failed before keys were cleaned stands under its key as it was.
  const keys = new Set([cleanKey(sku), sku]);
  for (const catalog of catalogs) for (const key of keys) yield* failures.ofKey(catalog, key, since);
}

/** The dead letters of an import; those that it reprocessed and that failed again stand under the import they came from. */
export async function* ofImport(
  failures: FailuresTable,
  imports: ImportsTable,
  importId: string,
): AsyncGenerator<DeadLetter> {
  for await (const { chunk, outcomes } of imports.ledger(importId)) {
    if (!outcomes?.failed) continue;
    for await (const letter of failures.ofChunk(importId, chunk)) {
      const original = letter.trace ? await failures.get(letter.id) : letter;
      if (original) yield original;
    }
  }
}

/** A filter as a person reads it. */
export function filterText({ filter, corrections, includeFinal, growingDistance }: ReprocessRequest): string {
  // A request that was refused may say null.
  const parts = Object.entries((filter as ReprocessRequest["filter"] | null) ?? {}).map(
    ([name, value]) => `${name} ${String(value)}`,
  );
  if (corrections) parts.push(`corrections s3://${corrections.bucket}/${corrections.key}`);
  if (includeFinal) parts.push("final ones too");
  if (growingDistance) parts.push("with growing distance");
  return parts.join(", ") || "all that time may heal";
}
