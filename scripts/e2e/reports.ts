import type { ChunkEntry } from "#imports/chunk-entry.ts";
import type { ImportEntry } from "#imports/import-entry.ts";
import type { Report } from "#imports/report.ts";
import type { Place, Trial } from "./trial.ts";
import { until } from "./until.ts";

/** Every import that the ledger knows. */
export async function importsOf({ aws, stack }: Place): Promise<ImportEntry[]> {
  const entries = (await aws.items(stack["imports_table"]!)) as unknown as (ImportEntry & { entry: string })[];
  return entries.filter(({ entry }) => entry === "IMPORT");
}

/** The import of the file under a key, once it has begun. Throws after `seconds`. */
export async function begun(place: Place, key: string, seconds: number): Promise<ImportEntry> {
  return until(`The import of ${key}`, seconds, async () =>
    (await importsOf(place)).find(({ file }) => file.key === key),
  );
}

/** The import of the file under a key, once it is finished. Throws after `seconds`. */
export async function finished(place: Place, key: string, seconds: number): Promise<ImportEntry> {
  return until(`The end of the import of ${key}`, seconds, async () =>
    (await importsOf(place)).find(({ file, status }) => file.key === key && status !== "RUNNING"),
  );
}

/** The chunks of an import that the ledger has heard of. */
export async function chunksOf({ aws, stack }: Place, importId: string): Promise<ChunkEntry[]> {
  const entries = (await aws.items(stack["imports_table"]!)) as unknown as (ChunkEntry & { entry: string })[];
  return entries.filter((chunk) => chunk.importId === importId && chunk.entry.startsWith("CHUNK#"));
}

/** The products that an import wrote last. */
export async function productsOf({ aws, stack }: Place, importId: string): Promise<StoredProduct[]> {
  const products = (await aws.items(stack["products_table"]!)) as unknown as StoredProduct[];
  return products.filter((product) => product.importId === importId);
}

/** A product as the table holds it. */
export interface StoredProduct {
  readonly product: string;
  readonly importId: string;
  readonly body: { readonly price: string; readonly attributes?: Readonly<Record<string, unknown>> };
}

/** The report of an import, as it lies in the archive. */
export async function reportOf({ aws, stack }: Place, importId: string): Promise<Report> {
  return JSON.parse(await aws.text(stack["archive_bucket"]!, `reports/${importId}/report.json`)) as Report;
}

/** Of each import, the report's own word, the ledger and the dead letters must agree. */
export async function checkBalances(trial: Trial, reports: readonly Report[]): Promise<void> {
  const { aws, stack, progress } = trial;
  const failures = await aws.items(stack["failures_table"]!);
  for (const { importId, file, status, records, outcomes, balanced, reports: written } of reports) {
    const about = (fact: string) => `${file.key} (${status}): ${fact}`;
    const chunks = await chunksOf(trial, importId);
    const letters = failures.filter((letter) => letter["importId"] === importId);
    const recorded = chunks.reduce((total, chunk) => total + chunk.records, 0);
    progress.check(about("balances"), balanced, true);
    progress.check(about("an outcome for every record"), sum(outcomes), records);
    progress.check(about("no chunk open"), chunks.filter(({ state }) => state !== "CLOSED").length, 0);
    progress.check(about("every record in the ledger"), recorded, records);
    progress.check(about("a dead letter for every failed record"), letters.length, outcomes.failed);
    progress.check(about("a failed-records CSV if needed"), !!written.failedRecords, outcomes.failed > 0);
  }
}

/** How many records have an outcome. */
export function sum(outcomes: Report["outcomes"] | undefined): number {
  return Object.values(outcomes ?? {}).reduce((total, count) => total + count, 0);
}
