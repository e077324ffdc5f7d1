import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import type { FeedFile } from "#feeds/feed.ts";
import { build } from "../build.ts";
import type { Sandbox } from "./environment.ts";
import type { Progress } from "./progress.ts";

const root = join(import.meta.dirname, "../..");

/** What a mapping writes into every product of the feed "paced", so that each says which deploy made it. */
export type Edition = "first" | "second";

/** Builds the Lambdas with an edition of the feeds, and gives the folder that holds them. */
export async function buildEdition({ folder }: Sandbox, progress: Progress, edition: Edition): Promise<string> {
  const [feeds, out] = [join(folder, "feeds", edition), join(folder, "lambda", edition)];
  writeFeeds(feeds, edition);
  await progress.step(
    `build the ${edition} edition`,
    () => build({ feeds, out }),
    ({ size }) => `${size} Lambdas`,
  );
  return out;
}

/** Fills a folder with the project's feeds and "paced": bagisto's, but that it asks the run's own service before it goes on. */
export function writeFeeds(folder: string, edition: Edition): void {
  cpSync(join(root, "schemas/feeds"), folder, { recursive: true });
  const bagisto = JSON.parse(readFileSync(join(folder, "bagisto.json"), "utf8")) as FeedFile;
  const paced: FeedFile = {
    ...bagisto,
    catalog: "paced",
    enrichment: {
      url: { environment: "PACE_URL" },
      column: "attribute_family_code",
      into: { pace: "pace" },
      timeoutMs: 60_000,
    },
    mapping: {
      ...bagisto.mapping,
      attributes: [bagisto.mapping.attributes ?? [], { pace: "pace", edition: { constant: edition } }].flat(),
    },
  };
  writeFileSync(join(folder, "paced.json"), JSON.stringify(paced));
}

/** A file of the feed: so many of the sample's records, each with a key of its own, all waiting for the answer to `pace`. */
export function pacedFile(pace: string, records: number): Buffer {
  const sample: Record<string, string>[] = parse(readFileSync(join(root, "samples/bagisto/products.csv")), {
    columns: true,
  });
  const rows = Array.from({ length: records }, (_, index) => ({
    ...sample[index % sample.length],
    sku: `${pace}-${index}`,
    parent_sku: "",
    attribute_family_code: pace,
  }));
  return Buffer.from(stringify(rows, { header: true }));
}
