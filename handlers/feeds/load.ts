import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { catalogsIn } from "#catalogs/load.ts";
import { compileFeed, type Feed } from "#feeds/compile.ts";
import { InvalidFeed } from "#feeds/invalid-feed.ts";
import type { Shared } from "#feeds/shared.ts";
import { referencesIn } from "#references/load.ts";

/** The feeds of a folder: those that are right, by name, and what is wrong with the others. */
export interface ReadFeeds {
  readonly feeds: Map<string, Feed>;
  readonly broken: ReadonlyMap<string, InvalidFeed>;
}

/** The reference tables and the catalogs of the folder `schemas`, or of one like it. */
export function sharedIn(schemas: string): Shared {
  return { references: referencesIn(join(schemas, "references")), catalogs: catalogsIn(join(schemas, "catalogs")) };
}

/** Reads and compiles every `<feed>.json` of a folder; one that is wrong harms no other. What they share lies beside it. */
export function readFeeds(folder: string, shared = sharedIn(dirname(folder))): ReadFeeds {
  const feeds = new Map<string, Feed>();
  const broken = new Map<string, InvalidFeed>();
  for (const name of feedNames(folder)) {
    try {
      feeds.set(name, readFeed(name, join(folder, `${name}.json`), shared));
    } catch (error) {
      if (!(error instanceof InvalidFeed)) throw error;
      broken.set(name, error);
    }
  }
  return { feeds, broken };
}

/** Reads and compiles every `<feed>.json` of a folder. Throws InvalidFeed for the first file that is wrong. */
export function loadFeeds(folder: string): Map<string, Feed> {
  const { feeds, broken } = readFeeds(folder);
  for (const error of broken.values()) throw error;
  return feeds;
}

/** The names of the feeds of a folder. */
export function feedNames(folder: string): string[] {
  const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
  return files.sort().map((file) => file.slice(0, -".json".length));
}

/** Reads and compiles one feed. Throws InvalidFeed. */
export function readFeed(name: string, path: string, shared: Shared): Feed {
  return compileFeed(name, readJson(name, path), shared);
}

function readJson(name: string, path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if (error instanceof SyntaxError) throw new InvalidFeed(name, [`the file is not JSON: ${error.message}`]);
    throw error;
  }
}
